/**
 * Orphaned compensations: payments is away for longer than the orchestrator asks it to undo what it may have done, and later
 * says of some refunds that it has made them, which is not true. Who finds the orders that nobody is at, and those that are
 * not what their log says?
 *
 *     users --> checkout (orchestrator, log) --> orders, inventory, payments, shipping
 *                   ^ watchdog
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  during,
  Link,
  OpenLoopClient,
  poisson,
  roundRobin,
  s,
  sagaSignals,
  total,
  Watchdog,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { orchestratedSaga } from './application/orchestrated.ts';
import { orderServices } from './application/order-services.ts';
import * as limits from './orphan-compensation/limits.ts';
import { params, type Values } from './orphan-compensation/params.ts';

const HALF_DONE = 'saga.half_done';
const MONEY = 'saga.money.unsettled';
const TAKEN_UP = 'saga.taken_up';
const PAYMENTS = 2;

export default defineScenario({
  id: 'orphan-compensation',
  section: '2.7',
  title: 'Orphaned compensations',
  pitfall: 'Orphan compensations',
  question: 'An order is to be undone, and whoever should do it is away for too long. Who comes back to it?',
  params,
  variants: {
    'no-watchdog': {},
    watchdog: { watchdog: true },
    'watchdog-and-audit-log': { watchdog: true, audit: true },
  },
  roles: { 'no-watchdog': 'pitfall', watchdog: 'alternative', 'watchdog-and-audit-log': 'remedy' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  openAt: s(9),
  system,
  signals: sagaSignals,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    HALF_DONE,
    MONEY,
    'saga.open',
    TAKEN_UP,
    'saga.completed',
    'saga.compensated',
    'saga.duration',
    'saga.commands',
    'saga.commands.repeated',
  ],
  expect: {
    'no-watchdog': [atLeast(atEnd(HALF_DONE), limits.leftStuck), atLeast(atEnd(MONEY), limits.leftLost)],
    watchdog: [
      atLeast(total(TAKEN_UP), limits.leftStuck),
      atMost(atEnd(HALF_DONE), limits.onlyLost),
      atLeast(atEnd(MONEY), limits.leftLostInSpite),
    ],
    'watchdog-and-audit-log': [
      atLeast(total(TAKEN_UP), limits.leftStuck),
      atMost(atEnd(HALF_DONE), limits.allOrNothing),
      atMost(atEnd(MONEY), limits.nothingStranded),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const order = orderServices(sim, {
    ...p,
    semanticLock: false,
    idempotencyKeys: true,
    lateActionsBarred: true,
    stock: 1_000_000,
    customers: 100,
    balance: 1_000_000,
  });
  const { orchestrator, services } = orchestratedSaga(sim, order, {
    ...p,
    compensation: true,
    doubtfulUndone: true,
    durableLog: true,
    isAudited: p.audit,
    timeout: s(5),
  });
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - limits.DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(50, 0.9),
    target: roundRobin([new Link(sim, orchestrator, { from: 'users', delay: faraway })]),
  });
  if (p.watchdog) {
    const { lookEvery: every, stillMax, audit: audits } = p;
    new Watchdog(sim, { name: 'watchdog', orchestrator, delay: nearby, every, stillMax, audits });
  }
  const outageKind = sim.eventKind('payments is away');
  sim.scheduleAt(limits.OUTAGE_AT, (payments) => payments.crash(p.outage), services[PAYMENTS], outageKind);
  const lossKind = sim.eventKind('payments loses refunds');
  sim.scheduleAt(limits.LOST_FROM, (payments) => payments.loseNext(p.lost), order.participants[PAYMENTS], lossKind);
}

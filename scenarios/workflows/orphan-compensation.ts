/**
 * Orphaned compensations: payments is away for longer than the orchestrator asks it to undo what it may have done, and later
 * says of some refunds that it has made them, which is not true. Who finds the orders that nobody is at, and those that are
 * not what their log says?
 *
 *     users --> checkout (orchestrator, log) --> orders, inventory, payments, shipping
 *                   ^ watchdog   | audit log      |
 *                                +-----> auditor -+ (asks for their books)
 */
import {
  atEnd,
  atLeast,
  atMost,
  AuditLog,
  Auditor,
  auditorSignals,
  defineScenario,
  during,
  guardrail,
  Link,
  OpenLoopClient,
  poisson,
  roundRobin,
  s,
  sagaSignals,
  summary,
  total,
  Watchdog,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { orchestratedSaga } from './application/orchestrated.ts';
import { orderServices } from './application/order-services.ts';
import { DRAIN } from './application/settling.ts';
import * as limits from './orphan-compensation/limits.ts';
import { params, type Values } from './orphan-compensation/params.ts';

const HALF_DONE = 'saga.half_done';
const MONEY = 'saga.money.unsettled';
const TAKEN_UP = 'saga.taken_up';
const FOUND = 'saga.audit.found';
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
  signals: [...sagaSignals, ...auditorSignals],
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
    'saga.commands.retried',
    'saga.audit.compared',
    FOUND,
  ],
  expect: {
    'no-watchdog': [atLeast(atEnd(HALF_DONE), limits.leftStuck), atLeast(atEnd(MONEY), limits.leftLost)],
    watchdog: [
      atLeast(total(TAKEN_UP), limits.leftStuck),
      atMost(atEnd(HALF_DONE), limits.onlyLost),
      atLeast(atEnd(MONEY), limits.leftLostInSpite),
      atMost(summary('saga.duration', 'max'), limits.slowest),
    ],
    'watchdog-and-audit-log': [
      atLeast(total(TAKEN_UP), limits.leftStuck),
      atMost(atEnd(HALF_DONE), limits.allOrNothing),
      atMost(atEnd(MONEY), limits.nothingStranded),
      atLeast(total(FOUND), limits.foundLeast),
      guardrail(atMost(total(FOUND), limits.foundMost), 'An audit finds what is missing, and nothing else'),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const order = orderServices(sim, {
    ...p,
    semanticLock: false,
    writesAsRead: false,
    idempotencyKeys: true,
    lateActionsBarred: true,
    stock: 1_000_000,
    customers: 100,
    balance: 1_000_000,
  });
  const auditLog = p.audit ? new AuditLog() : undefined;
  const { orchestrator, services } = orchestratedSaga(sim, order, {
    ...p,
    compensation: true,
    doubtfulUndone: true,
    durableLog: true,
    auditLog,
    timeout: s(5),
  });
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(50, 0.9),
    target: roundRobin([new Link(sim, orchestrator, { from: 'users', delay: faraway })]),
  });
  if (p.watchdog) {
    const { lookEvery: every, stillMax } = p;
    new Watchdog(sim, { name: 'watchdog', orchestrator, delay: nearby, every, stillMax });
  }
  if (auditLog !== undefined) {
    const participants = services.map((service) => ({ book: service, commands: service }));
    new Auditor(sim, { name: 'auditor', log: auditLog, participants, delay: nearby, every: p.lookEvery });
  }
  const outageKind = sim.eventKind('payments is away');
  sim.scheduleAt(limits.OUTAGE_AT, (payments) => payments.crash(p.outage), services[PAYMENTS], outageKind);
  const lossKind = sim.eventKind('payments loses refunds');
  sim.scheduleAt(limits.LOST_FROM, (payments) => payments.loseNext(p.lost), order.participants[PAYMENTS], lossKind);
}

/**
 * The order saga: an order is created, its article reserved, paid and shipped, by four services that each commit by themselves.
 * Steps are refused, services and the checkout crash. What is left of an order that did not come through, and what did others
 * see of it in the meantime?
 *
 *     users --> checkout (orchestrator, log) --> orders, inventory, payments, shipping
 *     users --> checkout --> rabbit <--> orders, inventory, payments, shipping           (choreographed)
 *     readers --> statements (the accounts of payments)
 *
 * All variants are sent the same orders at the same times; the same steps are refused, and the same crashes befall them.
 */
import { atEnd, atLeast, atMost, defineScenario, guardrail, s, sagaSignals, total } from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import * as limits from './saga/limits.ts';
import { params } from './saga/params.ts';
import { system } from './saga/system.ts';

const HALF_DONE = 'saga.half_done';
const MONEY = 'saga.money.unsettled';
const DIRTY = 'saga.reads.dirty';
const FUZZY = 'saga.reads.fuzzy';
const LOST = 'saga.updates.lost';
const MISSTATED = 'saga.money.misstated';

const netZero = [atMost(atEnd(HALF_DONE), limits.allOrNothing), atMost(atEnd(MONEY), limits.nothingStranded)];
/**
 * The price, and not what tells the remedy from the pitfall: a refund is no undo, and who looked in between has seen the charge.
 * Whoever undoes nothing pays none, so that it is no guardrail, which has to hold there too.
 */
const seenByOthers = atLeast(total(DIRTY), limits.dirtyReads);
/** A price as well, and one that the pitfall pays too. */
const seenOtherwise = guardrail(atLeast(total(FUZZY), limits.fuzzyReads), 'compensations isolate no saga from another');

export default defineScenario({
  id: 'saga',
  section: '2.7',
  title: 'Order saga',
  question: 'Four services each commit their part of an order. The last one refuses it. What is left of the order?',
  params,
  variants: {
    'no-compensation': { compensation: false },
    orchestrated: {},
    choreographed: { coordination: 'choreographed' },
    'semantic-lock': { semanticLock: true },
    'balance-as-read': { writesAsRead: true },
    'balance-as-read-locked': { writesAsRead: true, semanticLock: true },
  },
  roles: {
    'no-compensation': 'pitfall',
    orchestrated: 'remedy',
    choreographed: 'remedy',
    'semantic-lock': 'remedy',
    'balance-as-read': 'pitfall',
    'balance-as-read-locked': 'remedy',
  },
  repairs: {
    orchestrated: 'no-compensation',
    choreographed: 'no-compensation',
    'semantic-lock': 'no-compensation',
    'balance-as-read-locked': 'balance-as-read',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  // Shipping is away since 13.3 s.
  openAt: s(13.6),
  system,
  signals: sagaSignals,
  whileRunning: { rate: sentBy('rate', 'users'), readRate: sentBy('readRate', 'readers') },
  charts: [
    HALF_DONE,
    MONEY,
    'saga.completed',
    'saga.compensated',
    DIRTY,
    FUZZY,
    LOST,
    MISSTATED,
    'saga.effects.undone.stood',
    'saga.actions.refused',
    'saga.duration',
    'saga.commands.repeated',
    'http.client.request.error_ratio',
  ],
  expect: {
    'no-compensation': [atLeast(atEnd(HALF_DONE), limits.leftHalfDone), atLeast(atEnd(MONEY), limits.leftMoney)],
    orchestrated: [...netZero, seenByOthers, seenOtherwise],
    choreographed: [...netZero, seenByOthers, seenOtherwise],
    'semantic-lock': [
      ...netZero,
      atMost(total(FUZZY), 0),
      guardrail(
        atMost(total(DIRTY), 0),
        'A charge that is pending is told of as pending; who undoes nothing has no dirty reads',
      ),
    ],
    'balance-as-read': [
      atLeast(total(LOST), limits.lostUpdates),
      atLeast(atEnd(MISSTATED), limits.misstated),
      ...netZero,
    ],
    'balance-as-read-locked': [
      atMost(total(LOST), 0),
      atMost(atEnd(MISSTATED), 0),
      ...netZero.map((claim) => guardrail(claim, 'what is lost is no saga, but what accounts say')),
    ],
  },
});

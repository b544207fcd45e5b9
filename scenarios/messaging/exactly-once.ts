/**
 * Consume-transform-produce: workers read orders from one topic and write a result of each to another. A broker stalls,
 * workers crash in the midst of their work. How many results are there twice for who reads them?
 *
 *     users --> orders (a producer) --> three brokers --> worker-1, worker-2 --> payments (one variant)
 *                                        |        ^                  |
 *                                        |        +--- results-1, results-2 (their producers)
 *                                        +--> reader-1
 *
 * All variants are sent the same orders at the same times, and the same things befall them.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  defineSignal,
  difference,
  effectSignals,
  guardrail,
  kafkaRecordSignals,
  peak,
  quantile,
  recordProcessed,
  s,
  total,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import * as limits from './exactly-once/limits.ts';
import { params } from './exactly-once/params.ts';
import { system } from './exactly-once/system.ts';

const APPENDED_TWICE = 'kafka.records.duplicated';
const TWICE = 'effects.results.doubled';
const PAID_TWICE = 'effects.payments.doubled';
const SHOWN_AFTER = 'effects.results.delay';
const UNDECIDED = 'kafka.partition.undecided';
const ABORTS = 'kafka.transaction.aborts';

/** What a reader waits for: the linger of the result's producer, the copies, and in a transaction the end of it. */
const resultDelay = defineSignal({
  name: SHOWN_AFTER,
  kind: 'histogram',
  unit: 's',
  help: 'Time from the moment a result is given to its producer until the reader of the results has processed it',
  fact: recordProcessed,
  where: ({ partition }) => partition.startsWith('results-'),
  value: ({ delay }) => delay,
});

const PRICE = 'the price of transactions, whatever else is in them';
const ALL_THERE = 'what is read again must not be skipped';

/** Orders that were sent and have no result. */
const missing = difference(total('http.client.requests'), difference(total('effects.results.applied'), total(TWICE)));
/** Results that are there twice though the log has them once each time that they were written. */
const byCrashes = difference(total(TWICE), total(APPENDED_TWICE));
const nothingMissing = atMost(missing, limits.nothingMissing);

export default defineScenario({
  id: 'exactly-once',
  section: '2.2',
  title: 'Exactly once',
  pitfall: 'Improper commit ordering',
  question: 'Workers crash between what they write and how far they say they are. Who reads a result twice, who never?',
  params,
  variants: {
    'plain-producer': {},
    'idempotent-producer': { output: 'idempotent' },
    transactional: { output: 'transactional', offsets: 'in-transaction' },
    'commit-first': { output: 'idempotent', offsets: 'before' },
    'offsets-outside-txn': { output: 'transactional', offsets: 'auto' },
    'read-uncommitted': { output: 'transactional', offsets: 'in-transaction', isolation: 'uncommitted' },
    'external-effect': { output: 'transactional', offsets: 'in-transaction', pays: true },
  },
  roles: {
    'plain-producer': 'pitfall',
    'idempotent-producer': 'remedy',
    transactional: 'remedy',
    'commit-first': 'alternative',
    'offsets-outside-txn': 'pitfall',
    'read-uncommitted': 'fault',
    'external-effect': 'fault',
  },
  repairs: { 'idempotent-producer': 'plain-producer', transactional: 'offsets-outside-txn' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: s(0.5),
  // The second worker is up again after its first crash, and has just crashed once more.
  openAt: s(18),
  system,
  signals: [...kafkaRecordSignals, ...effectSignals('results'), ...effectSignals('payments'), resultDelay],
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    TWICE,
    APPENDED_TWICE,
    PAID_TWICE,
    'kafka.consumer.record_delay',
    SHOWN_AFTER,
    UNDECIDED,
    'kafka.consumer_group.lag',
    'kafka.transaction.commits',
    ABORTS,
    'messaging.client.consumed.rate',
  ],
  places: {
    users: { x: 0, y: 0 },
    worker: { x: 0, y: 1 },
    orders: { x: 1, y: 0 },
    results: { x: 1, y: 1 },
    payments: { x: 1, y: 2 },
    broker: { x: 2, y: 0.5 },
    workers: { x: 2, y: 2 },
    controllers: { x: 3, y: 0 },
    'reader-1': { x: 3, y: 1 },
    readers: { x: 3, y: 2 },
  },
  expect: {
    'plain-producer': [
      nothingMissing,
      atLeast(total(APPENDED_TWICE), limits.sentTwice),
      atLeast(total(TWICE), limits.twiceForBoth),
    ],
    'idempotent-producer': [
      guardrail(nothingMissing, ALL_THERE),
      atMost(total(APPENDED_TWICE), 0),
      guardrail(atLeast(total(TWICE), limits.inDoubt), 'where the remedy ends: what a crash leaves is written again'),
      guardrail(atMost(byCrashes, limits.pollsOfCrashes), 'of each crash a poll at most'),
    ],
    transactional: [
      guardrail(nothingMissing, ALL_THERE),
      atMost(total(APPENDED_TWICE), 0),
      atMost(total(TWICE), 0),
      // Its price: a result is hidden until its transaction's marker, and who reads it waits for the rest of the poll.
      guardrail(atLeast(peak(UNDECIDED), limits.hidden), PRICE),
      guardrail(atLeast(quantile(SHOWN_AFTER, 'p95'), limits.shownAfterLeast), PRICE),
    ],
    // At most once: what crashes leave is missing, and nothing is there twice.
    'commit-first': [
      atLeast(missing, limits.neverDone),
      atMost(missing, limits.missingOfPolls),
      atMost(total(TWICE), 0),
    ],
    'offsets-outside-txn': [atLeast(total(TWICE), limits.writtenAgain)],
    'read-uncommitted': [
      nothingMissing,
      atLeast(total(ABORTS), limits.leftOpen),
      atLeast(total(TWICE), limits.inDoubt),
      atMost(total(TWICE), limits.pollsOfCrashes),
      atMost(quantile(SHOWN_AFTER, 'p50'), limits.shownAfterMost),
    ],
    'external-effect': [
      nothingMissing,
      atMost(total(TWICE), 0),
      atLeast(total(PAID_TWICE), limits.paidInVain),
      atMost(total(PAID_TWICE), limits.pollsOfCrashes),
    ],
  },
});

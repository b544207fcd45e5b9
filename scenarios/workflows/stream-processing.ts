/**
 * Stream processing: workers read orders from a topic, keep what they need to know in stores of their own, and write results to
 * another topic. Workers crash. What do their stores know afterwards, and what do those who read the results?
 *
 *     users --> tills --> orders (a producer) --> three brokers --> worker-1, worker-2 (a stream thread each, with its store)
 *                                                  |        ^                |
 *                                                  |        +--- writer-1, writer-2 (results, and changelogs of the stores)
 *                                                  +--> reader-1
 *
 * All variants are sent the same orders at the same times, and the same crashes befall them.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  difference,
  effectSignals,
  guardrail,
  ms,
  quantile,
  s,
  streamsSignals,
  summary,
  total,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { charts } from './stream-processing/charts.ts';
import { connectors } from './stream-processing/connectors.ts';
import { ALONE, ALONE_DELAY, joinSignals, UNMATCHED } from './stream-processing/join-truth.ts';
import * as limits from './stream-processing/limits.ts';
import { params } from './stream-processing/params.ts';
import { ROWS_MISSING, rowSignals, ROWS_TWICE } from './stream-processing/row-truth.ts';
import {
  CHANGES,
  DROPPED,
  ENTRIES,
  RESTORE,
  RESTORED,
  STANDBY_READ,
  TWICE,
  WATERMARK_DELAY,
} from './stream-processing/signal-names.ts';
import { streams } from './stream-processing/system.ts';
import { LEFT_OUT, querySignals, RESULT_DELAY, RESULTS_READ } from './stream-processing/query-truth.ts';
import { COUNTED_TWICE, DIFFERING, truthSignals } from './stream-processing/truth.ts';
import { watermarkFollows, watermarkLags } from './stream-processing/watermark-limits.ts';

/** Results that are to be there and are not. */
const missing = difference(
  total('effects.results.expected'),
  difference(total('effects.results.applied'), total(TWICE)),
);
const nothingMissing = atMost(missing, limits.nothingMissing);
const ALL_THERE = 'what is done again must not be skipped';

const restoresAll = [
  atLeast(total(RESTORED), limits.restoredLeast),
  atLeast(summary(RESTORE, 'max'), limits.restoreTakes),
];
const countsTwice = [
  nothingMissing,
  atLeast(atEnd(COUNTED_TWICE), limits.countedTwice),
  atMost(atEnd(COUNTED_TWICE), limits.countedTwiceMost),
];

const keepsAll = [
  atMost(atEnd(UNMATCHED), limits.noneLeft),
  // The price, which no window bounds.
  atLeast(summary(ENTRIES, 'max'), limits.allKept),
];

/** Stream time follows the clock as closely as orders come, and those that come late neither move it nor put it back. */
const watermark = [
  atLeast(quantile(WATERMARK_DELAY, 'p50'), watermarkLags),
  atMost(quantile(WATERMARK_DELAY, 'p95'), watermarkFollows),
];

/** Results come soon after a short grace, and without who comes later. */
const leavesOut = [
  atLeast(total(DROPPED), limits.leftOut),
  atMost(total(DROPPED), limits.leftOutMost),
  atLeast(atEnd(LEFT_OUT), limits.leftOut),
  atMost(quantile(RESULT_DELAY, 'p50'), limits.graceAndNoMore),
];
const leavesNoneOut = [atMost(total(DROPPED), limits.noneLeftOut), atMost(atEnd(LEFT_OUT), limits.noneLeftOut)];

/** A worker is away for so long that the other one takes its tasks over; it takes long to put a record into a store. */
const FAILOVER = { downtime: s(30), crashEvery: s(120), sessionTimeout: s(6), restoreTime: ms(2) } as const;

/** A tenth of the orders comes late, and nobody crashes. */
const QUERY = { processing: 'query', lateShare: 0.1, crashAt: s(600) } as const;

/** Nobody crashes here either. */
const JOIN = { processing: 'join', windowSize: s(2), crashAt: s(600) } as const;

export default defineScenario({
  id: 'stream-processing',
  section: '2.2',
  title: 'Stream processing',
  question: 'A stream processor crashes and restores its store from the changelog. Is every order counted once?',
  params,
  variants: {
    'restore-from-changelog': {},
    'exactly-once-v2': { guarantee: 'exactly-once', commitInterval: s(0.5) },
    'disk-lost': { disk: 'lost' },
    'compacted-changelog': { disk: 'lost', segmentBytes: limits.SMALL_SEGMENT },
    failover: { ...FAILOVER },
    'standby-replica': { ...FAILOVER, standbyReplicas: 1 },
    stateless: { processing: 'route' },
    ktable: { processing: 'table' },
    'continuous-query': { ...QUERY },
    'query-long-grace': { ...QUERY, grace: limits.LONG_GRACE },
    'query-emit-changes': { ...QUERY, grace: limits.LONG_GRACE, emit: 'CHANGES' },
    'query-hopping': { ...QUERY, query: 'hopping' },
    'query-unpaid': { ...QUERY, grace: limits.LONG_GRACE, query: 'unpaid' },
    join: { ...JOIN },
    'join-left': { ...JOIN, joinKind: 'left' },
    'join-long-window': { ...JOIN, windowSize: limits.LONG_WINDOW },
    'join-tables': { ...JOIN, processing: 'join-tables' },
    'join-foreign-key': { ...JOIN, processing: 'join-foreign-key' },
    'connect-source-sink': { processing: 'connect' },
    'connect-upsert': { processing: 'connect', insertMode: 'upsert' },
  },
  roles: {
    'restore-from-changelog': 'pitfall',
    'exactly-once-v2': 'remedy',
    'disk-lost': 'pitfall',
    'compacted-changelog': 'remedy',
    failover: 'pitfall',
    'standby-replica': 'remedy',
    stateless: 'alternative',
    ktable: 'control',
    'continuous-query': 'pitfall',
    'query-long-grace': 'remedy',
    'query-emit-changes': 'alternative',
    'query-hopping': 'alternative',
    'query-unpaid': 'alternative',
    join: 'pitfall',
    'join-left': 'remedy',
    'join-long-window': 'remedy',
    'join-tables': 'remedy',
    'join-foreign-key': 'remedy',
    'connect-source-sink': 'pitfall',
    'connect-upsert': 'remedy',
  },
  repairs: {
    'exactly-once-v2': 'restore-from-changelog',
    'compacted-changelog': 'disk-lost',
    'standby-replica': 'failover',
    'query-long-grace': 'continuous-query',
    'join-left': 'join',
    'join-long-window': 'join',
    'join-tables': 'join',
    'join-foreign-key': 'join',
    'connect-upsert': 'connect-source-sink',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: s(0.5),
  // The first worker is up again, and has its store restored.
  openAt: s(20.5),
  system: (sim, p) => (p.processing === 'connect' ? connectors(sim, p) : streams(sim, p)),
  signals: [
    ...streamsSignals,
    ...truthSignals,
    ...querySignals,
    ...joinSignals,
    ...rowSignals,
    ...effectSignals('results'),
  ],
  whileRunning: { rate: sentBy('rate', 'users') },
  charts,
  places: {
    users: { x: 0, y: 0 },
    tills: { x: 1, y: 0 },
    orders: { x: 2, y: 0 },
    payments: { x: 2, y: -1 },
    worker: { x: 1, y: 1 },
    writer: { x: 2, y: 1 },
    app: { x: 1, y: 2 },
    broker: { x: 3, y: 0.5 },
    controllers: { x: 4, y: 0 },
    shop: { x: 1, y: 1.4 },
    source: { x: 2, y: 1.4 },
    registry: { x: 2, y: 2.6 },
    'sink-1': { x: 4, y: 1.2 },
    sink: { x: 4, y: 2.4 },
    warehouse: { x: 3, y: 2.6 },
    'reader-1': { x: 4, y: 1 },
    readers: { x: 4, y: 2 },
  },
  expect: {
    'restore-from-changelog': [...countsTwice, atMost(total(RESTORED), limits.restoredPart)],
    'exactly-once-v2': [
      guardrail(nothingMissing, ALL_THERE),
      atMost(atEnd(COUNTED_TWICE), 0),
      atMost(atEnd(DIFFERING), 0),
      atMost(total(TWICE), 0),
      guardrail(atLeast(total(RESTORED), limits.restoredLeast), 'the price: no disk is trusted after a crash'),
    ],
    'disk-lost': [...countsTwice, ...restoresAll],
    'compacted-changelog': [guardrail(nothingMissing, ALL_THERE), atMost(total(RESTORED), limits.restoredCompacted)],
    failover: [atLeast(total(RESTORED), limits.takenRead), atLeast(summary(RESTORE, 'max'), limits.takenIn)],
    'standby-replica': [
      atMost(total(RESTORED), limits.takenReadMost),
      atMost(summary(RESTORE, 'max'), limits.takenInMost),
      atLeast(total(STANDBY_READ), limits.standbyRead),
    ],
    stateless: [
      nothingMissing,
      atLeast(total(TWICE), limits.writtenTwice),
      atMost(total(CHANGES), 0),
      atMost(total(RESTORED), 0),
    ],
    ktable: [
      nothingMissing,
      atLeast(total(TWICE), limits.writtenTwice),
      atMost(atEnd(DIFFERING), limits.nothingDiffers),
    ],
    'continuous-query': [...leavesOut, ...watermark],
    'query-long-grace': [
      ...leavesNoneOut,
      guardrail(atLeast(quantile(RESULT_DELAY, 'p50'), limits.graceOver), 'the price: a result waits for the grace'),
      ...watermark.map((claim) => guardrail(claim, 'how long a window waits for the late does not move the watermark')),
    ],
    'query-hopping': [...leavesOut, ...watermark],
    'query-unpaid': [...leavesNoneOut, ...watermark],
    'query-emit-changes': [
      atMost(total(DROPPED), limits.noneLeftOut),
      atLeast(total(RESULTS_READ), limits.changesRead),
      atMost(quantile(RESULT_DELAY, 'p50'), limits.soon),
    ],
    join: [atLeast(atEnd(UNMATCHED), limits.unmatched), atMost(total(DROPPED), limits.noneLate)],
    'join-left': [
      atMost(atEnd(UNMATCHED), limits.untold),
      atLeast(total(ALONE), limits.toldAlone),
      guardrail(
        atLeast(quantile(ALONE_DELAY, 'p50'), limits.toldAfter),
        'the price: that nothing comes is known when the window and the grace are over',
      ),
    ],
    'join-long-window': [
      atMost(atEnd(UNMATCHED), limits.noneUnmatched),
      guardrail(atLeast(summary(ENTRIES, 'max'), limits.entriesKept), 'the price: both sides are kept for longer'),
    ],
    'join-tables': keepsAll,
    'join-foreign-key': keepsAll,
    'connect-source-sink': [
      atMost(atEnd(ROWS_MISSING), limits.nothingMissing),
      atLeast(atEnd(ROWS_TWICE), limits.rowsTwice),
    ],
    'connect-upsert': [
      guardrail(atMost(atEnd(ROWS_MISSING), limits.nothingMissing), ALL_THERE),
      atMost(atEnd(ROWS_TWICE), 0),
    ],
  },
});

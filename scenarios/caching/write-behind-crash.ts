/**
 * A write-behind buffer, a failing store and a crash: which acknowledged writes are never stored?
 *
 *     writers --> app-1 --> cache
 *                   |\----> journal (where there is one)
 *                   \-----> database, in batches
 *
 * The buffer is the handbook's: a queue of 10,000 and one batch of 200 a second, against 500 writes a second. All variants
 * are sent the same writes at the same times.
 */
import {
  atLeast,
  atMost,
  CacheServer,
  constant,
  Database,
  defineScenario,
  gamma,
  guardrail,
  hardTtl,
  Journal,
  Link,
  LoadLedger,
  mean,
  ms,
  OpenLoopClient,
  peak,
  poisson,
  quantile,
  roundRobin,
  s,
  Service,
  total,
  WriteBehind,
  WriteBook,
  zipfPopularity,
  type CacheCommand,
  type CacheReply,
  type DatabaseBatch,
  type DatabaseQuery,
  type Row,
  type Simulation,
  type Write,
  type WriteBehindOptions,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { COMMAND_TIME } from './application/wiring.ts';
import * as limits from './write-behind-crash/limits.ts';
import { params, type Values } from './write-behind-crash/params.ts';

const LOST = 'cache.writes.lost';
const REFUSED = 'cache.writes.lost.refused';
const IN_A_BATCH = 'cache.writes.lost.batch';
const BY_CRASH = 'cache.writes.lost.crash';
const EXPOSED = 'cache.writes.exposed';
const BUFFERED = 'cache.writes.buffered';
const STORED = 'cache.writes.stored';
const STORED_RATE = 'cache.writes.stored.rate';
const LATENCY = 'http.client.request.duration';
const GIVEN_UP = 'http.client.request.errors';

/** The printed scheduler's one batch a delay. */
const oneBatchADelay = [atMost(mean(STORED_RATE), limits.ceilingRate), atLeast(total(STORED), limits.nearCeiling)];

export default defineScenario({
  id: 'write-behind-crash',
  section: '1.1',
  title: 'Write-behind and a crash',
  pitfall: 'Write-behind data loss',
  question: 'A cache acknowledges writes and stores them later. How many of those it acknowledged are never stored?',
  params,
  variants: {
    'offer-and-forget': {},
    'blocking-put': { acknowledge: 'with-room' },
    'store-error': { crashAt: 0, failAt: s(10) },
    'ack-after-flush': { acknowledge: 'when-stored', fullBatchesAtOnce: true, onError: 'retry' },
    'journal-every-n-ms': {
      acknowledge: 'when-journaled',
      syncEvery: ms(100),
      fullBatchesAtOnce: true,
      onError: 'retry',
    },
    'journal-every-write': { acknowledge: 'when-journaled', fullBatchesAtOnce: true, onError: 'retry' },
  },
  roles: {
    'offer-and-forget': 'pitfall',
    'blocking-put': 'alternative',
    'store-error': 'fault',
    'ack-after-flush': 'remedy',
    'journal-every-n-ms': 'remedy',
    'journal-every-write': 'remedy',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  // The last moment at which the buffer is full and everybody is content.
  interval: s(1),
  openAt: s(39.9),
  system,
  whileRunning: { rate: sentBy('rate', 'writers') },
  charts: [
    BUFFERED,
    EXPOSED,
    REFUSED,
    BY_CRASH,
    STORED_RATE,
    LATENCY,
    'http.client.request.error_ratio',
    'cache.writes.delay',
  ],
  expect: {
    'offer-and-forget': [
      ...oneBatchADelay,
      atLeast(total(REFUSED), limits.unreadRefusals),
      atLeast(total(BY_CRASH), limits.bufferedAtCrash),
      atMost(quantile(LATENCY, 'p99'), limits.noDisk),
    ],
    // The result of the queue is read: nothing is lost but by the crash, and users wait for room.
    'blocking-put': [
      ...oneBatchADelay,
      atMost(total(REFUSED), 0),
      atLeast(total(BY_CRASH), limits.bufferedAtCrash),
      atLeast(total(GIVEN_UP), limits.waitedInVain),
    ],
    'store-error': [
      atLeast(total(IN_A_BATCH), limits.oneBatch),
      atMost(total(IN_A_BATCH), limits.oneBatch),
      atMost(total(STORED), limits.storedBeforeFailure),
      atLeast(total(REFUSED), limits.refusedAfterFailure),
    ],
    'ack-after-flush': [
      atMost(total(LOST), 0),
      atMost(peak(EXPOSED), 0),
      atLeast(total(STORED), limits.keepsUp),
      atLeast(quantile(LATENCY, 'p50'), limits.halfTheDelay),
    ],
    'journal-every-n-ms': [
      atMost(total(LOST), limits.oneSyncInterval),
      atLeast(total(STORED), limits.keepsUp),
      guardrail(
        atMost(quantile(LATENCY, 'p99'), limits.noDisk),
        'The price: none; users wait no longer than without a journal',
      ),
    ],
    'journal-every-write': [
      atMost(total(LOST), 0),
      atMost(peak(EXPOSED), 0),
      atLeast(total(STORED), limits.keepsUp),
      guardrail(
        atMost(quantile(LATENCY, 'p99'), limits.twoSyncs),
        'The price: a sync or two, which nobody waits for without a journal',
      ),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const name = 'app-1';
  const database = new Database(sim, {
    name: 'database',
    connections: 20,
    queueMax: 1000,
    cores: 4,
    demand: gamma(SHAPE, p.writeTime / SHAPE),
    rowDemand: p.rowTime,
  });
  const cache = new CacheServer<Row>(sim, {
    name: 'cache',
    capacity: p.keys,
    eviction: 'lru',
    commandTime: COMMAND_TIME,
  });
  const book = new WriteBook(sim);
  const pattern = new WriteBehind(sim, {
    instance: name,
    cache: new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: name, delay: nearby }),
    store: new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby }),
    expiry: hardTtl(s(600)),
    ledger: new LoadLedger(),
    buffer: {
      capacity: p.capacity,
      batch: p.batch,
      flushDelay: p.flushDelay,
      fullBatchesAtOnce: p.fullBatchesAtOnce,
      onError: p.onError,
      store: new Link<DatabaseBatch, readonly Row[]>(sim, database.batches, { from: name, delay: nearby }),
      book,
    },
    acknowledge: acknowledgement(sim, p, name, book),
  });
  const app = new Service<number, Row>(sim, {
    name,
    help: `The application, with a buffer of ${p.capacity} writes in its memory: a batch of ${p.batch} at a time`,
    concurrency: p.concurrency,
    queueMax: p.queueMax,
    handle: (call) => pattern.write(call.query, call.request),
    onCrash: (downtime) => pattern.crash(downtime),
    inside: pattern.inside,
  });
  new OpenLoopClient<Row>(sim, {
    name: 'writers',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(p.keys, p.exponent),
    target: roundRobin([new Link<number, Row>(sim, app, { from: 'writers', delay: faraway, timeout: p.timeout })]),
  });
  befall(sim, p, app, database);
}

/** What a write waits for; the journal is there only for those who wait for it. */
function acknowledgement(sim: Simulation, p: Values, name: string, book: WriteBook): WriteBehindOptions['acknowledge'] {
  if (p.acknowledge !== 'when-journaled') return p.acknowledge;
  const journal = new Journal(sim, {
    name: 'journal',
    syncEvery: p.syncEvery,
    syncTime: gamma(SHAPE, p.syncTime / SHAPE),
    crashKind: p.crash,
    book,
  });
  return { journal, link: new Link<Write, void>(sim, journal, { from: name, delay: constant(limits.DISK_DELAY) }) };
}

/** The crash and the failing database, at their times. */
function befall(sim: Simulation, p: Values, app: Service<number, Row>, database: Database): void {
  const fail = (share: number): void => database.interventions['fail'].apply([share]);
  if (p.crashAt > 0) sim.scheduleAt(p.crashAt, () => app.crash(p.downtime), undefined, sim.eventKind('app-1 crashes'));
  if (p.failAt === 0) return;
  sim.scheduleAt(p.failAt, () => fail(1), undefined, sim.eventKind('database begins to fail'));
  sim.scheduleAt(p.failAt + p.failFor, () => fail(0), undefined, sim.eventKind('database works again'));
}

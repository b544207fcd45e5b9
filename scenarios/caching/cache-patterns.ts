/**
 * The caching patterns of the handbook's table under one mixed load: what each does to reads, to writes, to the store, and
 * to the age of what is read.
 *
 *     readers --> app-1 … app-n --> cache
 *     writers -->          \------> database <-- (writers)
 *
 * The instance holds the pattern; the cache is shared. All variants are asked for the same reads and writes at the same
 * times. The cache starts empty and fills during the warm-up.
 */
import {
  atLeast,
  atMost,
  CacheServer,
  Database,
  defineScenario,
  exponential,
  gamma,
  guardrail,
  Link,
  loadSignals,
  LoadLedger,
  mean,
  ms,
  OpenLoopClient,
  patterns,
  perform,
  poisson,
  quantile,
  roundRobin,
  s,
  Service,
  StalenessMeter,
  stalenessSignals,
  summary,
  total,
  WriteBook,
  zipfPopularity,
  type CacheCommand,
  type CacheReply,
  type DatabaseBatch,
  type DatabaseOperation,
  type DatabaseQuery,
  type Endpoint,
  type PatternEntry,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { oldest, orNothing } from './application/oldest.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { COMMAND_TIME } from './application/wiring.ts';
import * as consistency from './cache-patterns/consistency.ts';
import * as limits from './cache-patterns/limits.ts';
import { params, type Values } from './cache-patterns/params.ts';
import {
  DELETIONS,
  HOT_MISSES,
  HOT_READ,
  HOT_STALENESS,
  patternSignals,
  READ,
  READERS,
  STORE_READS,
  STORE_WRITES,
  WRITE,
  WRITERS,
} from './cache-patterns/signals.ts';

const HITS = 'cache.hit_ratio';
const STALE = 'read.stale';
const STALE_RATIO = 'read.stale_ratio';
const REDUNDANT = 'cache.loads.redundant';

/** The store is written before the answer, by a query a write. */
const synchronous = [atLeast(quantile(WRITE, 'p50'), limits.oneQuery), atLeast(mean(STORE_WRITES), limits.everyWrite)];
/** A write takes the entry out, or puts the new value into its place, or leaves it as it is. */
const deletes = atLeast(total(DELETIONS), limits.deletions);
const keeps = atMost(total(DELETIONS), 0);
/** The first reader of a key, and of a hot one after each expiry, waits for the store. */
const missesShow = [
  atLeast(quantile(READ, 'p99'), limits.firstMiss),
  atLeast(quantile(HOT_READ, 'p999'), limits.missSpike),
];
/** One instance orders the loads and writes of a key. */
const ordered = [
  atMost(total(REDUNDANT), limits.oneLoadAtATime),
  atMost(total(STALE), limits.staleInWindow),
  atMost(oldest, limits.inWindow),
];

/** Loads that work for a while on what they read, of keys that all fit and are read and written alike. */
const slowLoads = { prepareTime: ms(100), keys: 200, exponent: 0, writes: 0.2, ttl: s(1) };
/** Writers who write what is read, past the application. */
const outsideWriter = { bypass: true, writeExponent: 0.9, refreshAfter: 0.5 };
const hotOldest = orNothing(summary(HOT_STALENESS, 'max', `max of ${HOT_STALENESS}`));

export default defineScenario({
  id: 'cache-patterns',
  section: '1.1',
  title: 'Caching patterns',
  question: 'Five ways to read and write through a cache: what does each cost, and how old is what it returns?',
  params,
  variants: {
    'cache-aside': { pattern: 'cache-aside' },
    'cache-aside-ttl-only': { pattern: 'cache-aside', onWrite: 'nothing' },
    'read-through': { pattern: 'read-through' },
    'write-through': { pattern: 'write-through' },
    'write-behind': { pattern: 'write-behind' },
    'refresh-ahead': { pattern: 'refresh-ahead' },
    'cache-aside-slow-loads': { pattern: 'cache-aside', ...slowLoads },
    'write-through-slow-loads': { pattern: 'write-through', ...slowLoads },
    'write-through-four-instances': { pattern: 'write-through', ...slowLoads, instances: 4 },
    'read-through-outside-writer': { pattern: 'read-through', ...outsideWriter },
    'write-through-outside-writer': { pattern: 'write-through', ...outsideWriter },
    'refresh-ahead-outside-writer': { pattern: 'refresh-ahead', ...outsideWriter },
  },
  roles: {
    'cache-aside': 'alternative',
    'cache-aside-ttl-only': 'alternative',
    'read-through': 'alternative',
    'write-through': 'alternative',
    'write-behind': 'alternative',
    'refresh-ahead': 'alternative',
    'cache-aside-slow-loads': 'pitfall',
    'write-through-slow-loads': 'remedy',
    'write-through-four-instances': 'alternative',
    'read-through-outside-writer': 'pitfall',
    'write-through-outside-writer': 'control',
    'refresh-ahead-outside-writer': 'remedy',
  },
  repairs: {
    'write-through-slow-loads': 'cache-aside-slow-loads',
    'refresh-ahead-outside-writer': 'read-through-outside-writer',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(500),
  openAt: s(20),
  system,
  signals: [...loadSignals, ...stalenessSignals, ...patternSignals],
  whileRunning: { rate: sentBy('rate', READERS, WRITERS) },
  charts: [
    READ,
    HOT_READ,
    WRITE,
    HITS,
    STORE_READS,
    STORE_WRITES,
    HOT_MISSES,
    STALE_RATIO,
    HOT_STALENESS,
    'cache.evictions',
    'cache.load.duration',
  ],
  expect: {
    'cache-aside': [
      ...synchronous,
      deletes,
      atMost(mean(HITS), limits.hitsAtMost),
      atLeast(total(HOT_MISSES), limits.hotMissesByExpiry),
      ...missesShow,
      atLeast(total(REDUNDANT), limits.redundant),
      atMost(oldest, limits.ttlAndLoad),
    ],
    // The handbook's "optionally invalidate", left out.
    'cache-aside-ttl-only': [
      ...synchronous,
      keeps,
      atLeast(total(STALE), limits.staleUntouched),
      atMost(mean(STALE_RATIO), limits.staleByTtl),
      atMost(oldest, limits.ttlAndLoad),
    ],
    'read-through': [
      ...synchronous,
      ...ordered,
      deletes,
      atMost(mean(HITS), limits.hitsAtMost),
      atLeast(total(HOT_MISSES), limits.hotMissesByExpiry),
      ...missesShow,
    ],
    'write-through': [...synchronous, ...ordered, keeps],
    'write-behind': [
      keeps,
      atMost(quantile(WRITE, 'p99'), limits.noStore),
      atMost(mean(STORE_WRITES), limits.oneBatchADelay),
      atLeast(total('cache.writes.stored'), limits.storedWrites),
      atLeast(quantile('cache.writes.delay', 'p50'), limits.halfTheDelay),
      atMost(total(REDUNDANT), limits.oneLoadAtATime),
      atMost(total(STALE), limits.nothingStale),
    ],
    'refresh-ahead': [
      ...synchronous,
      ...ordered,
      deletes,
      atMost(total(HOT_MISSES), limits.hotMissesByWrites),
      atMost(quantile(HOT_READ, 'p99'), limits.noSpike),
    ],
    'cache-aside-slow-loads': [
      deletes,
      atLeast(total(STALE), consistency.staleByRace),
      atLeast(oldest, consistency.halfALife),
      atMost(oldest, limits.ttlAndLoad),
    ],
    // "Strong (on success)": all that reads and writes a key passes through one instance.
    'write-through-slow-loads': [
      ...synchronous.map((claim) => guardrail(claim, 'Either pattern writes the store before it answers')),
      ...ordered,
      keeps,
    ],
    // And where it does not.
    'write-through-four-instances': [
      keeps,
      atLeast(total(STALE), consistency.staleByOthers),
      atLeast(oldest, consistency.halfALife),
      atMost(oldest, limits.ttlAndLoad),
    ],
    'read-through-outside-writer': [atLeast(hotOldest, consistency.nearlyALife), atMost(oldest, limits.ttlAndLoad)],
    'write-through-outside-writer': [atLeast(hotOldest, consistency.nearlyALife), atMost(oldest, limits.ttlAndLoad)],
    // "Lower staleness window": that of its refresh time in place of its time to live, for keys in use.
    'refresh-ahead-outside-writer': [
      atMost(hotOldest, consistency.refreshedInTime),
      guardrail(atMost(oldest, limits.ttlAndLoad), 'A key that is read seldom gets as old as ever'),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const database = new Database(sim, {
    name: 'database',
    connections: p.connections,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
    rowDemand: p.rowTime,
  });
  const cache = new CacheServer<Row>(sim, {
    name: 'cache',
    capacity: p.capacity,
    eviction: p.eviction,
    commandTime: COMMAND_TIME,
  });
  const ledger = new LoadLedger();
  const book = new WriteBook(sim);
  // What has been acknowledged is the truth: with write-behind the store learns of it later.
  const meter = new StalenessMeter(sim, p.pattern === 'write-behind' && !p.bypass ? book.history : database.history);
  const { create }: PatternEntry = patterns[p.pattern];
  const apps = Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    const pattern = create(sim, {
      instance: name,
      cache: new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: name, delay: nearby }),
      store: new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby }),
      ledger,
      ...(p.prepareTime > 0 && { preparing: exponential(p.prepareTime) }),
      ttl: p.ttl,
      onWrite: p.onWrite,
      refreshAfter: Math.round(p.refreshAfter * p.ttl),
      buffer: {
        capacity: p.buffer,
        batch: p.batch,
        flushDelay: p.flushDelay,
        fullBatchesAtOnce: false,
        onError: 'retry',
        store: new Link<DatabaseBatch, readonly Row[]>(sim, database.batches, { from: name, delay: nearby }),
        book,
      },
    });
    return new Service<DatabaseQuery, Row>(sim, {
      name,
      help: `An instance of the application: up to ${p.concurrency} requests at once, by ${p.pattern}`,
      concurrency: p.concurrency,
      queueMax: 2000,
      handle: (call) => perform(pattern, call.query, call.request, name, meter),
      onCrash: (downtime) => pattern.crash?.(downtime),
      ...(pattern.inside && { inside: pattern.inside }),
    });
  });
  const send = (
    name: string,
    operation: DatabaseOperation,
    rate: number,
    exponent: number,
    to: readonly Endpoint<DatabaseQuery, Row>[],
  ): void => {
    new OpenLoopClient<Row, DatabaseQuery>(sim, {
      name,
      arrivals: poisson(rate),
      popularity: zipfPopularity(p.keys, exponent),
      asks: (key) => ({ operation, key }),
      target: roundRobin(to.map((end) => new Link(sim, end, { from: name, delay: faraway, timeout: p.timeout }))),
    });
  };
  send(READERS, 'read', p.rate * (1 - p.writes), p.exponent, apps);
  send(WRITERS, 'write', p.rate * p.writes, p.writeExponent, p.bypass ? [database] : apps);
}

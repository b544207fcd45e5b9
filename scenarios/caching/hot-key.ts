/**
 * A hot key: a cache of several shards has room for more commands than there are, and one key has more than its shard can
 * bear.
 *
 *     users, crowd, authors --> app-1 … app-n --> cache-1 … cache-8
 *                                        \-----> database
 *
 * The crowd comes at a moment and asks for one key only; authors write it. Every shard is one thread and one wire. A monitor
 * reads which keys each of them is asked for most, and tells the instances of those that are hot.
 */
import {
  atLeast,
  atEnd,
  atMost,
  baseOf,
  batchedIncrementSignals,
  cacheInMemory,
  CacheServer,
  databaseQueried,
  defineScenario,
  defineSignal,
  filterSignals,
  firstSince,
  guardrail,
  hardTtl,
  HotKeyMonitor,
  inTurn,
  loadSignals,
  mean,
  noGuard,
  OpenLoopClient,
  peak,
  peakSince,
  poisson,
  pushSignals,
  quantile,
  ratioSince,
  s,
  shardMaps,
  SpaceSaving,
  StalenessMeter,
  stalenessSignals,
  startingAt,
  total,
  totalSince,
  Transactions,
  us,
  zipfPopularity,
  type BatchedIncrements,
  type ComponentPart,
  type Expectation,
  type Limit,
  type LocalCache,
  type Row,
  type ShardMap,
  type Since,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy, settings } from '../application/settings.ts';
import { cacheAsideReaders, databaseOf, fromAfar, instances, users } from './application/wiring.ts';
import { measured } from './application/measured.ts';
import { mostlyNoOlder, orNothing } from './application/oldest.ts';
import { spreadOver, storeBefore } from './application/warm-start.ts';
import * as batchLimits from './hot-key/batch-limits.ts';
import * as limits from './hot-key/limits.ts';
import * as load from './hot-key/load.ts';
import { MEASURES, params, type Values } from './hot-key/params.ts';
import * as relief from './hot-key/relief.ts';
import { filterOf, leaseReader, pushesOf, Way, wrapped, Writer } from './hot-key/remedies.ts';

const HOT_KEY = load.HOT_KEY;
const HOT_READS = 'hot_key.reads';
const HOT_WRITES = 'hot_key.writes';
const GATHERED = 'hot_key.increments.gathered';
const LOST = 'cache.writes.lost.crash';
const SHARE = 'cache.hot_key.share';
const ALERTS = 'cache.hot_key.alerts';
const CPU = 'cache.shard.cpu.utilization';
const WIRE = 'cache.shard.wire.utilization';
const LATENCY = 'http.client.request.duration';
const ERRORS = 'http.client.request.error_ratio';
const STALE = 'read.stale_ratio';
const STALENESS = 'read.staleness';

/** One thread has more to do than it can: the rest follows. */
const overloaded = [
  atLeast(peak(SHARE), limits.hotShare),
  atLeast(total(ALERTS), limits.windowsOfAlert),
  atMost(total(ALERTS), limits.windowsOfCrowd),
  atLeast(peak(CPU), limits.hotThread),
  atLeast(quantile(LATENCY, 'p99'), limits.backlog),
];

const DETECTED = 'What the remedy waits for comes as soon without it';

/** The alert comes, and turns the remedy on; what comes before is the pitfall, and what comes after is the remedy's. */
const relieved = (since: Since, within: Limit, errors: Limit, thread: Limit): Expectation[] => [
  guardrail(atMost(firstSince(ALERTS, relief.crowded), limits.detected), DETECTED),
  // An interval with few requests has no such percentile.
  atMost(orNothing(peakSince(LATENCY, 'p99', since)), within),
  atMost(peakSince(ERRORS, 'mean', since), errors),
  atMost(atEnd(CPU), thread),
];

/** The price of gathering: nearly all reads of the counter miss what is under way, and none for longer than a batch takes. */
const behind = (since: Since, share: Limit, age: Limit): Expectation[] => [
  atLeast(ratioSince(STALE, since), share),
  guardrail(atMost(orNothing(peakSince(STALENESS, 'p99', since)), age), 'The price: how old what is read may be'),
];

/** A counter: more writes than reads of one key, and of neither so many that a thread could not bear them alone. */
const COUNTER = { crowd: 500, writes: 600 };

export default defineScenario({
  id: 'hot-key',
  section: '1.8',
  title: 'Hot key',
  pitfall: 'Single shard overload',
  question: 'The shards of a cache can bear several times what they are asked for. Why does everybody wait?',
  params,
  variants: {
    ...(Object.fromEntries(MEASURES.map((measure) => [measure, { measure }])) as Record<
      (typeof MEASURES)[number],
      { measure: (typeof MEASURES)[number] }
    >),
    'big-hot-value': { measure: 'none', hotKilobytes: 150, commandTime: us(200) },
    counter: { measure: 'none', ...COUNTER },
    'counter-batched': { measure: 'write-throttle', ...COUNTER },
    'batch-lost': { measure: 'write-throttle', ...COUNTER, crashAt: s(12.4) },
  },
  roles: {
    none: 'pitfall',
    'key-replication': 'remedy',
    'local-cache': 'remedy',
    lease: 'alternative',
    'negative-filter': 'control',
    'write-throttle': 'remedy',
    'shuffle-shard': 'remedy',
    'big-hot-value': 'fault',
    counter: 'pitfall',
    'counter-batched': 'remedy',
    'batch-lost': 'fault',
  },
  repairs: {
    'key-replication': 'none',
    'local-cache': 'none',
    'write-throttle': 'none',
    'shuffle-shard': 'none',
    'counter-batched': 'counter',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: load.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(8),
  system,
  signals: [
    ...loadSignals,
    ...stalenessSignals,
    ...filterSignals,
    defineSignal({
      name: HOT_READS,
      kind: 'counter',
      unit: '{operation}',
      help: 'Reads of the hot key that reached the database',
      fact: databaseQueried,
      where: (fact) => fact.key === HOT_KEY && fact.operation === 'read',
    }),
    defineSignal({
      name: HOT_WRITES,
      kind: 'counter',
      unit: '{operation}',
      help: 'Writes of the hot key that reached the database, a batch of them as one',
      fact: databaseQueried,
      where: (fact) => fact.key === HOT_KEY && fact.operation === 'write',
    }),
    ...pushSignals,
    ...batchedIncrementSignals,
  ],
  whileRunning: { ...settings, crowd: sentBy('crowd', 'crowd'), writes: sentBy('writes', 'authors') },
  charts: [CPU, SHARE, LATENCY, ERRORS, WIRE, 'db.client.operation.rate', STALE, STALENESS, GATHERED, LOST],
  expect: {
    none: overloaded,
    'key-replication': relieved(relief.sprayRelief, limits.sprayedLatency, limits.sprayedErrors, limits.sprayedThread),
    'local-cache': [
      ...relieved(relief.keptRelief, limits.keptLatency, limits.keptErrors, limits.keptThread),
      atMost(atEnd(SHARE), limits.keptShare),
      atLeast(ratioSince(STALE, relief.keptRelief), limits.keptStale),
      guardrail(atMost(mostlyNoOlder, limits.keptAge), 'The price: how old what is read may be'),
    ],
    lease: [...overloaded, atMost(total(HOT_READS), limits.leasedReads)],
    'negative-filter': [...overloaded, atMost(total('cache.filter.rejections'), 0)],
    'write-throttle': [
      ...relieved(relief.batchRelief, batchLimits.batchedLatency, batchLimits.batchedErrors, batchLimits.batchedThread),
      atMost(totalSince(HOT_WRITES, relief.batchRelief), batchLimits.batches),
      atMost(totalSince(HOT_READS, relief.batchRelief), batchLimits.batchedReads),
      ...behind(relief.batchRelief, batchLimits.gatheredStale, batchLimits.gatheredAge),
      guardrail(atMost(total(LOST), 0), 'Nobody dies with a batch'),
    ],
    // Needs no list of hot keys, and no alert.
    'shuffle-shard': [
      guardrail(atLeast(peak(SHARE), limits.hotShare), 'The key is as hot as before, and its hand bears it'),
      atMost(quantile(LATENCY, 'p99'), limits.dealtLatency),
      atMost(mean(ERRORS), 0),
      atMost(peak(CPU), limits.dealtThread),
    ],
    'big-hot-value': [
      atLeast(peak(SHARE), limits.hotShare),
      atLeast(peak(WIRE), limits.hotWire),
      atMost(peak(CPU), limits.threadOfBigValue),
      atLeast(quantile(LATENCY, 'p99'), limits.backlogOfBytes),
    ],
    // Reads alone the thread could bear: each write is a command too, and makes misses of the next reads.
    counter: overloaded,
    'counter-batched': [
      atMost(orNothing(peakSince(LATENCY, 'p99', relief.crowded)), batchLimits.countedLatency),
      atMost(peakSince(ERRORS, 'mean', relief.crowded), batchLimits.countedErrors),
      atMost(atEnd(CPU), batchLimits.countedThread),
      atMost(totalSince(HOT_WRITES, relief.crowded), batchLimits.countedBatches),
      ...behind(relief.crowded, batchLimits.countedStale, batchLimits.countedAge),
      guardrail(atMost(total(LOST), 0), 'Nobody dies with a batch'),
    ],
    // The same with one instance that dies: what it had acknowledged since its last batch is gone, and no more.
    'batch-lost': [atLeast(total(LOST), batchLimits.lostAtLeast), atMost(total(LOST), batchLimits.lostAtMost)],
  },
});

/** What an instance is asked: to read a key, or to write one. */
type Ask = number | { readonly write: number };

function system(sim: Simulation, p: Values): void {
  const database = databaseOf(sim, p);
  const map = shardMaps[p.sharding].create(load.shardNames(p));
  const { shards, monitor } = shardsOf(sim, p, map);
  warm(sim, p, map, shards);
  const filter = p.measure === 'negative-filter' ? filterOf(sim, p) : undefined;
  const transactions = new Transactions(database, { abortShare: 0, idleMax: s(5) });
  const ways = new Map<string, Way>();
  const wayOf = (instance: string): Way => {
    let way = ways.get(instance);
    if (way === undefined) ways.set(instance, (way = new Way(sim, p, instance, map, shards, monitor)));
    return way;
  };
  const readerOf = cacheAsideReaders(sim, {
    cache: (instance) => wayOf(instance).cache,
    store: database,
    expiry: () => hardTtl(p.ttl),
    guard: noGuard,
  });
  const pushes = p.measure === 'write-throttle' ? pushesOf(sim) : undefined;
  // What is acknowledged is written, for who reads it: also if the store does not have it yet.
  const meter = new StalenessMeter(sim, pushes === undefined ? database.history : pushes.book.history);
  const apps = instances<Ask>(sim, p, (name, i) => {
    const way = wayOf(name);
    const { cache, hot } = way;
    const cacheAside = readerOf(name);
    const plain = p.measure === 'lease' ? leaseReader(sim, p, name, cache, transactions) : cacheAside;
    const { reader, local } = wrapped(sim, p, name, plain, hot, filter);
    const throttle = pushes && local && { pushes, local, phase: Math.floor((i * p.throttle) / p.instances) };
    const writer = new Writer(sim, p, name, database, way, throttle);
    return {
      handle: ({ query, request }) =>
        typeof query === 'number' ? measured(meter, name, reader, query, request) : writer.write(query.write, request),
      onCrash: () => {
        cacheAside.crash();
        writer.crash();
        local?.crash();
        hot.crash();
      },
      ...(local && { inside: inMemory(local, writer.batch) }),
    };
  });
  const others = zipfPopularity(p.keys, p.exponent);
  users(sim, p, apps, { keys: p.keys + 1, first: 1, draw: (random, number) => 1 + others.draw(random, number) });
  const onlyHot = inTurn([HOT_KEY]);
  new OpenLoopClient<Row, Ask>(sim, {
    name: 'crowd',
    arrivals: startingAt(p.crowdAt, poisson(p.crowd)),
    popularity: onlyHot,
    target: fromAfar(sim, p, 'crowd', apps),
  });
  new OpenLoopClient<Row, Ask>(sim, {
    name: 'authors',
    arrivals: poisson(p.writes),
    popularity: onlyHot,
    asks: (key) => ({ write: key }),
    target: fromAfar(sim, p, 'authors', apps),
  });
  if (p.crashAt > 0) sim.scheduleAt(p.crashAt, () => apps[0].crash(p.downtime), undefined, sim.eventKind('app-1 dies'));
}

/** What an instance keeps in its memory: copies, and what it has gathered. */
function inMemory(local: LocalCache, batch: BatchedIncrements | undefined): ComponentPart {
  const copies = cacheInMemory(local.cache);
  if (batch === undefined) return copies;
  return {
    ...copies,
    signals: [...copies.signals, ...batch.inside.signals],
    state: () => ({ ...copies.state(), ...batch.inside.state() }),
    violations: () => [...copies.violations(), ...batch.inside.violations()],
  };
}

/** The shards, each with a sketch of its keys, and the monitor that reads them. */
function shardsOf(sim: Simulation, p: Values, map: ShardMap): { shards: CacheServer<Row>[]; monitor: HotKeyMonitor } {
  const monitor = new HotKeyMonitor(sim, {
    name: 'monitor',
    window: load.WINDOW,
    counters: p.counters,
    threshold: p.threshold,
    baseOf,
  });
  const shards = map.shards.map((name) => {
    const sketch = new SpaceSaving(p.counters);
    const shard = new CacheServer<Row>(sim, {
      name,
      capacity: p.keys + 1 + p.replicas,
      eviction: 'lru',
      commandTime: p.commandTime,
      bandwidth: p.bandwidth * 1e6,
      bytesOf: (key) => (baseOf(key) === HOT_KEY ? p.hotKilobytes : load.OTHER_KILOBYTES) * 1000,
      watch: (key) => sketch.count(key),
    });
    monitor.watch(shard, sketch);
    return shard;
  });
  return { shards, monitor };
}

/** Fills the shards with all keys; the hot key's other names come by their first miss. */
function warm(sim: Simulation, p: Values, map: ShardMap, shards: readonly CacheServer<Row>[]): void {
  const spread = spreadOver(sim, p.ttl);
  for (let key = 0; key <= p.keys; key++) {
    storeBefore(shards[map.shardOf(key)], key, spread(), p.loadTime);
  }
}

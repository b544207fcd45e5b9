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
  type Expectation,
  type Limit,
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
import * as limits from './hot-key/limits.ts';
import * as load from './hot-key/load.ts';
import { MEASURES, params, type Values } from './hot-key/params.ts';
import * as relief from './hot-key/relief.ts';
import { filterOf, leaseReader, Way, wrapped, Writer } from './hot-key/remedies.ts';

const HOT_KEY = load.HOT_KEY;
const HOT_READS = 'hot_key.reads';
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
  ],
  whileRunning: { ...settings, crowd: sentBy('crowd', 'crowd'), writes: sentBy('writes', 'authors') },
  charts: [CPU, SHARE, LATENCY, ERRORS, WIRE, 'db.client.operation.rate', STALE, STALENESS],
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
      ...relieved(relief.sprayRelief, limits.sprayedLatency, limits.sprayedErrors, limits.sprayedThread),
      atMost(totalSince(HOT_READS, relief.sprayRelief), limits.throttledReads),
      atLeast(ratioSince(STALE, relief.sprayRelief), limits.throttledStale),
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
  const meter = new StalenessMeter(sim, database.history);
  const apps = instances<Ask>(sim, p, (name) => {
    const { cache, hot } = wayOf(name);
    const cacheAside = readerOf(name);
    const plain = p.measure === 'lease' ? leaseReader(sim, p, name, cache, transactions) : cacheAside;
    const { reader, local } = wrapped(sim, p, name, plain, hot, filter);
    const writer = new Writer(sim, p, name, database, cache, hot);
    return {
      handle: ({ query, request }) =>
        typeof query === 'number' ? measured(meter, name, reader, query, request) : writer.write(query.write, request),
      onCrash: () => {
        cacheAside.crash();
        writer.crash();
        local?.crash();
        hot.crash();
      },
      ...(local && { inside: cacheInMemory(local.cache) }),
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

/**
 * A hot key: a cache of several shards has room for more commands than there are, and one key has more than its shard can
 * bear.
 *
 *     users, crowd, authors --> app-1 … app-n --> cache-1 … cache-8
 *                                        \-----> database
 *
 * The crowd comes at a moment and asks for one key only; authors write it. Every shard is one thread and one wire, and a
 * monitor reads which keys each of them is asked for most.
 */
import {
  atLeast,
  atMost,
  baseOf,
  cacheInMemory,
  CacheServer,
  databaseQueried,
  defineScenario,
  defineSignal,
  FilteredReader,
  FilterServer,
  filterSignals,
  hardTtl,
  HotKeyMonitor,
  inTurn,
  KeySpray,
  Link,
  loadSignals,
  LocalCache,
  mean,
  membershipFilters,
  ms,
  noGuard,
  OpenLoopClient,
  peak,
  poisson,
  quantile,
  s,
  shardMaps,
  ShardRouter,
  ShardTopology,
  ShuffleRouter,
  singleFlight,
  softTtl,
  SpaceSaving,
  StalenessMeter,
  stalenessSignals,
  startingAt,
  ThrottledInvalidation,
  total,
  us,
  zipfPopularity,
  type Behaviour,
  type CacheCommand,
  type CacheReply,
  type CopyAccess,
  type Database,
  type DatabaseQuery,
  type Expectation,
  type FilterCommand,
  type Limit,
  type MembershipFilter,
  type Reader,
  type RequestContext,
  type Row,
  type ShardMap,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy, settings } from './application/settings.ts';
import { cacheAsideReaders, databaseOf, fromAfar, instances, nearby, users } from './application/wiring.ts';
import { measured } from './application/measured.ts';
import { spreadOver, storeBefore } from './application/warm-start.ts';
import * as limits from './hot-key/limits.ts';
import { MEASURES, params, type Values } from './hot-key/params.ts';

const HOT_KEY = limits.HOT_KEY;
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
  atLeast(peak(CPU), limits.hotThread),
  atLeast(quantile(LATENCY, 'p99'), limits.backlog),
];

const relieved = (within: Limit): Expectation[] => [atMost(quantile(LATENCY, 'p99'), within), atMost(mean(ERRORS), 0)];

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
  warmUp: limits.WARM_UP,
  interval: ms(250),
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
    'key-replication': [
      ...relieved(limits.sprayedLatency),
      atLeast(peak(SHARE), limits.hotShare),
      atMost(peak(CPU), limits.sprayedThread),
    ],
    'local-cache': [
      ...relieved(limits.keptLatency),
      atMost(peak(SHARE), limits.keptShare),
      atMost(peak(CPU), limits.keptThread),
      atLeast(mean(STALE), limits.keptStale),
      atMost(quantile(STALENESS, 'p95'), limits.keptAge),
    ],
    lease: [...overloaded, atMost(total(HOT_READS), limits.leasedReads), atLeast(mean(STALE), limits.leasedStale)],
    'negative-filter': [...overloaded, atMost(total('cache.filter.rejections'), 0)],
    'write-throttle': [
      ...relieved(limits.sprayedLatency),
      atMost(peak(CPU), limits.sprayedThread),
      atMost(total(HOT_READS), limits.throttledReads),
      atLeast(mean(STALE), limits.throttledStale),
    ],
    'shuffle-shard': [
      ...relieved(limits.dealtLatency),
      atLeast(peak(SHARE), limits.hotShare),
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
  const map = shardMaps[p.sharding].create(limits.shardNames(p));
  const shards = shardsOf(sim, p, map);
  warm(sim, p, map, shards);
  const filter = p.measure === 'negative-filter' ? filterOf(sim, p) : undefined;
  const ways = new Map<string, CopyAccess<Row>>();
  const wayOf = (instance: string): CopyAccess<Row> => {
    let way = ways.get(instance);
    if (way === undefined) ways.set(instance, (way = accessOf(sim, p, instance, map, shards)));
    return way;
  };
  const readerOf = cacheAsideReaders(sim, {
    cache: wayOf,
    store: database,
    expiry: () => (p.measure === 'lease' ? softTtl(p.leaseTtl, Math.ceil(p.ttl / p.leaseTtl)) : hardTtl(p.ttl)),
    guard: p.measure === 'lease' ? singleFlight : noGuard,
  });
  const meter = new StalenessMeter(sim, database.history);
  const apps = instances<Ask>(sim, p, (name) => {
    const cacheAside = readerOf(name);
    const { reader, local } = wrapped(sim, p, name, cacheAside, filter);
    const writer = new Writer(sim, p, name, database, wayOf(name));
    return {
      handle: ({ query, request }) =>
        typeof query === 'number' ? measured(meter, name, reader, query, request) : writer.write(query.write, request),
      onCrash: () => {
        cacheAside.crash();
        writer.crash();
        local?.crash();
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

/** The shards, each with a sketch of its keys that the monitor reads. */
function shardsOf(sim: Simulation, p: Values, map: ShardMap): CacheServer<Row>[] {
  const monitor = new HotKeyMonitor(sim, {
    name: 'monitor',
    window: limits.WINDOW,
    counters: p.counters,
    threshold: p.threshold,
    baseOf,
  });
  return map.shards.map((name) => {
    const sketch = new SpaceSaving(p.counters);
    const shard = new CacheServer<Row>(sim, {
      name,
      capacity: p.keys + 1 + p.replicas,
      eviction: 'lru',
      commandTime: p.commandTime,
      bandwidth: p.bandwidth * 1e6,
      bytesOf: (key) => (baseOf(key) === HOT_KEY ? p.hotKilobytes : limits.OTHER_KILOBYTES) * 1000,
      watch: (key) => sketch.count(key),
    });
    monitor.watch(shard, sketch);
    return shard;
  });
}

/** The way of one instance to the shards. */
function accessOf(
  sim: Simulation,
  p: Values,
  instance: string,
  map: ShardMap,
  shards: readonly CacheServer<Row>[],
): CopyAccess<Row> {
  const links = shards.map(
    (shard) => new Link<CacheCommand<Row>, CacheReply<Row>>(sim, shard, { from: instance, delay: nearby }),
  );
  const draws = sim.keyedRandom(`${instance}/copies`);
  if (p.measure === 'shuffle-shard') return new ShuffleRouter(map, links, limits.handSize(p), draws);
  const router = new ShardRouter(new ShardTopology(sim, map, p.keys + 1), links);
  if (p.measure !== 'key-replication' && p.measure !== 'write-throttle') return router;
  return new KeySpray(router, (key) => (key === HOT_KEY ? p.replicas : 1), draws);
}

/** What stands before cache-aside in an instance; `local` if it is a layer in its memory. */
function wrapped(
  sim: Simulation,
  p: Values,
  instance: string,
  reader: Reader,
  filter: FilterServer | undefined,
): { readonly reader: Reader; readonly local?: LocalCache } {
  if (p.measure === 'local-cache') {
    const local = new LocalCache(sim, { instance, capacity: 10, expiry: hardTtl(p.localTtl) });
    const read: Reader['read'] = (key, request) =>
      key === HOT_KEY ? local.get(key, request, () => reader.read(key, request)) : reader.read(key, request);
    return { reader: { read }, local };
  }
  if (filter === undefined) return { reader };
  const source = new Link<FilterCommand, MembershipFilter>(sim, filter, { from: instance, delay: nearby });
  return { reader: new FilteredReader(sim, { instance, reader, source, copyEvery: s(5) }) };
}

function filterOf(sim: Simulation, p: Values): FilterServer {
  const random = sim.random('filter');
  const filter = membershipFilters.bloom.create({ keys: p.keys + 1, falsePositives: 0.01, random });
  for (let key = 0; key <= p.keys; key++) filter.add(key);
  return new FilterServer(sim, 'filter', filter);
}

/** Writes the store and deletes the key's copies: at once, when the throttle lets it, or, under a lease, not at all. */
class Writer {
  private readonly measure: Values['measure'];
  private readonly store: Link<DatabaseQuery, Row>;
  private readonly cache: CopyAccess<Row>;
  private readonly throttled: ThrottledInvalidation;

  constructor(sim: Simulation, p: Values, instance: string, database: Database, cache: CopyAccess<Row>) {
    this.measure = p.measure;
    this.store = new Link<DatabaseQuery, Row>(sim, database, { from: instance, delay: nearby });
    this.cache = cache;
    this.throttled = new ThrottledInvalidation(sim, instance, cache, p.throttle);
  }

  *write(key: number, request: RequestContext): Behaviour<Row> {
    const row = yield* this.store.call({ operation: 'write', key }, request);
    if (this.measure === 'write-throttle') this.throttled.written(key, request);
    else if (this.measure !== 'lease') for (const deletion of this.cache.deletions(key, request)) yield* deletion;
    return row;
  }

  crash(): void {
    this.throttled.crash();
  }
}

/** Fills the shards with all keys; the hot key's other names come by their first miss. */
function warm(sim: Simulation, p: Values, map: ShardMap, shards: readonly CacheServer<Row>[]): void {
  const spread = spreadOver(sim, p.ttl);
  for (let key = 0; key <= p.keys; key++) {
    const { soft, hard } = spread();
    const left = { soft: p.measure === 'lease' ? Math.min(p.leaseTtl, soft) : soft, hard };
    storeBefore(shards[map.shardOf(key)], key, left, p.loadTime);
  }
}

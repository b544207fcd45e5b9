/**
 * A cache flush: what a cache has kept from the store for months comes all at once when the cache is emptied, or when the
 * loss of one node makes its clients look for most keys on the wrong one.
 *
 *     users --> app-1 … app-n --> cache-1 … cache-5  (or new-1 … new-5, once they are warm)
 *                         \-----> database
 *
 * Entries live long, so before the event next to nothing reaches the database; and it could not bear the users alone.
 */
import {
  atLeast,
  atMost,
  CacheServer,
  CacheWarmer,
  defineScenario,
  firstSince,
  guardrail,
  hardTtl,
  HitRatioAlert,
  hitRatioAlertSignals,
  Link,
  loadCap,
  loadSignals,
  mean,
  peak,
  quantile,
  s,
  shardMaps,
  shardMapSignals,
  ShardRouter,
  ShardTopology,
  singleFlight,
  total,
  zipfPopularity,
  type CacheAccess,
  type CacheCommand,
  type CacheReply,
  type Database,
  type DatabaseQuery,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { settings } from '../application/settings.ts';
import { nearby } from '../application/distances.ts';
import { COMMAND_TIME, databaseOf, readingInstances, users } from './application/wiring.ts';
import { spreadOver, storeBefore } from './application/warm-start.ts';
import * as alert from './cache-flush/alert.ts';
import * as limits from './cache-flush/limits.ts';
import { EVENTS, params, type Values } from './cache-flush/params.ts';

const MOVED = 'cache.keys.moved';
const LOADING = 'cache.loads.active';
const CONNECTIONS = 'db.client.connection.count';
const STORE_RATE = 'db.client.operation.rate';
const LATENCY = 'http.client.request.duration';
const ERRORS = 'http.client.request.error_ratio';
const GIVEN_UP = 'http.client.request.errors';
const ALERTS = 'cache.hit_ratio.alerts';
const FIRING = 'cache.hit_ratio.alerts.firing';

const untilAlert = firstSince(ALERTS, alert.event);

export default defineScenario({
  id: 'cache-flush',
  section: 'Appendix',
  title: 'Cache flush',
  question:
    'A cache that answers nearly everything is emptied, or one of its nodes is lost. Does the store live until it is warm again?',
  params,
  variants: Object.fromEntries(EVENTS.map((event) => [event, { event }])) as Record<
    (typeof EVENTS)[number],
    { event: (typeof EVENTS)[number] }
  >,
  roles: {
    'flush-all': 'pitfall',
    'node-loss-modulo': 'pitfall',
    'node-loss-consistent-hash': 'remedy',
    'warm-up': 'remedy',
    'load-cap': 'remedy',
  },
  repairs: {
    'node-loss-consistent-hash': 'node-loss-modulo',
    'warm-up': 'flush-all',
    'load-cap': 'flush-all',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(9),
  system,
  signals: [...loadSignals, ...shardMapSignals, ...hitRatioAlertSignals],
  whileRunning: settings,
  charts: ['cache.hit_ratio', FIRING, STORE_RATE, LOADING, CONNECTIONS, LATENCY, ERRORS, MOVED],
  expect: {
    'flush-all': [
      atLeast(peak(STORE_RATE), limits.flushedRate),
      atLeast(peak(LOADING), limits.flushedBacklog),
      atLeast(total(GIVEN_UP), limits.flushedGivenUp),
      atMost(untilAlert, alert.fires),
    ],
    'node-loss-modulo': [
      atLeast(total(MOVED), limits.movedByModulo),
      atLeast(peak(STORE_RATE), limits.moduloRate),
      atLeast(peak(LOADING), limits.moduloBacklog),
      atLeast(total(GIVEN_UP), limits.moduloGivenUp),
    ],
    'node-loss-consistent-hash': [
      atMost(total(MOVED), limits.movedOnRing),
      atMost(peak(STORE_RATE), limits.ringRate),
      atMost(mean(ERRORS), limits.ringErrors),
      atMost(total(ALERTS), alert.onRing),
    ],
    'warm-up': [atMost(peak(STORE_RATE), limits.warmedRate), atMost(mean(ERRORS), 0)],
    'load-cap': [
      atMost(peak(LOADING), limits.cappedLoads),
      atMost(peak(CONNECTIONS), limits.cappedLoads),
      atMost(quantile(LATENCY, 'p99'), limits.cappedLatency),
      guardrail(atMost(untilAlert, alert.fires), 'The cache is as cold, and somebody is told of it as soon'),
      guardrail(atLeast(total(GIVEN_UP), limits.cappedRefused), 'The price: what the cap has no room for is refused'),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const database = databaseOf(sim, p);
  const cluster = clusterOf(sim, p, 'cache');
  warm(sim, p, cluster);
  const fresh = p.event === 'warm-up' ? clusterOf(sim, p, 'new') : undefined;
  let inUse = cluster;
  const apps = readingInstances(sim, p, {
    cache: (instance) => {
      const ways = new Map([[cluster, routerOf(sim, cluster, instance)]]);
      if (fresh !== undefined) ways.set(fresh, routerOf(sim, fresh, instance));
      return { call: (command, request) => ways.get(inUse)!.call(command, request) };
    },
    store: database,
    expiry: () => hardTtl(p.ttl),
    guard: p.event === 'load-cap' ? loadCap(p.loadsMax, singleFlight) : singleFlight,
  });
  users(sim, p, apps, zipfPopularity(p.keys, p.exponent));

  new HitRatioAlert(sim, {
    threshold: p.hitRatioLeast,
    window: alert.WINDOW,
    every: alert.LOOK,
    for: p.alertFor,
  });
  const happens = (at: number, what: string, act: () => void): void => {
    sim.scheduleAt(at, act, undefined, sim.eventKind(what));
  };
  const lost = limits.lostShard(p);
  const isLoss = p.event === 'node-loss-modulo' || p.event === 'node-loss-consistent-hash';
  if (isLoss) {
    const shard = cluster.shards.find(({ name }) => name === lost)!;
    happens(p.at, `${lost} is lost`, () => shard.crash(p.length));
    happens(p.at + p.detection, `clients know that ${lost} is lost`, () => cluster.topology.lose(lost));
  } else if (fresh === undefined) {
    happens(p.at, 'all shards are emptied', () => cluster.shards.forEach(({ cache }) => cache.clear()));
  } else {
    const warmer = warmerOf(sim, p, fresh, database);
    happens(p.at, 'the warming begins', () => warmer.start());
    const switches = (): void => {
      warmer.stop();
      inUse = fresh;
    };
    happens(p.at + p.warmFor, 'clients go to the new shards', switches);
  }
}

/** Shards and the map by which clients find keys on them. */
interface Cluster {
  readonly topology: ShardTopology;
  readonly shards: readonly CacheServer<Row>[];
}

function clusterOf(sim: Simulation, p: Values, prefix: string): Cluster {
  const map = shardMaps[limits.shardingOf(p)].create(limits.shardNames(p, prefix));
  const shards = map.shards.map(
    (name) => new CacheServer<Row>(sim, { name, capacity: p.keys, eviction: 'lru', commandTime: COMMAND_TIME }),
  );
  return { topology: new ShardTopology(sim, map, p.keys), shards };
}

function routerOf(sim: Simulation, { topology, shards }: Cluster, from: string): CacheAccess<Row> {
  const link = (shard: CacheServer<Row>) =>
    new Link<CacheCommand<Row>, CacheReply<Row>>(sim, shard, { from, delay: nearby });
  return new ShardRouter(topology, shards.map(link));
}

function warmerOf(sim: Simulation, p: Values, cluster: Cluster, database: Database): CacheWarmer {
  const name = 'warmer';
  return new CacheWarmer(sim, {
    name,
    cache: routerOf(sim, cluster, name),
    store: new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby }),
    keys: Array.from({ length: p.keys }, (_, key) => key),
    concurrency: p.warmers,
    ttl: p.ttl,
  });
}

/** Fills the shards with all keys. */
function warm(sim: Simulation, p: Values, { topology, shards }: Cluster): void {
  const left = spreadOver(sim, p.ttl);
  for (let key = p.keys - 1; key >= 0; key--) {
    storeBefore(shards[topology.map.shardOf(key)], key, left(), p.loadTime);
  }
}

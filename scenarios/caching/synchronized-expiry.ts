/**
 * Synchronized expiry: a cache that was filled in one go expires in one go. Every key is then loaded anew, within the
 * time in which its next reader comes.
 *
 *     users --> app-1 … app-n --> cache
 *                         \-----> database
 *
 * The cache starts full: a deployment has warmed it just before the run. In both variants the same keys are asked for at
 * the same times and each request's load has the same demand; only the times to live differ.
 */
import {
  atLeast,
  atMost,
  CacheServer,
  CoalescingProxy,
  defineScenario,
  hardTtl,
  jittered,
  Link,
  loadGuardOf,
  loadSignals,
  mean,
  peak,
  protectionOf,
  quantile,
  RequestContext,
  s,
  zipfPopularity,
  type ExpiryRule,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { settings } from '../application/settings.ts';
import { nearby } from '../application/distances.ts';
import { readingInstances, COMMAND_TIME, databaseOf, sharedCache, users } from './application/wiring.ts';
import { storeBefore } from './application/warm-start.ts';
import * as limits from './synchronized-expiry/limits.ts';
import { params, type Values } from './synchronized-expiry/params.ts';

const LOADING = 'cache.loads.active';
const CONNECTIONS = 'db.client.connection.count';
const STORE_RATE = 'db.client.operation.rate';
const LATENCY = 'http.client.request.duration';
const ERRORS = 'http.client.request.error_ratio';

export default defineScenario({
  id: 'synchronized-expiry',
  section: '1.7',
  title: 'Synchronized expiry',
  pitfall: 'Synchronized expirations',
  question:
    'A cache that was warmed in one go expires in one go. What does the store see, and how much does jitter help?',
  params,
  variants: { 'same-ttl': { jitter: false }, 'jittered-ttl': { jitter: true } },
  roles: { 'same-ttl': 'pitfall', 'jittered-ttl': 'remedy' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(10.5),
  system,
  signals: [...loadSignals],
  whileRunning: settings,
  charts: [STORE_RATE, 'cache.hit_ratio', LOADING, CONNECTIONS, LATENCY, ERRORS, 'http.server.active_requests'],
  expect: {
    'same-ttl': [
      atLeast(peak(STORE_RATE), limits.herdRate),
      atLeast(peak(LOADING), limits.backlog),
      atLeast(peak(CONNECTIONS), limits.backlogConnected),
      atLeast(quantile(LATENCY, 'p999'), limits.herdLatency),
    ],
    'jittered-ttl': [
      atMost(peak(STORE_RATE), limits.spreadRate),
      atMost(peak(LOADING), limits.spreadAtOnce),
      atMost(quantile(LATENCY, 'p999'), limits.quietLatency),
      atMost(mean(ERRORS), 0),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const guard = protectionOf(p.guard);
  const database = databaseOf(sim, p);
  const cache = new CacheServer<Row>(sim, {
    name: 'cache',
    capacity: p.keys,
    eviction: 'lru',
    commandTime: COMMAND_TIME,
  });
  const apps = readingInstances(sim, p, {
    cache: sharedCache(sim, cache),
    store:
      guard.coalesces === true
        ? new CoalescingProxy(sim, 'coalescer', new Link(sim, database, { from: 'coalescer', delay: nearby }))
        : database,
    expiry: (instance) => expiryOf(sim, p, instance),
    guard: loadGuardOf(guard, p),
  });
  warm(sim, cache, p);
  users(sim, p, apps, zipfPopularity(p.keys, p.exponent));
}

function expiryOf(sim: Simulation, p: Values, who: string): ExpiryRule {
  const plain = hardTtl(p.ttl);
  return p.jitter ? jittered(plain, p.spread, sim.keyedRandom(`${who}/jitter`)) : plain;
}

/** Fills the cache in one go. */
function warm(sim: Simulation, cache: CacheServer<Row>, p: Values): void {
  const expiry = expiryOf(sim, p, 'the warmer');
  for (let key = p.keys - 1; key >= 0; key--) {
    storeBefore(cache, key, expiry.lifetime(new RequestContext(key, 0), key), p.loadTime);
  }
}

/**
 * A page shows N items. A query for its list, and then a query for each item that the cache does not hold: N + 1 round
 * trips. Or one more for all of them.
 *
 *     users --> app-1 (with a cache in its memory) --> database
 *
 * All variants are asked for the same pages of the same items at the same times.
 */
import {
  atLeast,
  atMost,
  Cache,
  cacheInMemory,
  Database,
  defineScenario,
  gamma,
  keyLoaders,
  Link,
  mean,
  ms,
  OpenLoopClient,
  PageReader,
  pageSignals,
  poisson,
  quantile,
  roundRobin,
  s,
  Service,
  summary,
  uniform,
  zipfPopularity,
  type DatabaseBatch,
  type DatabaseQuery,
  type RequestContext,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { faraway, SHAPE } from '../application/distances.ts';
import * as limits from './n-plus-one/limits.ts';
import { params, type Values } from './n-plus-one/params.ts';

const TRIPS = 'page.round_trips';
const LATENCY = 'http.client.request.duration';
const STORE_RATE = 'db.client.operation.rate';

const LISTS = 1000;

export default defineScenario({
  id: 'n-plus-one',
  section: '1.1',
  title: 'N + 1 queries',
  question:
    'A page shows twelve items, most of them cached. How often does it go to the store, and what does the user feel?',
  params,
  variants: {
    'loader-per-key': {},
    'batch-loader': { loader: 'batch', loads: 'all-at-once' },
    'loader-per-key-at-once': { loads: 'all-at-once' },
  },
  roles: { 'loader-per-key': 'pitfall', 'batch-loader': 'remedy', 'loader-per-key-at-once': 'alternative' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(500),
  openAt: s(10),
  system,
  signals: pageSignals,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [TRIPS, 'page.missing', LATENCY, STORE_RATE, 'db.client.connection.count', 'cache.hit_ratio'],
  expect: {
    'loader-per-key': [atLeast(mean(TRIPS), limits.queryAnItem), atLeast(mean(LATENCY), limits.oneAfterTheOther)],
    'batch-loader': [
      atMost(summary(TRIPS, 'max'), limits.TWO_TRIPS),
      atMost(mean(STORE_RATE), limits.twoQueriesAPage),
      atMost(quantile(LATENCY, 'p99'), limits.twoTrips),
    ],
    // At once the trips do not add up for the user; for the store they are as many.
    'loader-per-key-at-once': [atLeast(mean(TRIPS), limits.queryAnItem), atMost(mean(LATENCY), limits.atOnce)],
  },
});

function system(sim: Simulation, p: Values): void {
  const name = 'app-1';
  const near = uniform((1 - limits.SPREAD) * p.distance, (1 + limits.SPREAD) * p.distance);
  const database = new Database(sim, {
    name: 'database',
    connections: p.connections,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
    rowDemand: p.rowTime,
  });
  const cache = new Cache<Row>(sim, { name: `${name} cache`, capacity: p.keys, eviction: 'lru' });
  const reader = new PageReader(sim, {
    instance: name,
    store: new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: near }),
    batches: new Link<DatabaseBatch, readonly Row[]>(sim, database.batches, { from: name, delay: near }),
    cache,
    ttl: p.ttl,
    loader: keyLoaders[p.loader].create,
    loads: p.loads,
    itemsOf: itemsOf(sim, p),
  });
  const app = new Service<number, Row>(sim, {
    name,
    help: `The application, with a cache of ${p.keys} items in its memory`,
    concurrency: p.concurrency,
    queueMax: 2000,
    handle: (call) => reader.page(call.query, call.request),
    onCrash: () => cache.clear(),
    inside: cacheInMemory(cache),
  });
  const link = new Link<number, Row>(sim, app, {
    from: 'users',
    delay: faraway,
    timeout: p.timeout,
  });
  new OpenLoopClient<Row>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    // Lists stand under keys of their own, behind those of the items.
    popularity: { keys: LISTS, first: p.keys, draw: (random) => p.keys + random.integer(LISTS) },
    target: roundRobin([link]),
  });
}

/** The items of a request's page: popular ones by Zipf's law, each once. */
function itemsOf(sim: Simulation, p: Values): (request: RequestContext) => readonly number[] {
  const popularity = zipfPopularity(p.keys, p.exponent);
  const draws = sim.keyedRandom('items of a page');
  return (request) => {
    const random = draws.of(request.id);
    const items = new Set<number>();
    while (items.size < p.items) items.add(popularity.draw(random, request.id));
    return [...items];
  };
}

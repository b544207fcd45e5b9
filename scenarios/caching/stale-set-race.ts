/**
 * The stale-set race: a reader has loaded the old value, a writer changes it, and the reader's store comes last.
 *
 *     readers, writers --> app-1 … app-n --> cache
 *                                  \-------> database
 *
 * The same reads and writes go through eight protocols, which differ only in the order in which an instance speaks to the
 * cache and to the database. What is counted are entries of the cache that no longer hold what the database has.
 */
import {
  atLeast,
  atMost,
  CacheServer,
  constant,
  Database,
  defineScenario,
  defineSignal,
  exponential,
  gamma,
  hardTtl,
  Link,
  ms,
  OpenLoopClient,
  peak,
  perform,
  poisson,
  protocolOf,
  roundRobin,
  s,
  Service,
  staleEntryGone,
  StaleEntryMeter,
  staleEntrySignals,
  StalenessMeter,
  stalenessSignals,
  Steps,
  total,
  Transactions,
  zipfPopularity,
  type DatabaseQuery,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { nearby, SHAPE } from '../application/distances.ts';
import { COMMAND_TIME, usersWay } from './application/wiring.ts';
import * as limits from './stale-set-race/limits.ts';
import { params, type Values } from './stale-set-race/params.ts';

const LASTING = 'stale_set_race.lasting';
const PHANTOMS = 'stale_set_race.phantoms';
const LIFE = 'cache.stale_entry.duration';
const STALE_READS = 'read.stale';

const lasting = defineSignal({
  name: LASTING,
  kind: 'counter',
  unit: '{entry}',
  help: 'Stale entries that were served for longer than 100 ms',
  fact: staleEntryGone,
  where: (fact) => fact.duration > limits.LASTING,
});

const phantoms = defineSignal({
  name: PHANTOMS,
  kind: 'counter',
  unit: '{entry}',
  help: 'Of them, those that held what a transaction had written that was rolled back',
  fact: staleEntryGone,
  where: (fact) => fact.phantom && fact.duration > limits.LASTING,
});

export default defineScenario({
  id: 'stale-set-race',
  section: '1.5',
  title: 'Stale-set race',
  question:
    'A reader loads, a writer updates and deletes, and the reader stores what it loaded. How often, and for how long?',
  params,
  variants: {
    'update-then-delete': { protocol: 'update-then-delete' },
    'delete-then-update': { protocol: 'delete-then-update' },
    'put-in-transaction': { protocol: 'put-in-transaction', abortShare: 0.02 },
    'write-through-partial-failure': { protocol: 'write-through', brokenShare: 0.02 },
    'double-delete': { protocol: 'double-delete' },
    'double-checked-load': { protocol: 'double-checked-load' },
    lease: { protocol: 'lease' },
    // Of the same transactions as its pitfall, those that fail among them.
    'version-check': { protocol: 'version-check', abortShare: 0.02 },
  },
  roles: {
    'update-then-delete': 'pitfall',
    'delete-then-update': 'pitfall',
    'put-in-transaction': 'pitfall',
    // Nothing here repairs a lost put but the time to live, and the log of `invalidation`.
    'write-through-partial-failure': 'fault',
    'double-delete': 'remedy',
    'double-checked-load': 'remedy',
    lease: 'remedy',
    'version-check': 'remedy',
  },
  repairs: {
    'double-delete': 'delete-then-update',
    'double-checked-load': 'delete-then-update',
    lease: 'update-then-delete',
    'version-check': 'put-in-transaction',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(250),
  openAt: s(12),
  system,
  signals: [...stalenessSignals, ...staleEntrySignals, lasting, phantoms],
  whileRunning: {
    reads: sentBy('reads', 'readers'),
    writes: sentBy('writes', 'writers'),
    queryTime: workedOffBy('queryTime', 'database'),
  },
  charts: [
    'cache.stale_entries',
    'read.stale',
    LIFE,
    'cache.hit_ratio',
    'db.client.operation.rate',
    'http.client.request.duration',
  ],
  expect: {
    'update-then-delete': [atLeast(total(LASTING), limits.staleAfterDelete), atLeast(peak(LIFE), limits.halfALife)],
    'delete-then-update': [atLeast(total(LASTING), limits.staleAfterUpdate), atLeast(peak(LIFE), limits.halfALife)],
    'put-in-transaction': [atLeast(total(PHANTOMS), limits.phantoms), atLeast(peak(LIFE), limits.halfALife)],
    'write-through-partial-failure': [atLeast(total(LASTING), limits.lostPuts), atLeast(peak(LIFE), limits.halfALife)],
    'double-delete': [atMost(peak(LIFE), limits.secondDelete)],
    'double-checked-load': [atMost(total(LASTING), limits.staleAfterCheck)],
    // Whoever reads after the commit has further to go than the writer's word to the cache, unless he is very near: then he
    // may be served the old value on the way, and nobody after that.
    lease: [atMost(total(LASTING), 0), atMost(total(STALE_READS), limits.overtaken)],
    'version-check': [
      atMost(total(LASTING), limits.unremembered),
      atMost(total(PHANTOMS), 0),
      atMost(total(STALE_READS), limits.readUnremembered),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const database = new Database(sim, {
    name: 'database',
    connections: 200,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
  });
  const transactions = new Transactions(database, { abortShare: p.abortShare, idleMax: s(5) });
  const cache = new CacheServer<Row>(sim, {
    name: 'cache',
    capacity: p.keys,
    eviction: 'lru',
    commandTime: COMMAND_TIME,
    failureShare: p.brokenShare,
  });
  new StaleEntryMeter(sim, cache.cache, database.history);
  const staleness = new StalenessMeter(sim, database.history);
  const apps = Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    const steps = new Steps(sim, {
      instance: name,
      cache: new Link(sim, cache, { from: name, delay: nearby }),
      store: new Link(sim, transactions, { from: name, delay: nearby }),
      expiry: hardTtl(p.ttl),
      preparing: p.prepareTime > 0 ? exponential(p.prepareTime) : constant(0),
      findsFirst: true,
      doesWithoutCache: true,
    });
    const pattern = protocolOf(p.protocol).create(steps, p);
    return new Service<DatabaseQuery, Row>(sim, {
      name,
      help: 'An instance of the application: up to 400 requests at once, 2,000 waiting',
      concurrency: 400,
      queueMax: 2000,
      handle: ({ query, request }) => perform(pattern, query, request, name, staleness),
      onCrash: (downtime) => pattern.crash?.(downtime),
    });
  });
  const users = (name: string, operation: DatabaseQuery['operation'], rate: number): void => {
    new OpenLoopClient<Row, DatabaseQuery>(sim, {
      name,
      arrivals: poisson(rate),
      popularity: zipfPopularity(p.keys, 0),
      asks: (key) => ({ operation, key }),
      target: roundRobin(apps.map((app) => new Link(sim, app, { from: name, delay: usersWay(p), timeout: s(1) }))),
    });
  };
  users('readers', 'read', p.reads);
  users('writers', 'write', p.writes);
}

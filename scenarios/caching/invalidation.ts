/**
 * Invalidation: every instance has a cache of its own, and a write has to reach all the copies.
 *
 *     readers, writers --> app-1 … app-n (each with a cache) --> database <-- import job
 *                              ^                                     |
 *                              '---------- bus, or log <-------------'
 *
 * The same reads and writes go through six ways of learning that a copy is old. The import job writes through the
 * application, or past it, as jobs do that somebody wrote later.
 */
import {
  atLeast,
  atMost,
  BACKGROUND,
  BACKGROUND_BLOCK,
  cacheInMemory,
  CacheServer,
  ChangeLog,
  defineScenario,
  defineSignal,
  Database,
  entriesHeldSignals,
  followLog,
  gamma,
  hardTtl,
  InvalidationBus,
  Link,
  LocalCache,
  mean,
  ms,
  OpenLoopClient,
  peak,
  poisson,
  readEntriesHeld,
  roundRobin,
  s,
  Service,
  softTtl,
  staleEntryGone,
  StaleEntryMeter,
  staleEntrySignals,
  StalenessMeter,
  stalenessSignals,
  total,
  uniform,
  VersionedKeys,
  zipfPopularity,
  type Call,
  type DatabaseQuery,
  type Endpoint,
  type Invalidation,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { COMMAND_TIME, nearby, SHAPE } from './application/wiring.ts';
import * as limits from './invalidation/limits.ts';
import { params, type Values } from './invalidation/params.ts';

const LASTING = 'invalidation.lasting';
const LIFE = 'cache.stale_entry.duration';
const STALE = 'read.stale_ratio';
const AGE = 'read.staleness';
const HITS = 'cache.hit_ratio';
const HELD = 'cache.entries';

const lasting = defineSignal({
  name: LASTING,
  kind: 'counter',
  unit: '{entry}',
  help: 'Copies that could be served for longer than 250 ms after they had been replaced',
  fact: staleEntryGone,
  where: (fact) => fact.duration > limits.LASTING,
});

export default defineScenario({
  id: 'invalidation',
  section: '1.4',
  title: 'Invalidation',
  question: 'Every instance has its own copy of a row. Somebody writes it. Who serves the old one, and for how long?',
  params,
  variants: {
    ttl: { way: 'ttl' },
    'write-invalidate': { way: 'acknowledged' },
    'missed-path': { way: 'acknowledged', bypass: true },
    'pubsub-invalidate': { way: 'published' },
    'log-invalidate': { way: 'log', bypass: true },
    'versioned-keys': { way: 'versioned-keys' },
    'soft-ttl': { way: 'soft-ttl' },
  },
  roles: {
    ttl: 'alternative',
    'write-invalidate': 'remedy',
    'missed-path': 'pitfall',
    'pubsub-invalidate': 'pitfall',
    'log-invalidate': 'remedy',
    'versioned-keys': 'remedy',
    'soft-ttl': 'alternative',
  },
  repairs: {
    'write-invalidate': 'pubsub-invalidate',
    'log-invalidate': 'missed-path',
    'versioned-keys': 'pubsub-invalidate',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(250),
  openAt: s(20),
  system,
  signals: [...stalenessSignals, ...staleEntrySignals, ...entriesHeldSignals, lasting],
  charts: [STALE, 'cache.stale_entries', AGE, HITS, 'db.client.operation.rate', HELD, 'http.client.request.duration'],
  expect: {
    ttl: [
      atLeast(mean(STALE), limits.staleLeast),
      atMost(mean(STALE), limits.staleMost),
      atMost(peak(AGE), limits.ttl),
    ],
    // A read that is sent after a commit has further to go than the news of it: nobody is served the old value.
    'write-invalidate': [
      atMost(total('read.stale'), 0),
      atMost(peak(LIFE), limits.announced),
      atMost(peak(HELD), limits.livingEntries),
    ],
    'missed-path': [atLeast(total(LASTING), limits.bypassed), atMost(peak(AGE), limits.ttl)],
    'pubsub-invalidate': [atLeast(total(LASTING), limits.lost), atMost(peak(AGE), limits.ttl)],
    'log-invalidate': [atMost(total(LASTING), 0), atMost(peak(LIFE), limits.looked)],
    'versioned-keys': [atMost(total('read.stale'), 0), atLeast(peak(HELD), limits.deadEntries)],
    'soft-ttl': [atLeast(mean(HITS), limits.hitsOfTtl), atLeast(peak(AGE), limits.ttl)],
  },
});

function system(sim: Simulation, p: Values): void {
  const log = p.way === 'log' ? new ChangeLog(sim, 10_000) : undefined;
  const database = new Database(sim, {
    name: 'database',
    connections: 200,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
    ...(log && { onCommit: (row: Row) => log.append(row) }),
  });
  const bus =
    p.way === 'acknowledged' || p.way === 'published'
      ? new InvalidationBus(sim, { delivery: p.way, lossShare: p.lossShare })
      : undefined;
  const versions =
    p.way === 'versioned-keys'
      ? new CacheServer<Row>(sim, { name: 'versions', capacity: p.keys, eviction: 'lru', commandTime: COMMAND_TIME })
      : undefined;
  const staleness = new StalenessMeter(sim, database.history);

  const apps = Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    const store = new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby });
    const expiry = p.way === 'soft-ttl' ? softTtl(p.ttl, p.hardFactor) : hardTtl(p.ttl);
    const local = new LocalCache(sim, { instance: name, capacity: p.capacity, expiry });
    readEntriesHeld(sim, local.cache);
    // A dead name's entry is never served, so it is not stale.
    if (versions === undefined) new StaleEntryMeter(sim, local.cache, database.history);
    const versioned =
      versions && new VersionedKeys(new Link(sim, versions, { from: name, delay: nearby }), local, store);
    const announce = bus && new Link<Invalidation, void>(sim, bus, { from: name, delay: nearby });
    bus?.subscribe(new Link(sim, invalidated(name, local), { from: bus.name, delay: nearby }));
    if (log !== undefined) {
      followLog(sim, {
        name,
        log: new Link(sim, log, { from: name, delay: nearby }),
        poll: p.poll,
        firstRequest: BACKGROUND + i * BACKGROUND_BLOCK,
        from: 0,
        changed: ({ key }) => local.invalidate(key),
        missed: () => local.clear(),
      });
    }
    return new Service<DatabaseQuery, Row>(sim, {
      name,
      help: `An instance of the application, with room for ${p.capacity} entries in its own cache`,
      concurrency: 400,
      queueMax: 2000,
      *handle({ query, request }) {
        const { operation, key } = query;
        if (operation === 'read') {
          const row = yield* versioned === undefined
            ? local.get(key, request, () => store.call(query, request))
            : versioned.read(key, request);
          staleness.measure(name, row, request);
          return row;
        }
        const row = yield* store.call(query, request);
        if (announce !== undefined) yield* announce.call({ key }, request);
        if (versioned !== undefined) yield* versioned.raise(row, request);
        return row;
      },
      onCrash: () => local.crash(),
      inside: cacheInMemory(local.cache),
    });
  });

  const client = (
    name: string,
    asks: DatabaseQuery['operation'],
    rate: number,
    to: Endpoint<DatabaseQuery, Row>[],
  ): void => {
    const delay = uniform(limits.FAR_MIN, limits.FAR_MAX);
    new OpenLoopClient<Row, DatabaseQuery>(sim, {
      name,
      arrivals: poisson(rate),
      popularity: zipfPopularity(p.keys, asks === 'read' ? p.exponent : 0),
      asks: (key) => ({ operation: asks, key }),
      target: roundRobin(to.map((end) => new Link<DatabaseQuery, Row>(sim, end, { from: name, delay, timeout: s(1) }))),
    });
  };
  client('readers', 'read', p.reads, apps);
  client('writers', 'write', p.writes, apps);
  client('importer', 'write', p.imports, p.bypass ? [database] : apps);
}

/** Where an instance hears what has been written. */
function invalidated(name: string, local: LocalCache): Endpoint<Invalidation, void> {
  return {
    name,
    receive(call: Call<Invalidation, void>): void {
      local.invalidate(call.query.key);
      call.reply();
    },
  };
}

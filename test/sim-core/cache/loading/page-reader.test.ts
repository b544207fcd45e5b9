/** Key loaders and the pages read through them: the same rows by all of them, in as many round trips as each promises. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache } from '../../../../sim-core/cache/cache.ts';
import { BatchLoader } from '../../../../sim-core/cache/loading/batch-loader.ts';
import { keyLoaders, type KeyLoaderName } from '../../../../sim-core/cache/loading/loaders.ts';
import { pageRead, PageReader } from '../../../../sim-core/cache/loading/page-reader.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import type { Fact } from '../../../../sim-core/kernel/fact.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import { databaseQueried } from '../../../../sim-core/storage/database-signals.ts';
import type { DatabaseBatch, DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';

const LIST = 1000;
const NAMES = Object.keys(keyLoaders) as KeyLoaderName[];

function store(sim: Simulation): {
  database: Database;
  options: { instance: string; store: Link<DatabaseQuery, Row>; batches: Link<DatabaseBatch, readonly Row[]> };
  queries: { request: number; rows: number }[];
} {
  const database = new Database(sim, {
    name: 'database',
    connections: 100,
    queueMax: 0,
    cores: 100,
    demand: constant(50),
    rowDemand: 5,
  });
  const near = constant(10);
  const queries: { request: number; rows: number }[] = [];
  sim.facts.channel(databaseQueried).listen(({ request, rows }) => queries.push({ request, rows }));
  const options = {
    instance: 'app',
    store: new Link<DatabaseQuery, Row>(sim, database, { from: 'app', delay: near }),
    batches: new Link<DatabaseBatch, readonly Row[]>(sim, database.batches, { from: 'app', delay: near }),
  };
  return { database, options, queries };
}

describe('a batch loader', () => {
  it('sends what is asked for in one instant as one query, each key once, and what comes later as another', () => {
    const sim = new Simulation();
    const { options, queries } = store(sim);
    const loader = new BatchLoader(sim, options, new RequestContext(1, 0));
    const lines: string[] = [];
    function* ask(key: number): Behaviour {
      const row = yield* loader.load(key);
      lines.push(`${sim.now} ${row.key}`);
    }
    for (const key of [3, 5, 3]) spawn(sim, 'asks', ask(key), 7);
    spawn(sim, 'asks', ask(8), 8);
    sim.runUntil(1000);
    expect(queries.map(({ rows }) => rows)).toEqual([2, 1]);
    expect(lines).toEqual(['78 8', '82 3', '82 3', '82 5']);
    expect(loader.trips).toBe(2);
  });

  it('fails everybody who asked, once, and loads anew afterwards', () => {
    const sim = new Simulation();
    const { database, options } = store(sim);
    const loader = new BatchLoader(sim, options, new RequestContext(1, 0));
    const lines: string[] = [];
    function* ask(key: number): Behaviour {
      try {
        yield* loader.load(key);
        lines.push(`${key} ok`);
      } catch (error) {
        lines.push(`${key} ${(error as CallFailed).failure}`);
      }
    }
    database.interventions['fail'].apply([1]);
    for (const key of [1, 2]) spawn(sim, 'asks', ask(key));
    sim.scheduleAt(500, () => database.interventions['fail'].apply([0]), undefined);
    spawn(sim, 'asks', ask(2), 600);
    sim.runUntil(1000);
    expect(lines).toEqual(['1 error', '2 error', '2 ok']);
  });
});

const pages = fc.array(
  fc.record({ at: fc.nat(2000), items: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 6 }) }),
  { minLength: 1, maxLength: 12 },
);

describe.each(NAMES)('pages by the loader %s', (name) => {
  it.each(['one-after-the-other', 'all-at-once'] as const)(
    '%s: every page is answered, what it misses is cached, and its round trips are those promised',
    (loads) => {
      fc.assert(
        fc.property(pages, fc.integer({ min: 50, max: 3000 }), fc.nat(2500), (asked, ttl, failsFrom) => {
          const sim = new Simulation();
          const { database, options, queries } = store(sim);
          const cache = new Cache<Row>(sim, { name: 'cache', capacity: 10, eviction: 'lru' });
          const itemsOf = ({ id }: RequestContext): number[] => asked[id].items;
          const { create: loader } = keyLoaders[name];
          const reader = new PageReader(sim, { ...options, cache, ttl, loader, loads, itemsOf });
          const facts: Fact<typeof pageRead>[] = [];
          sim.facts.channel(pageRead).listen((fact) => facts.push(fact));
          let [answered, failed] = [0, 0];
          function* page(id: number): Behaviour {
            try {
              const row = yield* reader.page(LIST, new RequestContext(id, sim.now));
              expect(row.key).toBe(LIST);
              answered++;
            } catch (error) {
              if (!(error instanceof CallFailed)) throw error;
              failed++;
            }
          }
          asked.forEach(({ at }, id) => spawn(sim, 'page', page(id), at));
          sim.scheduleAt(failsFrom, () => database.interventions['fail'].apply([1]), undefined);
          sim.runUntil(100_000);
          expect(answered + failed).toBe(asked.length);
          expect(facts.length).toBe(answered);
          for (const { request, missing, trips } of facts) {
            expect(queries.filter((query) => query.request === request).length).toBe(trips);
            expect(missing).toBeLessThanOrEqual(asked[request].items.length);
            if (name === 'batch' && loads === 'all-at-once') expect(trips).toBe(missing === 0 ? 1 : 2);
            else expect(trips).toBe(1 + missing);
          }
        }),
        { numRuns: 150 },
      );
    },
  );
});

/** Cache-aside and keys without a row: stored or not, and for how long. */
import { expect, it } from 'vitest';
import { CacheServer } from '../../../../sim-core/cache/cache-server.ts';
import { CacheAside } from '../../../../sim-core/cache/patterns/cache-aside.ts';
import { LoadLedger } from '../../../../sim-core/cache/patterns/load-ledger.ts';
import { hardTtl } from '../../../../sim-core/cache/stampede/hard-ttl.ts';
import { noGuard } from '../../../../sim-core/cache/stampede/no-guard.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import { databaseQueried } from '../../../../sim-core/storage/database-signals.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';

/** Reads of the store when a key is read every 10 ms for 100 ms, and what the last read returned. */
function readRepeatedly(key: number, absenceTtl?: number): { reads: number; last: Row | undefined } {
  const sim = new Simulation();
  const store = new Database(sim, {
    name: 'db',
    connections: 1,
    queueMax: 0,
    cores: 1,
    demand: constant(0),
    hasRow: (one) => one < 10,
  });
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 5, eviction: 'lru', commandTime: 0 });
  const near = { from: 'app', delay: constant(0) };
  const reader = new CacheAside(sim, {
    instance: 'app',
    cache: new Link(sim, cache, near),
    store: new Link(sim, store, near),
    expiry: hardTtl(ms(1000)),
    guard: noGuard,
    ledger: new LoadLedger(),
    ...(absenceTtl === undefined ? {} : { absenceTtl }),
  });
  let reads = 0;
  let last: Row | undefined;
  sim.facts.channel(databaseQueried).listen(() => reads++);
  const read = function* (request: number) {
    last = yield* reader.read(key, new RequestContext(request, sim.now));
  };
  for (let i = 0; i < 10; i++) sim.scheduleAt(ms(10 * i), () => void spawn(sim, 'read', read(i)), undefined, 0);
  sim.runUntil(ms(2000));
  return { reads, last };
}

it('a row is read once, and is in the cache from then on', () => {
  expect(readRepeatedly(3)).toEqual({ reads: 1, last: { key: 3, version: 0 } });
});

it('that there is none is asked of the store every time', () => {
  expect(readRepeatedly(30)).toEqual({ reads: 10, last: { key: 30, version: 0, absent: true } });
});

it('or is kept for its own time to live: 35 ms spare the store three reads of four', () => {
  expect(readRepeatedly(30, ms(35))).toEqual({ reads: 3, last: { key: 30, version: 0, absent: true } });
});

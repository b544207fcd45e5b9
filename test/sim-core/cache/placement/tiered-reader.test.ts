/** An instance's own cache before a shared one before the store: who answers, for how long, and what a purge leaves. */
import { describe, expect, it } from 'vitest';
import { CacheServer } from '../../../../sim-core/cache/cache-server.ts';
import { entryOf, lasting } from '../../../../sim-core/cache/entry.ts';
import { TieredReader } from '../../../../sim-core/cache/placement/tiered-reader.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';

const KEY = 7;
const request = new RequestContext(1, 0);
const near = constant(ms(1));

function setUp() {
  const sim = new Simulation();
  const database = new Database(sim, { name: 'db', connections: 9, queueMax: 9, cores: 9, demand: constant(ms(10)) });
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 9, eviction: 'lru', commandTime: 0 });
  const readers = ['a', 'b'].map((instance) => {
    const shared = { cache: new Link(sim, cache, { from: instance, delay: near }), ttl: ms(500) };
    const store = new Link(sim, database, { from: instance, delay: near });
    return new TieredReader(sim, { instance, local: { capacity: 9, ttl: ms(100) }, shared, store });
  });
  const heard: string[] = [];
  function* reads(reader: TieredReader, version: number | undefined): Behaviour {
    const get = { url: KEY, key: KEY, ...(version !== undefined && { version }) };
    const { row, layer } = yield* reader.read(get, request);
    heard.push(`${sim.now / ms(1)} ms: ${layer}, version ${row.version}`);
  }
  const at = (time: number, does: () => void): void => void sim.scheduleAt(ms(time), does, undefined);
  const readAt = (time: number, which: number, version?: number): void =>
    at(time, () => void spawn(sim, 'reads', reads(readers[which], version)));
  return { sim, database, cache, readers, at, readAt, heard };
}

describe('a tiered reader', () => {
  it('is cold in each instance, and shares what the shared cache has', () => {
    const { sim, readAt, heard } = setUp();
    readAt(0, 0);
    readAt(50, 0);
    readAt(60, 1);
    readAt(70, 1);
    sim.runUntil(s(1));
    expect(heard).toEqual([
      '16 ms: buffer-pool, version 0',
      '50 ms: app, version 0',
      '62 ms: distributed, version 0',
      '70 ms: app, version 0',
    ]);
  });

  it('shows what was replaced for the times to live of both, one after the other', () => {
    const { sim, database, at, readAt, heard } = setUp();
    readAt(0, 0);
    at(20, () => database.access('write', KEY));
    for (const time of [500, 595, 605]) readAt(time, 0);
    sim.runUntil(s(1));
    expect(heard.slice(1)).toEqual([
      '502 ms: distributed, version 0',
      '595 ms: app, version 0',
      '621 ms: buffer-pool, version 1',
    ]);
  });

  it('keeps a copy in one instance that a purge of the other has not reached', () => {
    const { sim, database, cache, readers, at, readAt, heard } = setUp();
    for (const which of [0, 1]) readAt(0, which);
    at(50, () => {
      cache.cache.set(entryOf(KEY, database.access('write', KEY), sim.now, lasting(s(1))), -1);
      new Link(sim, readers[0].purges, { from: 'p', delay: constant(0) }).send({ url: KEY }, request);
    });
    for (const time of [60, 90]) for (const which of [0, 1]) readAt(time, which);
    sim.runUntil(s(1));
    expect(heard.slice(2)).toEqual([
      '60 ms: app, version 0',
      '62 ms: distributed, version 1',
      '90 ms: app, version 1',
      '90 ms: app, version 0',
    ]);
  });

  it('does not keep what is purged while it is loaded, nor put an old row over a new one', () => {
    const { sim, database, cache, readers, at, readAt, heard } = setUp();
    readAt(0, 0);
    // The row has been read at 13 ms and is on its way; it is replaced, and all who keep it are told, from the inside out.
    at(13.5, () => {
      const row = database.access('write', KEY);
      cache.cache.set(entryOf(KEY, row, sim.now, lasting(s(1))), -1);
    });
    at(13.6, () => new Link(sim, readers[0].purges, { from: 'p', delay: constant(0) }).send({ url: KEY }, request));
    readAt(50, 0);
    sim.runUntil(s(1));
    expect(heard).toEqual(['16 ms: buffer-pool, version 0', '52 ms: distributed, version 1']);
  });

  it('gives a name that says its version that one', () => {
    const { sim, database, at, readAt, heard } = setUp();
    at(5, () => database.access('write', KEY));
    readAt(0, 0, 0);
    sim.runUntil(s(1));
    expect(heard).toEqual(['16 ms: buffer-pool, version 0']);
  });
});

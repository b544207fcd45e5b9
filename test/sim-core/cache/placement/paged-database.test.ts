/** Rows on pages: what a page in memory saves, who waits for a read, and that a row says where it came from. */
import { describe, expect, it } from 'vitest';
import { PagedDatabase, pageNeeded, type PagedRow } from '../../../../sim-core/cache/placement/paged-database.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { DatabaseQuery } from '../../../../sim-core/storage/queries.ts';

/** Ten pages; a read takes 10 ms, a query 1 ms. Answers in order: when, which key, from the disk or not. */
function setUp(buffers: number, readsAtOnce: number, connections = 9) {
  const sim = new Simulation();
  const database = new PagedDatabase(sim, {
    name: 'db',
    connections,
    queueMax: 99,
    cores: 9,
    demand: constant(ms(1)),
    pages: 10,
    buffers,
    readTime: constant(ms(10)),
    readsAtOnce,
  });
  const store = new Link<DatabaseQuery, PagedRow>(sim, database, { from: 'app', delay: constant(0) });
  const outcomes: string[] = [];
  sim.facts.channel(pageNeeded).listen(({ outcome }) => outcomes.push(outcome));
  const heard: string[] = [];
  function* reads(key: number, id: number): Behaviour {
    const row = yield* store.call({ operation: 'read', key }, new RequestContext(id, sim.now));
    heard.push(`${sim.now / ms(1)} ms: ${row.key}${row.fromDisk ? ' from disk' : ''}`);
  }
  let requests = 0;
  const readAt = (time: number, key: number): void =>
    void sim.scheduleAt(ms(time), () => void spawn(sim, 'reads', reads(key, requests++)), undefined);
  return { sim, database, readAt, heard, outcomes };
}

describe('a database with pages', () => {
  it('reads a page once for all its rows, and has whoever wants it meanwhile wait for that read', () => {
    const { sim, readAt, heard, outcomes } = setUp(10, 9);
    readAt(0, 3);
    readAt(4, 13);
    readAt(20, 23);
    sim.runUntil(s(1));
    expect(heard).toEqual(['11 ms: 3 from disk', '11 ms: 13 from disk', '21 ms: 23']);
    expect(outcomes).toEqual(['read', 'joined', 'hit']);
  });

  it('reads a page again that gave way', () => {
    const { sim, readAt, heard } = setUp(1, 9);
    for (const [i, key] of [1, 1, 2, 1].entries()) readAt(20 * i, key);
    sim.runUntil(s(1));
    expect(heard).toEqual(['11 ms: 1 from disk', '21 ms: 1', '51 ms: 2 from disk', '71 ms: 1 from disk']);
  });

  it('has reads wait for the disk, and queries wait for those who hold the connections meanwhile', () => {
    const disk = setUp(10, 1);
    for (const key of [1, 2]) disk.readAt(0, key);
    disk.sim.runUntil(s(1));
    expect(disk.heard).toEqual(['11 ms: 1 from disk', '21 ms: 2 from disk']);
    const pool = setUp(10, 9, 1);
    for (const key of [1, 11]) pool.readAt(0, key);
    pool.sim.runUntil(s(1));
    expect(pool.heard).toEqual(['11 ms: 1 from disk', '12 ms: 11']);
    expect(pool.database.violations()).toEqual([]);
  });
});

/** A cache within an instance: what is invalidated while it is loaded is not kept; what a crash takes with it. */
import { describe, expect, it } from 'vitest';
import { LocalCache } from '../../../sim-core/cache/local-cache.ts';
import { hardTtl } from '../../../sim-core/cache/stampede/hard-ttl.ts';
import { softTtl } from '../../../sim-core/cache/stampede/soft-ttl.ts';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../sim-core/kernel/time.ts';
import type { Wait } from '../../../sim-core/kernel/wait.ts';
import type { Endpoint } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { Database } from '../../../sim-core/storage/database.ts';
import type { DatabaseQuery, Row } from '../../../sim-core/storage/queries.ts';

const KEY = 7;
const request = new RequestContext(1, 0);

function setUp(expiry = hardTtl(s(10))) {
  const sim = new Simulation();
  const database = new Database(sim, { name: 'db', connections: 9, queueMax: 9, cores: 9, demand: constant(ms(10)) });
  const store = new Link(sim, database, { from: 'app', delay: constant(ms(1)) });
  const local = new LocalCache(sim, { instance: 'app', capacity: 10, expiry });
  const load = (): Wait<Row> => store.call({ operation: 'read', key: KEY }, request);
  const read: string[] = [];
  function* reads(behaviour: Behaviour<Row>): Behaviour {
    const { version } = yield* behaviour;
    read.push(`${sim.now / ms(1)} ms: version ${version}`);
  }
  const at = (time: number, does: () => void): void => void sim.scheduleAt(ms(time), does, undefined);
  const readAt = (time: number): void => at(time, () => void spawn(sim, 'reads', reads(local.get(KEY, request, load))));
  return { sim, database, local, read, at, readAt };
}

describe('a local cache', () => {
  it('serves its copy without a message until it is invalidated', () => {
    const { sim, database, local, read, at, readAt } = setUp();
    readAt(0);
    at(20, () => database.access('write', KEY));
    readAt(30);
    at(40, () => local.invalidate(KEY));
    readAt(50);
    sim.runUntil(s(1));
    expect(read).toEqual(['12 ms: version 0', '30 ms: version 0', '62 ms: version 1']);
  });

  it.each(['invalidate', 'clear'] as const)('does not keep what it was loading during an %s', (does) => {
    const { sim, local, read, at, readAt } = setUp();
    readAt(0);
    at(5, () => local[does](KEY));
    readAt(20);
    sim.runUntil(s(1));
    expect(read).toEqual(['12 ms: version 0', '32 ms: version 0']);
  });

  it('serves past its soft time to live while one load refreshes', () => {
    const { sim, database, read, at, readAt } = setUp(softTtl(ms(50), 10));
    readAt(0);
    at(20, () => database.access('write', KEY));
    for (const time of [70, 71, 72, 90]) readAt(time);
    sim.runUntil(s(1));
    expect(read).toEqual([
      '12 ms: version 0',
      '70 ms: version 0',
      '71 ms: version 0',
      '72 ms: version 0',
      '90 ms: version 1',
    ]);
  });
});

describe('a crash', () => {
  it('ends the refresh that is under way, and what the instance does next does not wait for it', () => {
    const sim = new Simulation();
    const asked: number[] = [];
    const takes = [ms(10), ms(1000), ms(10), ms(10)];
    const store: Endpoint<DatabaseQuery, Row> = {
      name: 'store',
      receive(call) {
        sim.schedule(takes[asked.length], () => call.reply({ key: KEY, version: asked.length }), undefined);
        asked.push(sim.now / ms(1));
      },
    };
    const link = new Link(sim, store, { from: 'app', delay: constant(0) });
    const local = new LocalCache(sim, { instance: 'app', capacity: 10, expiry: softTtl(ms(50), 100) });
    const load = (): Wait<Row> => link.call({ operation: 'read', key: KEY }, request);
    const readAt = (time: number): void =>
      void sim.scheduleAt(ms(time), () => void spawn(sim, 'reads', local.get(KEY, request, load)), undefined);
    readAt(0);
    readAt(70); // Past the soft time to live: a refresh that takes long.
    sim.scheduleAt(ms(75), () => local.crash(), undefined);
    readAt(90); // The next life loads anew …
    readAt(160); // … and its first stale read refreshes.
    sim.runUntil(s(2));
    expect(asked).toEqual([0, 70, 90, 160]);
    // What the dead refresh brings is not stored.
    expect(local.cache.size).toBe(1);
  });
});

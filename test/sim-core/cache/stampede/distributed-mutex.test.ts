/** The mutex across instances: one load at a time while leases hold, and what becomes of the lock of each holder. */
import { describe, expect, it } from 'vitest';
import { entryOf, lasting } from '../../../../sim-core/cache/entry.ts';
import { CacheServer, type CacheCommand, type CacheReply } from '../../../../sim-core/cache/cache-server.ts';
import { setFenced } from '../../../../sim-core/cache/set-if-newer.ts';
import { distributedMutex } from '../../../../sim-core/cache/stampede/distributed-mutex.ts';
import type { GuardContext, LoadTerms } from '../../../../sim-core/cache/stampede/load-guard.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour, type Process } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';

const LEASE = 1000;
const LOAD = 100;

/** Two instances before one cache; loads whose request is in `failing` fail at their end, and that of `slow` outlasts its lease. */
function setUp(failing: readonly number[] = [], { slow = -1, fenced = false } = {}) {
  const sim = new Simulation();
  const lines: string[] = [];
  const server = new CacheServer<Row>(sim, { name: 'cache', capacity: 10, eviction: 'lru', commandTime: 1 });
  const read = ['app-1', 'app-2'].map((instance) => {
    const cache = new Link<CacheCommand<Row>, CacheReply<Row>>(sim, server, { from: instance, delay: constant(1) });
    function* loadAndStore(key: number, request: RequestContext, terms?: LoadTerms): Behaviour<Row> {
      const fence = terms?.fence;
      lines.push(`${request.id} loads`);
      yield request.id === slow ? LEASE + 2 * LOAD : LOAD;
      if (failing.includes(request.id)) throw new CallFailed('db', 'timeout');
      const value = { key, version: request.id };
      const life = { storedAt: sim.now, softExpiresAt: 1e9, expiresAt: 1e9, loadDuration: LOAD };
      const entry = { key, value, ...life };
      yield* cache.call(fence === undefined ? { command: 'set', entry } : setFenced(entry, fence), request);
      return value;
    }
    const guard = distributedMutex({ lease: LEASE, poll: 10, fenced })({
      sim,
      instance,
      cache,
      loadAndStore,
    } as GuardContext);
    return function* (id: number, terms?: LoadTerms): Behaviour {
      try {
        const { version } = yield* guard.load(3, new RequestContext(id, sim.now), terms);
        lines.push(`${id} has ${version}`);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        lines.push(`${id} failed`);
      }
    };
  });
  const start = (id: number, instance: number, at: number, terms?: LoadTerms): Process =>
    spawn(sim, 'reader', read[instance](id, terms), at);
  return { sim, lines, server, start };
}

describe('a mutex across instances', () => {
  it('lets one load, has the others wait for its value, and is free at the end', () => {
    const { sim, lines, server, start } = setUp();
    for (const [id, instance] of [0, 1, 0, 1].entries()) start(id, instance, 5 * id);
    sim.runUntil(500);
    expect(lines[0]).toBe('0 loads');
    expect(lines.slice(1).sort()).toEqual([0, 1, 2, 3].map((id) => `${id} has 0`));
    expect(server.state().locks).toBe(0);
  });

  it('is released by a holder whose load failed, long before the lease runs out', () => {
    const { sim, lines, start } = setUp([0]);
    start(0, 0, 0);
    start(1, 1, 5);
    sim.runUntil(LEASE / 2);
    expect(lines).toEqual(['0 loads', '0 failed', '1 loads', '1 has 1']);
  });

  it.each([
    ['over what the next one has stored', false, 0],
    ['nothing, where the cache compares the numbers of locks', true, 1],
  ])('whose holder is late has it store %s', (_what, fenced, kept) => {
    const { sim, lines, server, start } = setUp([], { slow: 0, fenced });
    start(0, 0, 0);
    start(1, 1, 5);
    sim.runUntil(LEASE + 5 * LOAD);
    expect(lines).toEqual(['0 loads', '1 loads', '1 has 1', '0 has 0']);
    expect(server.cache.peek(3)?.value.version).toBe(kept);
    expect(server.state().locks).toBe(0);
  });

  it('loads over the entry that is to be replaced, once; who is too late for the lock makes do with that, and who comes after with the new one', () => {
    const { sim, lines, server, start } = setUp();
    const old = entryOf(3, { key: 3, version: 99 }, 0, lasting(1e9));
    server.cache.set(old, 99);
    start(0, 0, 0, { replaces: old });
    start(1, 1, 20, { replaces: old });
    start(2, 0, 2 * LOAD, { replaces: old });
    // Who missed asks for no entry anew, and takes what is there.
    start(3, 1, 3 * LOAD);
    sim.runUntil(LEASE);
    expect(lines).toEqual(['0 loads', '1 has 99', '0 has 0', '2 has 0', '3 has 0']);
  });

  it('gives each lock a higher number, also after a crash', () => {
    const { sim, server } = setUp();
    const cache = new Link<CacheCommand<Row>, CacheReply<Row>>(sim, server, { from: 'x', delay: constant(0) });
    const numbers: (number | undefined)[] = [];
    function* take(key: number): Behaviour {
      const { token } = yield* cache.call(
        { command: 'acquire', key, token: 9, lease: LEASE },
        new RequestContext(9, 0),
      );
      numbers.push(token);
    }
    for (const [at, key] of [
      [0, 1],
      [10, 2],
      [20, 1],
      [100, 1],
    ]) {
      spawn(sim, 'takes', take(key), at);
    }
    sim.scheduleAt(50, () => server.crash(5), undefined);
    sim.runUntil(200);
    expect(numbers).toEqual([1, 2, undefined, 3]);
  });

  it.each([
    ['while it asks for the lock', 2],
    ['while it looks into the cache again', 5],
    ['in its load', 50],
    ['while it releases', 108],
  ])('does not end the run when its holder is cancelled %s, and the next one takes over in time', (_when, at) => {
    const { sim, lines, start } = setUp();
    const holder = start(0, 0, 0);
    sim.scheduleAt(at, () => holder.cancel(), undefined);
    start(1, 1, 20);
    sim.runUntil(LEASE);
    const loaded = at > LOAD;
    expect(holder.state).toBe('cancelled');
    expect(lines).toEqual(loaded ? ['0 loads', '1 has 0'] : at === 50 ? ['0 loads'] : []);
    sim.runUntil(LEASE + 2 * LOAD);
    expect(lines.at(-1)).toBe(loaded ? '1 has 0' : '1 has 1');
  });
});

/** The printed class of stale-while-revalidate: from when its entries date, whose they are, and who refreshes them, how many at once. */
import { describe, expect, it } from 'vitest';
import { CacheServer } from '../../../../sim-core/cache/cache-server.ts';
import { LoadLedger } from '../../../../sim-core/cache/patterns/load-ledger.ts';
import { SwrCache } from '../../../../sim-core/cache/patterns/swr-cache.ts';
import { distributedMutex } from '../../../../sim-core/cache/stampede/distributed-mutex.ts';
import type { LoadGuardFactory } from '../../../../sim-core/cache/stampede/load-guard.ts';
import { noGuard } from '../../../../sim-core/cache/stampede/no-guard.ts';
import { singleFlight } from '../../../../sim-core/cache/stampede/single-flight.ts';
import { softTtl } from '../../../../sim-core/cache/stampede/soft-ttl.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';
import type { Endpoint } from '../../../../sim-core/network/call.ts';

const [SOFT, HARD, LOAD] = [100, 300, 20];

interface Setting {
  readonly threads?: number;
  readonly guard?: LoadGuardFactory;
  /** The request whose load takes three times as long. */
  readonly slow?: number;
}

/** Two processes before a store whose row is the time at which it was asked; what is read is written down with when. */
function setUp({ threads = 3, guard = noGuard, slow = -1 }: Setting = {}) {
  const sim = new Simulation();
  const asked: number[] = [];
  const store: Endpoint<DatabaseQuery, Row> = {
    name: 'store',
    receive(call) {
      asked.push(sim.now);
      const version = sim.now;
      sim.schedule(
        call.request.id === slow ? 3 * LOAD : LOAD,
        () => call.reply({ key: call.query.key, version }),
        undefined,
      );
    },
  };
  const shared = new CacheServer<Row>(sim, { name: 'shared', capacity: 5, eviction: 'lru', commandTime: 0 });
  const ledger = new LoadLedger();
  const maps = ['one', 'two'].map((instance) => {
    const way = new Link<DatabaseQuery, Row>(sim, store, { from: instance, delay: constant(0) });
    return new SwrCache(sim, {
      instance,
      keys: 5,
      expiry: softTtl(SOFT, HARD / SOFT),
      store: way,
      threads,
      guard,
      locks: new Link(sim, shared, { from: instance, delay: constant(0) }),
      ledger,
    });
  });
  const heard: string[] = [];
  function* reads(id: number, map: SwrCache): Behaviour {
    const { version } = yield* map.read(1, new RequestContext(id, sim.now));
    heard.push(`${sim.now}: ${version}`);
  }
  const readAt = (...times: readonly number[]): void =>
    times.forEach((at, id) => void spawn(sim, 'reads', reads(id, maps[0]), at));
  return { sim, asked, heard, readAt, maps, reads, shared };
}

describe('the printed class', () => {
  it('dates an entry from before its load, and serves it past its soft time to live', () => {
    const { sim, asked, heard, readAt } = setUp();
    // Loaded at 0: soft until 100, hard until 300. Refreshed at 110: soft until 210, and served until just before 410.
    readAt(0, 99, 110, 135, 409, 440);
    sim.runUntil(1000);
    expect(heard).toEqual(['20: 0', '99: 0', '110: 0', '135: 110', '409: 110', '440: 409']);
    expect(asked).toEqual([0, 110, 409]);
  });

  it('has its reader wait once the hard time to live is over, from before the load', () => {
    const { sim, heard, readAt } = setUp();
    readAt(0, 310);
    sim.runUntil(1000);
    expect(heard).toEqual(['20: 0', '330: 310']);
  });

  it('starts a refresh for every late read, as many at once as the pool has threads, and the others one after the other', () => {
    const { sim, asked, heard, readAt } = setUp({ threads: 2 });
    readAt(0, 110, 111, 112, 113, 114);
    sim.runUntil(1000);
    expect(heard.slice(1)).toEqual(['110: 0', '111: 0', '112: 0', '113: 0', '114: 0']);
    expect(asked).toEqual([0, 110, 111, 130, 131, 150]);
  });

  it('keeps what ended last, dated from when its reader came', () => {
    const { sim, asked, readAt } = setUp({ threads: 1 });
    // The second refresh waits for the only thread until 130, and its entry is soft from 211 on, not from 230 on.
    readAt(0, 110, 111, 210, 212);
    sim.runUntil(1000);
    expect(asked).toEqual([0, 110, 130, 212]);
  });

  it('knows nothing of another process', () => {
    const { sim, asked, readAt, maps, reads } = setUp();
    readAt(0);
    spawn(sim, 'reads', reads(9, maps[1]), 50);
    sim.runUntil(1000);
    expect(asked).toEqual([0, 50]);
  });

  it('with single-flight before its loads starts one refresh', () => {
    const { sim, asked, readAt } = setUp({ guard: singleFlight });
    readAt(0, 110, 111, 112, 113);
    sim.runUntil(1000);
    expect(asked).toEqual([0, 110]);
  });

  it('with a mutex before its loads has those who wait look into their own map, and the processes load one after the other', () => {
    const { sim, asked, heard, readAt, maps, reads, shared } = setUp({
      guard: distributedMutex({ lease: 1000, poll: 3 }),
    });
    readAt(0, 4);
    spawn(sim, 'reads', reads(9, maps[1]), 6);
    sim.runUntil(1000);
    // The other process has the lock from its look at 21 on; who waits in the first finds what its own one has stored at 22.
    expect(asked).toEqual([0, 21]);
    expect(heard).toEqual(['20: 0', '22: 0', '41: 21']);
    expect(shared.cache.size).toBe(0);
  });

  it.each([
    [false, '70: 0'],
    [true, '70: 10'],
  ])(
    'with a mutex whose lease is shorter than a load, fenced: %s, keeps what is stored under the last lock or last',
    (fenced, last) => {
      const { sim, asked, heard, readAt } = setUp({ guard: distributedMutex({ lease: 10, poll: 3, fenced }), slow: 0 });
      // The first load takes until 60; the second reader has the next lock at 10, and stores at 30.
      readAt(0, 1, 70);
      sim.runUntil(1000);
      expect(asked).toEqual([0, 10]);
      expect(heard).toEqual(['30: 10', '60: 0', last]);
    },
  );

  it('loses its map and its refreshes in a crash', () => {
    const { sim, asked, heard, readAt, maps } = setUp();
    readAt(0, 110, 140);
    sim.scheduleAt(115, () => maps[0].crash(), undefined);
    sim.runUntil(1000);
    expect(asked).toEqual([0, 110, 140]);
    expect(heard.at(-1)).toBe('160: 140');
  });
});

/** Parts for a cold cache, each alone: the cap on loads, the warmer, a server that dies, a map that is changed. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CacheServer, type CacheCommand, type CacheReply } from '../../../../sim-core/cache/cache-server.ts';
import { hashRing } from '../../../../sim-core/cache/sharding/hash-ring.ts';
import { modulo } from '../../../../sim-core/cache/sharding/modulo.ts';
import { movesBetween, shardMapChanged, ShardTopology } from '../../../../sim-core/cache/sharding/shard-topology.ts';
import { loadCap } from '../../../../sim-core/cache/stampede/load-cap.ts';
import { noGuard } from '../../../../sim-core/cache/stampede/no-guard.ts';
import { CacheWarmer } from '../../../../sim-core/cache/warming/cache-warmer.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import type { DatabaseQuery, Row } from '../../../../sim-core/storage/queries.ts';

let sim: Simulation;
let cache: CacheServer<Row>;
let way: Link<CacheCommand<Row>, CacheReply<Row>>;
const near = { from: 'app', delay: constant(0) };
const at = (time: number, act: () => void): void => void sim.scheduleAt(ms(time), act, undefined, 0);

beforeEach(() => {
  sim = new Simulation();
  cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 100, eviction: 'lru', commandTime: ms(1) });
  way = new Link(sim, cache, near);
});

describe('the cap on loads', () => {
  const guarded = (most: number) =>
    loadCap(
      most,
      noGuard,
    )({
      sim,
      instance: 'app',
      cache: way,
      *loadAndStore(key) {
        yield ms(10);
        if (key === 9) throw new CallFailed('db', 'error');
        return { key, version: 0 };
      },
    });

  it('refuses what would be one more, at once, and lets in again when one has ended, however it ended', () => {
    const guard = guarded(2);
    const ended: [number, string, number][] = [];
    const load = function* (key: number) {
      try {
        yield* guard.load(key, new RequestContext(key, 0));
        ended.push([key, 'ok', sim.now]);
      } catch (error) {
        ended.push([key, (error as CallFailed).failure, sim.now]);
      }
    };
    for (const [time, key] of [
      [0, 1],
      [5, 9],
      [6, 3],
      [10.5, 4],
      [15.5, 5],
    ]) {
      at(time, () => void spawn(sim, 'load', load(key)));
    }
    sim.runUntil(s(1));
    expect(ended).toEqual([
      [3, 'overloaded', ms(6)],
      [1, 'ok', ms(10)],
      [9, 'error', ms(15)],
      [4, 'ok', ms(20.5)],
      [5, 'ok', ms(25.5)],
    ]);
  });

  it('is of one load at least', () => {
    expect(() => guarded(0)).toThrow('most: 0 is not a number of loads');
  });
});

it('a warmer has no more loads under way than it may, stores in order, and ends what it began when it is stopped', () => {
  const store = new Database(sim, { name: 'db', connections: 9, queueMax: 0, cores: 9, demand: constant(ms(10)) });
  const warmer = new CacheWarmer(sim, {
    name: 'warmer',
    cache: way,
    store: new Link<DatabaseQuery, Row>(sim, store, near),
    keys: [5, 3, 8, 1, 7, 2],
    concurrency: 2,
    ttl: s(1),
  });
  let most = 0;
  for (let time = 0.5; time < 40; time++)
    at(time, () => void (most = Math.max(most, Number(store.state()['queries running']))));
  at(0, () => warmer.start());
  at(15, () => warmer.stop());
  sim.runUntil(ms(100));
  expect(most).toBe(2);
  expect(warmer.state()['keys stored']).toBe(4);
  expect([5, 3, 8, 1, 7, 2].filter((key) => cache.cache.get(key, 0) !== undefined)).toEqual([5, 3, 8, 1]);
});

it('a server that dies forgets all, and refuses whoever asks or waits until it is up again', () => {
  const value = { key: 4, version: 0 };
  cache.cache.set({ key: 4, value, storedAt: 0, softExpiresAt: s(9), expiresAt: s(9), loadDuration: 0 }, 0);
  const heard: [number, string][] = [];
  const ask = (time: number): void =>
    at(time, () => {
      way.call({ command: 'get', key: 4 }, new RequestContext(1, sim.now)).begin({
        resume: (call) =>
          void heard.push([time, (call.result as CacheReply<Row>).entry === undefined ? 'miss' : 'hit']),
        fail: (error) => void heard.push([time, (error as CallFailed).failure]),
      });
    });
  for (const time of [0, 9.5, 12, 30]) ask(time);
  at(10, () => cache.crash(ms(15)));
  sim.runUntil(s(1));
  expect(heard).toEqual([
    [0, 'hit'],
    [9.5, 'unavailable'],
    [12, 'unavailable'],
    [30, 'miss'],
  ]);
  expect(cache.violations()).toEqual([]);
});

describe('when a shard is taken out of the map', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];

  it('as many keys move as there are that another shard has', () => {
    for (const [map, least, most] of [
      [modulo(names), 700, 900],
      [hashRing(names), 100, 300],
    ] as const) {
      const simulation = new Simulation();
      const told: number[] = [];
      simulation.facts.channel(shardMapChanged).listen(({ moved }) => told.push(moved));
      const topology = new ShardTopology(simulation, map, 1000);
      topology.lose('c');
      const moved = Array.from({ length: 1000 }, (_, key) => key).filter((key) => movesBetween(map, topology.map, key));
      expect(told).toEqual([moved.length]);
      expect(moved.length).toBeGreaterThan(least);
      expect(moved.length).toBeLessThan(most);
    }
  });
});

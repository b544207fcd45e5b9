/** Ways to a cache of several shards: which of them a command goes to, and which copies a deletion reaches. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CacheServer } from '../../../../sim-core/cache/cache-server.ts';
import { baseOf, KeySpray, nameOf } from '../../../../sim-core/cache/hot-keys/key-spray.ts';
import { modulo } from '../../../../sim-core/cache/sharding/modulo.ts';
import {
  ShardRouter,
  type CacheCall,
  type CacheLink,
  type CopyAccess,
} from '../../../../sim-core/cache/sharding/shard-router.ts';
import { ShardTopology } from '../../../../sim-core/cache/sharding/shard-topology.ts';
import { handOf, ShuffleRouter } from '../../../../sim-core/cache/sharding/shuffle-router.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const NAMES = ['a', 'b', 'c', 'd'];
let sim: Simulation;
let asked: [shard: string, key: number][];
let links: CacheLink<string>[];

beforeEach(() => {
  sim = new Simulation();
  asked = [];
  links = NAMES.map((name) => {
    const options = { name, capacity: 10, eviction: 'lru', commandTime: 0 };
    const shard = new CacheServer<string>(sim, { ...options, watch: (key) => asked.push([name, key]) });
    return new Link(sim, shard, { from: 'app', delay: constant(0) });
  });
});

function make(calls: readonly CacheCall<string>[]): void {
  for (const call of calls) call.begin({ resume() {}, fail() {} });
  sim.runUntil(sim.now + ms(1));
}

const request = (id: number): RequestContext => new RequestContext(id, 0);
const entryOf = (key: number) => ({ key, value: 'v', storedAt: 0, softExpiresAt: 9, expiresAt: 9, loadDuration: 0 });

it('the router asks the shard of the map, and another one once that is lost', () => {
  const topology = new ShardTopology(sim, modulo(NAMES), 10);
  const router = new ShardRouter(topology, links);
  const home = NAMES[modulo(NAMES).shardOf(5)];
  make([
    router.call({ command: 'get', key: 5 }, request(1)),
    router.call({ command: 'set', entry: entryOf(5) }, request(1)),
  ]);
  expect(asked).toEqual([
    [home, 5],
    [home, 5],
  ]);
  topology.lose(home);
  make(router.deletions(5, request(1)));
  expect(asked[2][0]).not.toBe(home);
});

it('the router must know a way to every shard', () => {
  expect(() => new ShardRouter(new ShardTopology(sim, modulo(NAMES), 10), links.slice(1))).toThrow(
    'there is no link to a',
  );
});

describe('key replication', () => {
  const spray = (): CopyAccess<string> =>
    new KeySpray(
      new ShardRouter(new ShardTopology(sim, modulo(NAMES), 10), links),
      (key) => (key === 0 ? 5 : 1),
      sim.keyedRandom('copies'),
    );

  it('takes one of the names for all that a request does, and all of them in turn for many', () => {
    const cache = spray();
    for (let id = 0; id < 60; id++) {
      make([
        cache.call({ command: 'get', key: 0 }, request(id)),
        cache.call({ command: 'set', entry: entryOf(0) }, request(id)),
      ]);
      expect(asked[2 * id + 1][1]).toBe(asked[2 * id][1]);
    }
    const names = new Set(asked.map(([, key]) => key));
    expect([...names].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4].map((r) => nameOf(0, r)));
    expect([...names].map(baseOf)).toEqual([0, 0, 0, 0, 0]);
  });

  it('leaves other keys alone, and deletes all names of its own', () => {
    const cache = spray();
    make([cache.call({ command: 'get', key: 7 }, request(1)), ...cache.deletions(0, request(1))]);
    expect(asked.map(([, key]) => key).sort((a, b) => a - b)).toEqual(
      [0, 7, 1, 2, 3, 4].map((r, i) => (i < 2 ? r : nameOf(0, r))),
    );
  });
});

describe('shuffle sharding', () => {
  it('deals every key a hand of different shards, the first by the map', () => {
    const map = modulo(NAMES);
    const hands = new Set<string>();
    for (let key = 0; key < 200; key++) {
      const hand = handOf(map, key, 2);
      expect(hand[0]).toBe(map.shardOf(key));
      expect(new Set(hand).size).toBe(2);
      hands.add(hand.sort().join());
    }
    expect(hands.size).toBe(6);
  });

  it('asks one shard of the hand, and deletes on all of them', () => {
    const map = modulo(NAMES);
    const cache = new ShuffleRouter(map, links, 2, sim.keyedRandom('copies'));
    const hand = handOf(map, 3, 2).map((shard) => NAMES[shard]);
    for (let id = 0; id < 40; id++) make([cache.call({ command: 'get', key: 3 }, request(id))]);
    expect(new Set(asked.map(([shard]) => shard))).toEqual(new Set(hand));
    asked.length = 0;
    make(cache.deletions(3, request(1)));
    expect(asked.map(([shard]) => shard)).toEqual(hand);
    expect(() => new ShuffleRouter(map, links, 5, sim.keyedRandom('copies'))).toThrow('size: a hand of 5 shards');
  });
});

/** Ways to a cache of several shards: which of them a command goes to, and which copies a deletion reaches. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CacheServer } from '../../../../sim-core/cache/cache-server.ts';
import { entryOf, lasting, type CacheEntry } from '../../../../sim-core/cache/entry.ts';
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
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Row } from '../../../../sim-core/storage/queries.ts';

const NAMES = ['a', 'b', 'c', 'd'];
let sim: Simulation;
let asked: [shard: string, key: number][];
let links: CacheLink<Row>[];
let servers: CacheServer<Row>[];

beforeEach(() => {
  sim = new Simulation();
  asked = [];
  servers = NAMES.map((name) => {
    const options = { name, capacity: 10, eviction: 'lru', commandTime: 0 };
    return new CacheServer<Row>(sim, { ...options, watch: (key) => asked.push([name, key]) });
  });
  links = servers.map((shard) => new Link(sim, shard, { from: 'app', delay: constant(0) }));
});

function make(calls: readonly CacheCall<Row>[]): void {
  for (const call of calls) call.begin({ resume() {}, fail() {} });
  sim.runUntil(sim.now + ms(1));
}

const request = (id: number): RequestContext => new RequestContext(id, 0);
const entry = (key: number, version = 0): CacheEntry<Row> => entryOf(key, { key, version }, 0, lasting(s(1)));

it('the router asks the shard of the map, and another one once that is lost', () => {
  const topology = new ShardTopology(sim, modulo(NAMES), 10);
  const router = new ShardRouter(topology, links);
  const home = NAMES[modulo(NAMES).shardOf(5)];
  make([
    router.call({ command: 'get', key: 5 }, request(1)),
    router.call({ command: 'set', entry: entry(5) }, request(1)),
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
  const spray = (): CopyAccess<Row> =>
    new KeySpray(
      new ShardRouter(new ShardTopology(sim, modulo(NAMES), 10), links),
      5,
      { isHot: (key) => key === 0, wasHot: (key) => key < 2 },
      sim.keyedRandom('copies'),
    );

  it('takes one of the names for all that a request does, and all of them in turn for many', () => {
    const cache = spray();
    for (let id = 0; id < 60; id++) {
      make([
        cache.call({ command: 'get', key: 0 }, request(id)),
        cache.call({ command: 'set', entry: entry(0) }, request(id)),
      ]);
      expect(asked[2 * id + 1][1]).toBe(asked[2 * id][1]);
    }
    const names = new Set(asked.map(([, key]) => key));
    expect([...names].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4].map((r) => nameOf(0, r)));
    expect([...names].map(baseOf)).toEqual([0, 0, 0, 0, 0]);
  });

  it('leaves other keys alone, and deletes all names that a key has or had', () => {
    const cache = spray();
    make([cache.call({ command: 'get', key: 7 }, request(1)), ...cache.deletions(7, request(1))]);
    expect(asked.map(([, key]) => key)).toEqual([7, 7]);
    for (const key of [0, 1]) {
      asked.length = 0;
      make(cache.deletions(key, request(1)));
      const names = [0, 1, 2, 3, 4].map((r) => nameOf(key, r));
      expect(asked.map(([, name]) => name).sort((a, b) => a - b)).toEqual(names);
    }
  });

  it('pushes a row to all names, and over nothing that is newer', () => {
    const cache = spray();
    const held = (): (number | undefined)[] =>
      servers.flatMap((server) => [0, 1, 2, 3, 4].map((r) => server.cache.peek(nameOf(0, r))?.value.version));
    make(cache.pushes(entry(0, 2), request(1)));
    make(cache.pushes(entry(0, 1), request(2)));
    expect(held().filter((version) => version !== undefined)).toEqual([2, 2, 2, 2, 2]);
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

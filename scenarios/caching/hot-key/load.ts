/**
 * Commands a second of every shard under each measure, by the real map, and how busy they make its thread.
 *
 * Commands of a shard are treated as a Poisson process, and those that follow from a write of the hot key as a clump of as
 * many as one write makes.
 */
import { handOf, nameOf, s, shardMaps, toSeconds, zipfProbabilities, type ShardMap } from '../../../sim-core/index.ts';
import { DEVIATIONS, oncePerRun } from '../../application/chance.ts';
import { NEAR_MAX, SHAPE } from '../../application/distances.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const WINDOW = s(1);
export const HOT_KEY = 0;
export const OTHER_KILOBYTES = 1;

export const shardNames = (p: Values): string[] => Array.from({ length: p.shards }, (_, i) => `cache-${i + 1}`);
export const handSize = (p: Values): number => Math.min(p.hand, p.shards);

export const mapOf = oncePerRun((p: Values): ShardMap => shardMaps[p.sharding].create(shardNames(p)));
export const crowdTime = (p: Values): number => Math.max(0, toSeconds(p.length - Math.max(p.crowdAt, WARM_UP)));

/** Commands a second of the other keys on every shard: a read each, and a load of each key once in its time to live. */
export function otherLoads(p: Values, placesOf: (key: number) => readonly number[]): Float64Array {
  const loads = new Float64Array(p.shards);
  zipfProbabilities(p.keys, p.exponent).forEach((share, i) => {
    const places = placesOf(i + 1);
    for (const shard of places) loads[shard] += (share * p.rate) / places.length + 1 / toSeconds(p.ttl);
  });
  return loads;
}

/** A load of the hot key with all that goes with it, at most: while it lasts its readers miss as well. */
export const loadOf = (p: Values): number =>
  toSeconds(p.loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) + toSeconds(8 * NEAR_MAX + 10 * p.commandTime);

/** The same in the mean: of the many that a window has. Each of its commands waits for two others, its load shares little. */
export const meanLoadOf = (p: Values): number => toSeconds(1.5 * p.loadTime + 4 * NEAR_MAX + 6 * p.commandTime);

/** How busy the store is, at most: each write of the hot key has all its copies loaded again, by all who miss them meanwhile. */
export function storeLoad(p: Values): number {
  const copies = Math.max(p.replicas, handSize(p));
  const loads = p.writes * (1 + copies + p.crowd * meanLoadOf(p)) + p.keys / toSeconds(p.ttl);
  return (loads * toSeconds(p.loadTime)) / p.cores;
}

/** How busy the busiest thread is in any window, at most, where the hot key's names lie so on the shards. */
export function busiest(p: Values, others: Float64Array, names: readonly number[]): number {
  const count = names.reduce((sum, held) => sum + held, 0);
  const herd = count + p.crowd * meanLoadOf(p);
  let most = 0;
  others.forEach((load, shard) => {
    const part = names[shard] / count;
    // A write deletes each name, and each is loaded and set again by all who miss it meanwhile.
    const clump = part * herd + names[shard];
    const commands = load + part * p.crowd + p.writes * clump;
    const variance = load + part * p.crowd + p.writes * clump * clump;
    most = Math.max(most, commands + DEVIATIONS * Math.sqrt(variance / toSeconds(WINDOW)));
  });
  return Math.min(1, most * toSeconds(p.commandTime));
}

/** All of it on one shard. */
export const onOneShard = oncePerRun((p: Values) => {
  const map = mapOf(p);
  return { others: otherLoads(p, (key) => [map.shardOf(key)]), shard: map.shardOf(HOT_KEY) };
});

/** What the hot shard's thread is asked for, in seconds a second: each write deletes the entry. */
export function offered(p: Values): number {
  const { others, shard } = onOneShard(p);
  return (p.crowd + p.writes + others[shard]) * toSeconds(p.commandTime);
}

/**
 * The hot key's share of the commands that are run: the crowd's and the writers', as far as its shard can run them beside the
 * others', among those and all others. Chance takes some of it away.
 */
export function hotShareOf(p: Values): number {
  if (crowdTime(p) < 2 * toSeconds(WINDOW)) return 0;
  const hot = (p.crowd + p.writes) / Math.max(1, offered(p));
  const all = hot + p.rate + (2 * p.keys) / toSeconds(p.ttl);
  const share = hot / all;
  return Math.max(0, share - DEVIATIONS * Math.sqrt((share * (1 - share)) / (all * toSeconds(WINDOW))));
}

/** Key replication: where the names are is what the map makes of them. */
export function sprayed(p: Values): number {
  const { others } = onOneShard(p);
  return busiest(p, others, namesOn(p));
}

/** How many of the hot key's names are on each shard. */
export const namesOn = oncePerRun((p: Values): number[] => {
  const map = mapOf(p);
  const names = map.shards.map(() => 0);
  for (let r = 0; r < p.replicas; r++) names[map.shardOf(nameOf(HOT_KEY, r))]++;
  return names;
});

/** Shuffle sharding: the hot key has one copy on each shard of its hand, and every other key as well. */
export const dealt = oncePerRun((p: Values): number => {
  const map = mapOf(p);
  const hand = handOf(map, HOT_KEY, handSize(p));
  const names = map.shards.map((_, shard) => (hand.includes(shard) ? 1 : 0));
  const others = otherLoads(p, (key) => handOf(map, key, handSize(p)));
  return busiest(p, others, names);
});

/** Local cache: each instance asks for the hot key once in a while, and those of its readers who come meanwhile. */
export const keptCommands = (p: Values): number => fetches(p) / toSeconds(p.localTtl) + p.writes;
/** Commands of one round of all instances. */
export const fetches = (p: Values): number => p.instances * fetchOf(p);
const fetchOf = (p: Values): number => 2 * (1 + (p.crowd / p.instances) * loadOf(p));
/**
 * Write throttle: batches a second of all instances, each of which is set in the shard and pushed. A push does not follow on what a copy is
 * where another has overtaken it, which cannot be if they are further apart than one takes; then all fetch it anew.
 */
export const batchesOf = (p: Values): number => p.instances / toSeconds(p.throttle);
const roundsOf = (p: Values): number =>
  1 / toSeconds(p.localTtl) + (1 / batchesOf(p) > 2 * loadOf(p) ? 0 : batchesOf(p));
export const batchedCommands = (p: Values): number => fetches(p) * roundsOf(p) + batchesOf(p);
export function batched(p: Values): number {
  const { others, shard } = onOneShard(p);
  const commands = others[shard] + batchedCommands(p);
  const variance = others[shard] + batchesOf(p) + p.instances * roundsOf(p) * fetchOf(p) * fetchOf(p);
  return Math.min(1, (commands + DEVIATIONS * Math.sqrt(variance)) * toSeconds(p.commandTime));
}
/** How busy the store is then, at most: if each fetch were a load. */
export const batchedStoreLoad = (p: Values): number =>
  ((batchedCommands(p) + p.keys / toSeconds(p.ttl)) * toSeconds(p.loadTime)) / p.cores;

export function kept(p: Values): number {
  const { others, shard } = onOneShard(p);
  const commands = others[shard] + keptCommands(p);
  const variance = others[shard] + p.writes + (p.instances / toSeconds(p.localTtl)) * fetchOf(p) * fetchOf(p);
  return Math.min(1, (commands + DEVIATIONS * Math.sqrt(variance)) * toSeconds(p.commandTime));
}

/**
 * What is claimed of the cache flush, worked out from the parameters and the real maps of the shards.
 *
 * Which keys are missing after the event follows from the maps. Of a missing key of rate r the first request within t
 * comes with chance 1 - exp(-r t); each such key is a load. As for synchronized expiry, the store has begun as many loads
 * within t and ended t cores / loadTime of them at most.
 */
import {
  exp,
  intervalOf,
  movesBetween,
  ms,
  s,
  shardMaps,
  toSeconds,
  zipfProbabilities,
  type ShardMapName,
} from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonMost } from '../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const INTERVAL = ms(250);

const limit = limitOf<Values>;

export const shardNames = (p: Values, prefix: string): string[] =>
  Array.from({ length: p.shards }, (_, i) => `${prefix}-${i + 1}`);
export const lostShard = (p: Values): string => `cache-${Math.min(3, p.shards)}`;
export const shardingOf = (p: Values): ShardMapName => (p.event === 'node-loss-modulo' ? 'modulo' : 'consistent-hash');

const rowOf = (p: Values): number => toSeconds(intervalOf({ interval: INTERVAL }, p.length));
const capacityOf = (p: Values): number => p.cores / toSeconds(p.loadTime);
/** How long what happens is in the run. */
const afterOf = (p: Values): number => Math.max(0, toSeconds(p.length - p.at));

/** The shares of the requests that ask for the keys which another shard has once one is lost. */
function movedShares(p: Values, sharding: ShardMapName): readonly number[] {
  const before = shardMaps[sharding].create(shardNames(p, 'cache'));
  const after = before.without(lostShard(p));
  return zipfProbabilities(p.keys, p.exponent).filter((_, key) => movesBetween(before, after, key));
}

/** Of keys with these shares so many have been asked for within a time in seconds, at least. */
function askedFor(p: Values, shares: readonly number[], within: number): number {
  let keys = 0;
  let variance = 0;
  for (const share of shares) {
    const chance = 1 - exp(-share * p.rate * Math.max(0, within));
    keys += chance;
    variance += chance * (1 - chance);
  }
  return Math.max(0, keys - DEVIATIONS * Math.sqrt(variance));
}

/** Loads that reach the store in the fullest row: half of one at least lies in the same row of the series. */
function herdRate(p: Values, shares: readonly number[]): number {
  const onTheWay = toSeconds(2 * FAR_MAX + 4 * NEAR_MAX);
  const within = Math.min(afterOf(p), rowOf(p) / 2) - onTheWay;
  return askedFor(p, shares, within) / rowOf(p);
}

/** How often the time of the herd is looked at: its worst moment is the worst of these. */
const LOOKS = 10;

/** Loads under way at the worst moment, at least; no more than the instances have handlers. */
function backlogOf(p: Values, shares: readonly number[]): number {
  const last = Math.min(afterOf(p), p.keys / capacityOf(p));
  let most = 0;
  for (let i = 1; i <= LOOKS; i++) {
    const t = (last * i) / LOOKS;
    most = Math.max(most, askedFor(p, shares, t) - capacityOf(p) * t);
  }
  return Math.min(most, p.instances * p.concurrency);
}

const allShares = (p: Values): readonly number[] => zipfProbabilities(p.keys, p.exponent);

export const flushedRate = limit((p) => herdRate(p, allShares(p)));
export const moduloRate = limit((p) => herdRate(p, movedShares(p, 'modulo')));

/** All handlers hold a load, or half of them: a handler may also wait for another one's load of the same key. */
export const flushedBacklog = limit((p) => backlogOf(p, allShares(p)) / 2);
export const moduloBacklog = limit((p) => backlogOf(p, movedShares(p, 'modulo')) / 2);

/** Of a backlog those give up for whose loads the processors take longer than the timeout. */
export const flushedGivenUp = limit((p) =>
  Math.max(0, backlogOf(p, allShares(p)) - capacityOf(p) * toSeconds(p.timeout)),
);

const happensIn = (p: Values): boolean => p.at + p.detection < p.length;

/**
 * n and n - 1 have no divisor in common, so all pairs of remainders are alike (the Chinese remainder theorem), and a key
 * stays where it was in one of n: for each shard that is left there is one pair in which both remainders name it.
 */
export const movedByModulo = limit((p) => {
  const moved = 1 - 1 / p.shards;
  const least = p.keys * moved - DEVIATIONS * Math.sqrt(p.keys * moved * (1 - moved));
  return happensIn(p) ? Math.max(0, least) : 0;
});

/** A shard's part of the ring deviates by about 1 / sqrt(160) of itself, and the keys on it by chance. */
export const movedOnRing = limit((p) => {
  const keys = (p.keys / p.shards) * (1 + DEVIATIONS / Math.sqrt(160));
  return Math.min(p.keys, keys + DEVIATIONS * Math.sqrt(keys));
});

const sum = (shares: readonly number[]): number => shares.reduce((total, share) => total + share, 0);

/** Every query is for a request that misses, or for an entry whose time was up. */
const quietRate = (p: Values, share: number): number => {
  const row = rowOf(p);
  return poissonMost((p.rate * share + p.keys / toSeconds(p.ttl)) * row) / row;
};
export const ringRate = limit((p) => quietRate(p, sum(movedShares(p, 'consistent-hash'))));

/** Those fail who ask the lost shard until it is taken out of the map, or who have to wait for its keys' loads. */
export const ringErrors = limit((p) => {
  const asked = p.rate * sum(movedShares(p, 'consistent-hash')) * toSeconds(p.detection + 2 * FAR_MAX);
  return Math.min(1, poissonMost(asked) / (p.rate * toSeconds(p.length - WARM_UP)));
});

/**
 * The warmers load one key after the other, and have so many when users come at least; the rest is what users miss then.
 * A load's demand deviates by 1 / sqrt(SHAPE) of its mean, a sum of many by less.
 */
export const warmedRate = limit((p) => {
  const each = toSeconds(p.loadTime + 4 * NEAR_MAX) * Math.max(1, p.warmers / p.cores);
  const warmed = Math.floor((0.9 * p.warmers * toSeconds(p.warmFor)) / each);
  const missing = allShares(p).slice(Math.min(p.keys, warmed));
  const byWarmers = p.warmers / (toSeconds(p.loadTime) * (1 - 1 / Math.sqrt(SHAPE)));
  return byWarmers + quietRate(p, sum(missing));
});

/** Each instance has so many under way at once. */
export const cappedLoads = limit((p) => p.instances * p.loadsMax);

/** Of the first requests for missing keys those are refused that are neither under way nor can have been ended. */
export const cappedRefused = limit((p) => Math.max(0, backlogOf(p, allShares(p)) - p.instances * p.loadsMax));

/** One in a hundred waits for a load among as many as the cap allows, and for its messages; or is refused at once. */
export const cappedLatency = limit((p) => {
  const slowed = Math.max(1, (p.instances * p.loadsMax) / p.cores);
  const load = toSeconds(p.loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) * slowed;
  return Math.min(toSeconds(p.timeout), load + toSeconds(2 * FAR_MAX + 12 * NEAR_MAX));
});

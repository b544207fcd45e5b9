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
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const INTERVAL = ms(250);

const limit = limitOf<Values>;

export const shardNames = (p: Values, prefix: string): string[] =>
  Array.from({ length: p.shards }, (_, i) => `${prefix}-${i + 1}`);
export const lostShard = (p: Values): string => `cache-${Math.min(3, p.shards)}`;
export const shardingOf = (p: Values): ShardMapName => (p.event === 'node-loss-modulo' ? 'modulo' : 'consistent-hash');

const rowOf = (p: Values): number => toSeconds(intervalOf({ interval: INTERVAL }, p.length));

/** The shares of the requests that ask for the keys which another shard has once one is lost. */
export function movedShares(p: Values, sharding: ShardMapName): readonly number[] {
  const before = shardMaps[sharding].create(shardNames(p, 'cache'));
  const after = before.without(lostShard(p));
  return zipfProbabilities(p.keys, p.exponent).filter((_, key) => movesBetween(before, after, key));
}

/** Of keys with these shares so many are asked for the first time between two moments, in seconds, at least. */
function askedFor(p: Values, shares: readonly number[], from: number, to: number): number {
  if (to <= from) return 0;
  let keys = 0;
  let variance = 0;
  for (const share of shares) {
    const chance = exp(-share * p.rate * from) - exp(-share * p.rate * to);
    keys += chance;
    variance += chance * (1 - chance);
  }
  return Math.max(0, keys - DEVIATIONS * Math.sqrt(variance));
}

/** From when on keys are missing, and for how long in the run. */
export const missingFrom = (p: Values): number => p.at + (p.event === 'node-loss-modulo' ? p.detection : 0);
const missingFor = (p: Values): number => Math.max(0, toSeconds(p.length - missingFrom(p)));

/**
 * Loads that reach the store in the fullest row, at least: what is left of the row in which the herd begins, or the next
 * one. What is under way to the store at a row's end counts for the next.
 */
function herdRate(p: Values, shares: readonly number[]): number {
  const row = rowOf(p);
  const left = row - (toSeconds(missingFrom(p)) % row);
  const onTheWay = toSeconds(2 * FAR_MAX + 4 * NEAR_MAX);
  const within = (seconds: number): number => Math.min(seconds, missingFor(p)) - onTheWay;
  const first = askedFor(p, shares, 0, within(left));
  const second = askedFor(p, shares, left, within(left + row));
  // No more than there are handlers, half of which may wait for another one's load of the same key.
  return Math.min(Math.max(first, second), (p.instances * p.concurrency) / 2) / row;
}

/** How often the time of the herd is looked at: its worst moment is the worst of these. */
const LOOKS = 10;

/** Loads under way at the worst moment, at least; no more than the instances have handlers. */
function backlogOf(p: Values, shares: readonly number[]): number {
  const last = Math.min(missingFor(p), p.keys / capacityOf(p));
  let most = 0;
  for (let i = 1; i <= LOOKS; i++) {
    const t = (last * i) / LOOKS;
    most = Math.max(most, askedFor(p, shares, 0, t) - capacityOf(p) * t);
  }
  return Math.min(most, p.instances * p.concurrency);
}

export const allShares = (p: Values): readonly number[] => zipfProbabilities(p.keys, p.exponent);

export const flushedRate = limit((p) => herdRate(p, allShares(p)));
export const moduloRate = limit((p) => herdRate(p, movedShares(p, 'modulo')));

/** All handlers hold a load, or half of them: a handler may also wait for another one's load of the same key. */
export const flushedBacklog = limit((p) => backlogOf(p, allShares(p)) / 2);
export const moduloBacklog = limit((p) => backlogOf(p, movedShares(p, 'modulo')) / 2);

/**
 * Of a backlog those give up for whose loads the processors take longer than the timeout. That is all that is certain:
 * how many more fail, because hits wait behind loads for a handler, is what the run is looked at for.
 */
const givenUp = (p: Values, shares: readonly number[]): number =>
  Math.max(0, backlogOf(p, shares) - capacityOf(p) * toSeconds(p.timeout));
export const flushedGivenUp = limit((p) => givenUp(p, allShares(p)));
export const moduloGivenUp = limit((p) => givenUp(p, movedShares(p, 'modulo')));

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
 * The warmers load one key after the other, and have so many when users come at least; from then on they stop, and what is
 * left is what users miss. A row has the one or the other, or a part of each, and what warmers had under way.
 * A load's demand deviates by 1 / sqrt(SHAPE) of its mean, a sum of many by less.
 */
export const warmedRate = limit((p) => {
  const each = toSeconds(p.loadTime + 4 * NEAR_MAX) * Math.max(1, p.warmers / p.cores);
  const warmed = Math.floor((0.9 * p.warmers * toSeconds(p.warmFor)) / each);
  const missing = allShares(p).slice(Math.min(p.keys, warmed));
  const byWarmers = p.warmers / (toSeconds(p.loadTime) * (1 - 1 / Math.sqrt(SHAPE)));
  return Math.max(byWarmers + quietRate(p, 0), quietRate(p, sum(missing))) + p.warmers / rowOf(p);
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

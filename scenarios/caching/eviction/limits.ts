/**
 * What is claimed of the policies, worked out from the parameters. Shares are of all requests, from an empty cache on, as
 * is usual for miss-ratio curves; so what is claimed of a long run allows for the misses that fill the cache. Nothing
 * here looks at a run.
 */
import {
  characteristicTime,
  difference,
  exp,
  heldByFifo,
  heldByLru,
  MISS_RATIO_CURVE,
  pow,
  ratio,
  sizedHitRatios,
  summary,
  toSeconds,
  total,
  zipfProbabilities,
  type Limit,
  type Measure,
} from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow } from '../../application/chance.ts';
import { capacityOf, scanLength, SIZES, type Values } from './params.ts';
import { bytesOf, sizesOf } from './sizes.ts';

/** The policy looked at, the one beside it, and OPT. */
export type Line = 'policy' | 'beside' | 'opt';

export const cacheName = (line: Line, percent: number): string => `${line}.${percent}`;
const WORDS: Readonly<Record<Line, string>> = { policy: 'the policy', beside: 'the one beside it', opt: 'OPT' };
export const missesOf = (line: Line, percent: number): Measure =>
  summary(
    `${MISS_RATIO_CURVE}.${cacheName(line, percent)}`,
    'mean',
    `share of misses of ${WORDS[line]} at ${percent} %`,
  );

/** By how much the policy misses less than the one beside it, at a size. */
export const fewerMisses = (percent: number): Measure =>
  difference(missesOf('beside', percent), missesOf('policy', percent));

/** And by how much it misses more. */
export const moreMisses = (percent: number): Measure =>
  difference(missesOf('policy', percent), missesOf('beside', percent));

/** By how much the policy misses more than OPT at a size. */
export const overOpt = (percent: number): Measure => difference(missesOf('policy', percent), missesOf('opt', percent));

/** By how much the policy misses more than OPT, where that is least. */
export const excessOverOpt: Measure = {
  text: 'least excess of the misses over those of OPT, of all sizes',
  range: () => ({ least: -1, most: 1 }),
  of: (evidence) =>
    Math.min(
      ...SIZES.map((percent) => missesOf('policy', percent).of(evidence) - missesOf('opt', percent).of(evidence)),
    ),
};

const limit = limitOf<Values>;

/** Requests of a run: they come at equal distances. */
const requestsOf = (p: Values): number => Math.floor(p.rate * toSeconds(p.length));

/**
 * What chance can make of one share of the requests: its deviation is at most that of a coin's. Runs of hits and misses are
 * not independent of each other, but what is claimed with this margin is claimed of independent draws of keys.
 */
const chanceOf = (p: Values): number => DEVIATIONS * Math.sqrt(0.25 / requestsOf(p));

/** Of a difference of two shares: as if they were of independent requests; those of one run are nearer to each other. */
const chanceOfTwo = (p: Values): number => Math.sqrt(2) * chanceOf(p);
export const moreThanChance = limit(chanceOfTwo);

/**
 * A policy that goes by recency, or by age, holds nothing but the scan's keys after a scan as long as the cache is large.
 * So between two scans each of the keys that are asked for is missed at least once; in m requests of Zipf's law they are
 * the sum over all keys of 1 - (1 - p)^m, a sum of negatively associated indicators, whose variance is no more than it.
 * Of a shorter scan nothing is claimed but that its own keys are missed.
 */
export const flushed = limit((p) => {
  const length = scanLength(p);
  const periods = Math.floor(requestsOf(p) / p.every);
  const isFlushed = length >= capacityOf(SIZES.at(-1)!, p.keys);
  const asked = isFlushed ? periods * distinct(p, p.every - length) : 0;
  return (periods * length + poissonLow(asked)) / requestsOf(p);
});

/** Keys asked for in so many requests, in the mean. */
const distinct = (p: Values, requests: number): number =>
  zipfProbabilities(p.keys, p.exponent).reduce((sum, one) => sum + 1 - pow(1 - one, requests), 0);

/** A share of the requests: where chance could make anything of it, no less than none. */
const share = (least: number): number => Math.max(0, least);

/** On a loop longer than the cache, LRU and FIFO have always just given up what comes next: no request is a hit. */
export const everyRequest = 1;

/**
 * Random on a loop of N keys, with room for C of them: between two requests for a key come N others, a share m of them
 * misses, each of which takes it away with the chance 1 / C. So 1 - m = (1 - 1/C)^(m N), where m is not 0. The first
 * turns of the loop, which fill the cache and mix it, are allowed for whole.
 */
const turnsToMix = 3;
function randomOnLoop(p: Values, percent: number): number {
  const turns = (misses: number): number => exp((-misses * p.keys) / capacityOf(percent, p.keys));
  let misses = 1;
  for (let step = 0; step < 200; step++) misses = 1 - turns(misses);
  return misses;
}
const mixing = (p: Values): number => (turnsToMix * p.keys) / requestsOf(p) + chanceOf(p);
export const randomMissesMost = (percent: number): Limit => limit((p) => randomOnLoop(p, percent) + mixing(p));
export const randomMissesLeast = (percent: number): Limit => limit((p) => share(randomOnLoop(p, percent) - mixing(p)));

/**
 * LIRS on a loop: 99 % of the entries are those with the shortest time between requests. All have the same, so none is
 * displaced, and each is hit in every turn but the two in which they are found out.
 */
export const lirsMissesMost = (percent: number): Limit =>
  limit((p) => 1 - Math.max(0, 1 - (2 * p.keys) / requestsOf(p)) * ((0.99 * capacityOf(percent, p.keys) - 1) / p.keys));

/**
 * LRU with new keys: Che's approximation, whose error for LRU is below 0.001 (`test/theory/cache-hit-ratio.test.ts`). An
 * empty cache misses once more for each of its entries at most, since a smaller stack is a part of the larger.
 */
const CHE_ERROR = 0.001;
function lruMisses(p: Values, percent: number): number {
  const popular = zipfProbabilities(p.keys, p.exponent).map((one) => one * (1 - p.newShare));
  return 1 - characteristicTime(popular, capacityOf(percent, p.keys), heldByLru).hitRatio;
}
export const lruMissesLeast = (percent: number): Limit =>
  limit((p) => share(lruMisses(p, percent) - CHE_ERROR - chanceOf(p)));
export const lruMissesMost = (percent: number): Limit =>
  limit((p) => lruMisses(p, percent) + CHE_ERROR + chanceOf(p) + capacityOf(percent, p.keys) / requestsOf(p));
/** Fewer than theory gives LRU, by more than chance and its error. */
export const fewerThanLru = (percent: number): Limit =>
  limit((p) => share(lruMisses(p, percent) - CHE_ERROR - chanceOfTwo(p)));

/**
 * Random, which has FIFO's hit ratio under independent requests (Gelenbe 1973; Fricker et al. 2012, whose approximation
 * errs by as little as Che's): of the requests that do not scan it hits that at the most, for what a scan has left behind and
 * an empty cache only take away from it. All of a scan's keys are missed.
 */
function randomOnScans(p: Values, percent: number): number {
  const scanned = scanLength(p) / p.every;
  const { hitRatio } = characteristicTime(
    zipfProbabilities(p.keys, p.exponent),
    capacityOf(percent, p.keys),
    heldByFifo,
  );
  return 1 - (1 - scanned) * (hitRatio + CHE_ERROR);
}
export const randomScannedLeast = (percent: number): Limit =>
  limit((p) => share(randomOnScans(p, percent) - chanceOf(p)));

/**
 * OPT misses no more than a cache that keeps the most popular keys for good, once it has them: of a key that is kept the
 * first request in the run. The rest is what a policy that knows nothing pays.
 */
function keptForGood(p: Values, percent: number): number {
  const scanned = scanLength(p) / p.every;
  const capacity = capacityOf(percent, p.keys);
  const kept = zipfProbabilities(p.keys, p.exponent).slice(0, capacity);
  return 1 - (1 - scanned) * kept.reduce((sum, one) => sum + one, 0) + capacity / requestsOf(p);
}
export const paidForKnowingNothing = (percent: number): Limit =>
  limit((p) => share(randomOnScans(p, percent) - keptForGood(p, percent) - chanceOfTwo(p)));

/** LRU moves an entry within its list by two links changed; a miss also looks for the last one, and takes it out. */
export const lruSteps = 3;

/** Bytes an entry of a policy that has it in one list: two links of four bytes. */
export const links = 8;

/** And with the sketch, which has a slot of eight bytes for each entry that there is room for, at least. */
export const linksAndSketch = links + 8;

/** The share of the bytes asked for that the serving cache missed. */
export const missedBytes: Measure = ratio(total('cache.bytes.missed'), total('cache.bytes.requested'));

/**
 * LRU of entries of different sizes: Che's approximation with the sizes as weights, which errs by more than with one size,
 * since a few large entries are half of the cache (`test/theory/sized-lru.test.ts`). What LRU has given up for a newcomer the
 * newcomer may not fill: less than the largest entry is unused, so that it hits no less than in a cache smaller by that.
 */
const SIZED_ERROR = 0.005;
const sizedLru = (p: Values, percent: number) => sizedLruIn(p, bytesOf(percent, p));
const sizedLruLeast = (p: Values, percent: number) => sizedLruIn(p, bytesOf(percent, p) - Math.max(...sizesOf(p)));
const sizedLruIn = (p: Values, bytes: number) =>
  bytes > 0 ? sizedHitRatios(zipfProbabilities(p.keys, p.exponent), sizesOf(p), bytes) : { requests: 0, bytes: 0 };

/** As many of the smallest entries as fit: each of them is missed once more than in a cache that was full before. */
function entriesMost(p: Values, percent: number): number {
  let left = bytesOf(percent, p);
  const sizes = sizesOf(p).sort((a, b) => a - b);
  const beyond = sizes.findIndex((size) => (left -= size) < 0);
  return beyond < 0 ? sizes.length : beyond;
}
export const sizedMissesLeast = (percent: number): Limit =>
  limit((p) => share(1 - sizedLru(p, percent).requests - SIZED_ERROR - chanceOf(p)));
export const sizedMissesMost = (percent: number): Limit =>
  limit(
    (p) => 1 - sizedLruLeast(p, percent).requests + SIZED_ERROR + chanceOf(p) + entriesMost(p, percent) / requestsOf(p),
  );

/** Chance in a share of the bytes: large entries weigh more, so there are in effect fewer of them. */
const chanceOfBytes = (p: Values): number => {
  const [mean, square] = [1, 2].map((power) => meanSize(p, power));
  return chanceOf(p) * Math.sqrt(square / (mean * mean));
};

/** The mean of a power of the size of what is asked for. */
function meanSize(p: Values, power: number): number {
  const sizes = sizesOf(p);
  return zipfProbabilities(p.keys, p.exponent).reduce((sum, one, key) => sum + one * pow(sizes[key], power), 0);
}

/** LRU's, at the size of the cache that serves. */
const missedByLru = (p: Values): number => 1 - sizedLru(p, Number(p.size)).bytes;
const missedByLruMost = (p: Values): number => 1 - sizedLruLeast(p, Number(p.size)).bytes;
/** What fills the cache is missed once more, and is no more than fits. */
const fills = (p: Values): number => bytesOf(Number(p.size), p) / (requestsOf(p) * meanSize(p, 1));
export const byteMissesLeast = limit((p) => share(missedByLru(p) - SIZED_ERROR - chanceOfBytes(p)));
export const byteMissesMost = limit((p) => missedByLruMost(p) + SIZED_ERROR + chanceOfBytes(p) + fills(p));
/** Fewer bytes than theory gives LRU, by its error; the hot keys' sizes are as they are, and chance is in their requests. */
export const fewerBytesThanLru = limit((p) => share(missedByLru(p) - SIZED_ERROR - chanceOfBytes(p)));

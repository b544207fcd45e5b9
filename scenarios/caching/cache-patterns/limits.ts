/**
 * What is claimed of the caching patterns, worked out from the parameters. Reads and writes come by Poisson processes; keys
 * are read by Zipf's law, and written by one of their own. Nothing here looks at a run.
 */
import { exp, s, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { COMMAND_TIME } from '../application/wiring.ts';
import { deletionsLeast, redundantLeast, staleLeast } from './entries.ts';
import type { Values } from './params.ts';
import { HOT_KEYS } from './signals.ts';

export const WARM_UP = s(8);

const limit = limitOf<Values>;

export const measured = (p: Values): number => toSeconds(p.length - WARM_UP);
const readsOf = (p: Values): number => p.rate * (1 - p.writes);
const writesOf = (p: Values): number => p.rate * p.writes;

/** A query alone at the database: the median of its demand is 1 / (3 SHAPE) below the mean; and 5 % for chance and buckets. */
const medianQuery = (p: Values): number => 0.95 * (1 - 1 / (3 * SHAPE)) * toSeconds(p.queryTime);
export const oneQuery = limit(medianQuery);

/** Every write is a query of its own. */
export const everyWrite = limit((p) => poissonLow(writesOf(p) * measured(p)) / measured(p));

/** One batch a delay from each instance; one more may fall into the time that is measured. */
export const oneBatchADelay = limit((p) => p.instances * (1 / toSeconds(p.flushDelay) + 1 / measured(p)));

/** The buffer keeps up if a batch holds what comes in a delay: then all but the last delay's writes are stored. */
export const storedWrites = limit((p) => {
  const delay = toSeconds(p.flushDelay);
  const ceiling = (p.instances * p.batch) / (2 * delay);
  return poissonLow(Math.min(writesOf(p), ceiling) * Math.max(0, measured(p) - 3 * delay));
});

/** Half of the writes wait for half of the delay or longer, those in the flush itself included; 2 % for the buckets. */
export const halfTheDelay = limit((p) => 0.98 * 0.5 * toSeconds(p.flushDelay));

/** A write that waits for nothing but messages: to the instance and to the cache, and thrice as long for its turn. */
const messagesMost = (p: Values): number =>
  Math.min(toSeconds(p.timeout), toSeconds(2 * FAR_MAX + 3 * (2 * NEAR_MAX + COMMAND_TIME)));
export const noStore = limit((p) => (p.bypass ? toSeconds(p.timeout) : messagesMost(p)));

/**
 * Cache-aside and read-through, where a write deletes the entry: an entry of a key lives for its time to live, or until
 * the next write of the key, L = (1 − e^(−mu T)) / mu in the mean, and its lambda L readers hit; the next one misses. So of
 * each cycle's 1 + lambda L readers lambda L hit. What is evicted, and who misses while a load is under way, hits less.
 */
export const hitsAtMost = limit(hitRatioMost);
function hitRatioMost(p: Values): number {
  const reads = zipfProbabilities(p.keys, p.exponent);
  const writes = zipfProbabilities(p.keys, p.writeExponent);
  const ttl = toSeconds(p.ttl);
  let hits = 0;
  for (let key = 0; key < p.keys; key++) {
    const lambda = readsOf(p) * reads[key];
    const mu = writesOf(p) * writes[key];
    const life = p.bypass || mu * ttl < 1e-9 ? ttl : (1 - exp(-mu * ttl)) / mu;
    hits += reads[key] * ((lambda * life) / (1 + lambda * life));
  }
  // A ratio of that many reads is off by at most half over the root of their number.
  return Math.min(1, hits + (DEVIATIONS * 0.5) / Math.sqrt(readsOf(p) * measured(p)));
}

/**
 * Refresh-ahead: a hot key is missed when a write has deleted it, by whoever reads it until it is loaded again, a load
 * of its time by processors that are shared; and when nobody read it between its refresh time and its end. The chance
 * of that is e^(−lambda w) in each of the keys' lives.
 */
export const hotMissesByWrites = limit(hotMissesMost);
function hotMissesMost(p: Values): number {
  const reads = zipfProbabilities(p.keys, p.exponent);
  const writes = zipfProbabilities(p.keys, p.writeExponent);
  const ttl = toSeconds(p.ttl);
  let misses = 0;
  for (let key = 0; key < HOT_KEYS; key++) {
    const lambda = readsOf(p) * reads[key];
    const unread = exp(-lambda * (1 - p.refreshAfter) * ttl) * (measured(p) / (p.refreshAfter * ttl) + 1);
    misses += (writesOf(p) * writes[key] * measured(p) + unread) * (1 + lambda * 2 * loadMost(p));
  }
  return poissonMost(p.instances * misses);
}

export const deletions = limit((p) => (p.bypass ? 0 : deletionsLeast(p, measured(p), loadMost)));
export const redundant = limit((p) => redundantLeast(p, measured(p), loadMost));
export const staleUntouched = limit((p) => staleLeast(p, measured(p), loadMost));

/** Read-through: a hot key is missed at least once in its time to live and the time until it is read again. */
export const hotMissesByExpiry = limit(hotMissesLeast);
function hotMissesLeast(p: Values): number {
  const reads = zipfProbabilities(p.keys, p.exponent);
  let misses = 0;
  for (let key = 0; key < HOT_KEYS; key++) {
    const cycle = toSeconds(p.ttl) + 1 / (readsOf(p) * reads[key]) + loadMost(p);
    misses += Math.max(0, measured(p) / cycle - 1);
  }
  return misses;
}

const hotReads = (p: Values): number => {
  const shares = zipfProbabilities(p.keys, p.exponent);
  return readsOf(p) * measured(p) * shares.slice(0, HOT_KEYS).reduce((sum, share) => sum + share, 0);
};

/** Who misses waits for a query: the slowest of a hundred reads does if two in a hundred miss, then by the median at least. */
export const firstMiss = limit((p) => (1 - hitRatioMost(p) >= 0.02 ? medianQuery(p) : 0));

/** The miss spike: of the hottest keys' readers two in a thousand miss by expiry, and the slowest of a thousand waits for a query. */
export const missSpike = limit((p) => (hotMissesLeast(p) >= 0.002 * poissonMost(hotReads(p)) ? medianQuery(p) : 0));

/** No spike: less than one in a hundred of them misses, so that the slowest but one waits for messages alone. */
export const noSpike = limit((p) =>
  !p.bypass && hotMissesMost(p) < 0.01 * poissonLow(hotReads(p)) ? messagesMost(p) : toSeconds(p.timeout),
);

/** A load of a demand far above the mean, with its messages, and what it prepares in the mean. */
export const loadMost = (p: Values): number =>
  toSeconds(p.queryTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) + toSeconds(p.prepareTime + 4 * NEAR_MAX);

/**
 * What a cache returns is never older than its entry's time to live and the slowest load that brought it: users' patience, and for
 * one behind their backs the longest that it prepares.
 */
const oldestKept = (p: Values): number => toSeconds(p.ttl + p.timeout + 20 * p.prepareTime);
export const ttlAndLoad = limit(oldestKept);

/** Whether all loads and writes of a key pass through one instance. */
const inOrder = (p: Values): boolean => p.instances === 1 && !p.bypass;

/**
 * One instance that orders loads and writes: a read is stale if it comes between the store's commit and the cache's
 * change, two messages and a command later. Of `reads` a second of a key so many fall into that window of each write.
 */
export const staleInWindow = limit((p) => {
  if (!inOrder(p)) return p.rate * toSeconds(p.length);
  const window = toSeconds(2 * NEAR_MAX + COMMAND_TIME + FAR_MAX);
  const reads = zipfProbabilities(p.keys, p.exponent);
  const writes = zipfProbabilities(p.keys, p.writeExponent);
  let both = 0;
  for (let key = 0; key < p.keys; key++) both += reads[key] * writes[key];
  return poissonMost(readsOf(p) * writesOf(p) * both * window * measured(p)) + 1;
});

/** And it is no older than that window. */
export const inWindow = limit((p) => (!inOrder(p) ? oldestKept(p) : 5 * toSeconds(NEAR_MAX)));

/** No two loads of a key at once where one instance lets one through at a time. */
export const oneLoadAtATime = limit((p) => (p.instances > 1 ? p.rate * toSeconds(p.length) : 0));

export const nothingStale = limit((p) => (!inOrder(p) ? p.rate * toSeconds(p.length) : 0));

/**
 * Where a write leaves the entry alone, a read of it at the age a is stale with the chance 1 − e^(−mu a): of a life of T
 * lambda (T − (1 − e^(−mu T)) / mu) of its 1 + lambda T reads in the mean, or fewer where it is evicted before. Stale reads come
 * in bunches, a write's up to lambda T at once, so a compound Poisson number: of writes mu t, each of (lambda R) reads, R even over T.
 */
export const staleByTtl = limit((p) => {
  const reads = zipfProbabilities(p.keys, p.exponent);
  const writes = zipfProbabilities(p.keys, p.writeExponent);
  const ttl = toSeconds(p.ttl);
  let [mean, variance] = [0, 0];
  for (let key = 0; key < p.keys; key++) {
    const lambda = readsOf(p) * reads[key];
    const mu = writesOf(p) * writes[key];
    const fresh = mu * ttl < 1e-9 ? ttl : (1 - exp(-mu * ttl)) / mu;
    mean += (lambda * measured(p) * lambda * (ttl - fresh)) / (1 + lambda * ttl);
    variance += (mu * measured(p) * lambda * ttl * lambda * ttl) / 3;
  }
  const all = readsOf(p) * measured(p);
  return Math.min(1, (mean + DEVIATIONS * Math.sqrt(variance)) / poissonLow(all));
});

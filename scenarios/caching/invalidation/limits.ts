/**
 * What is claimed of the ways to invalidate, worked out from the parameters. Nothing here looks at a run.
 *
 * Reads of a key at an instance are a Poisson process of rate l, its writes one of rate w. An entry lives for T from
 * the miss that brought it in, so a cycle has one miss and l T hits; a hit at age a is stale with probability
 * 1 - e^(-w a), if nothing but the time to live ends an entry.
 */
import { exp, ms, s, toSeconds, zipfProbabilities, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(10);
/** A stale entry that is still there so long after was not reached by any message. */
export const LASTING = ms(250);

export const observed = (p: Values): number => toSeconds(p.length - WARM_UP);
/** Writes of a key, a second. */
export const writes = (p: Values): number => (p.writes + p.imports) / p.keys;

/** The sum, over the keys, of what each gives by its share of the reads and their rate at one instance. */
function overKeys(p: Values, of: (share: number, rate: number) => number): number {
  return zipfProbabilities(p.keys, p.exponent).reduce(
    (sum, share) => sum + of(share, (p.reads * share) / p.instances),
    0,
  );
}

/** Of the reads, those that find an entry, and those that find a stale one. */
export function hitRatioOf(p: Values): number {
  const life = toSeconds(p.ttl);
  return overKeys(p, (share, rate) => (share * rate * life) / (1 + rate * life));
}
export function staleRatioOf(p: Values): number {
  const life = toSeconds(p.ttl);
  const fresh = (1 - exp(-writes(p) * life)) / writes(p);
  return overKeys(p, (share, rate) => (share * rate * (life - fresh)) / (1 + rate * life));
}

/**
 * Room for chance around the share of stale reads. Of a copy's life the part X in which it is stale is 1 - A / T, where A
 * is when the first write comes, if that is within T: its mean is 1 - (1 - e^(-x)) / x with x = w T, and that of its
 * square 2 / x^2 (x^2 / 2 - x + 1 - e^(-x)). One life of a key follows the other and they do not know of each other; the
 * lives of its copies in the instances meet the same writes, and are taken for one. Which of the reads are stale is chance once more.
 */
function room(p: Values): number {
  const x = writes(p) * toSeconds(p.ttl);
  const mean = 1 - (1 - exp(-x)) / x;
  // Of so little a difference nothing would be left: by its series, x / 3.
  const square = x < 1e-3 ? x / 3 : (2 / (x * x)) * ((x * x) / 2 - x + 1 - exp(-x));
  const lives = Math.max(1, observed(p) / toSeconds(p.ttl));
  const bunched = overKeys(p, (share) => share * share) / lives;
  const reads = p.reads * observed(p);
  return DEVIATIONS * Math.sqrt(Math.max(0, square - mean * mean) * bunched + (mean * (1 - mean)) / reads);
}

/** Whether this is theory's cache: it has room for all keys, and the database bears it if all reads miss. */
export const isRoomy = (p: Values): boolean =>
  p.capacity >= p.keys && (p.reads + p.writes + p.imports) * toSeconds(p.queryTime) < 0.9 * p.cores;

/** And entries have begun to end before the warm-up does. Of others no share is claimed. */
export const isSteady = (p: Values): boolean => isRoomy(p) && p.ttl <= WARM_UP;

export const staleLeast = limitOf<Values>((p) => (isSteady(p) ? Math.max(0, staleRatioOf(p) - room(p)) : 0));
export const staleMost = limitOf<Values>((p) => (isSteady(p) ? Math.min(1, staleRatioOf(p) + room(p)) : 1));

/** A query that shares its processors with as many others as there are processors, and its messages. */
export const loadTime = (p: Values): number => toSeconds(2 * p.queryTime + 2 * NEAR_MAX);

/**
 * Soft time to live: a read between the soft and the hard one has the entry renewed, and if there is none it is gone. So a
 * key is missed by its first reader in an instance, by one after so long a gap, and by those who come while that one loads.
 */
export const softHits = limitOf<Values>((p) => {
  if (!isRoomy(p)) return 0;
  const unread = toSeconds(p.ttl) * (p.hardFactor - 1);
  let misses = 0;
  for (const share of zipfProbabilities(p.keys, p.exponent)) {
    const rate = (p.reads * share) / p.instances;
    const first = exp(-rate * toSeconds(WARM_UP));
    misses += (first + rate * observed(p) * exp(-rate * unread)) * (1 + rate * loadTime(p));
  }
  return Math.max(0, 1 - poissonMost(p.instances * misses) / poissonLeast(p.reads * observed(p)));
});

/** A row that is rarely read is served past its soft time to live, if there is a time between the two. */
export const softAge = limitOf<Values>((p) => (isSteady(p) && p.hardFactor > 1 ? toSeconds(p.ttl) : 0));

/** Reads return nothing that was replaced longer ago than an entry lives, and its load and the way to it take. */
export const ttl = limitOf<Values>((p) => toSeconds(p.ttl));

/** A message to or from the bus, the log or the server of versions, at most. */
export const newsMost = ({ newsDistance }: Values): Duration => 1.5 * newsDistance;

/** After a commit: its answer to the writer, the writer to the bus, the bus to the instance. */
export const announcedMost = (p: Values): Duration => NEAR_MAX + 2 * newsMost(p);
export const announced = limitOf<Values>((p) => toSeconds(announcedMost(p)));

/** A look may just have missed the commit: its answer, the pause, the next look and its answer. */
export const looked = limitOf<Values>((p) => toSeconds(p.poll + 3 * newsMost(p)));

/**
 * Copies that are stale for longer than `LASTING`, of so many writes a second of which the share q reaches an instance as
 * no message. A copy comes with a miss; what is heard of, at the rate g, takes it out, or its time to live does, after
 * (1 - e^(-g T)) / g in the mean; and then it is missed again. It turns stale by a write that is not heard of, at the rate
 * u, and lasts d longer with the chance u e^(-g d) / (u + g) (1 - e^(-(u + g) (T - d))).
 * As many go as come.
 */
function lasting(p: Values, written: number, q: number): number {
  if (!isSteady(p)) return 1;
  const [life, d] = [toSeconds(p.ttl), toSeconds(LASTING)];
  const seen = observed(p);
  const unheard = (written / p.keys) * q;
  const heard = writes(p) - unheard;
  const lasts = ((unheard * exp(-heard * d)) / writes(p)) * (1 - exp(-writes(p) * Math.max(0, life - d)));
  const alive = heard * life < 1e-6 ? life : (1 - exp(-heard * life)) / heard;
  const missed = loadTime(p);
  // A write leaves a copy in each instance with this chance, so they come in bunches: n of them square to n (1 + (m - 1) chance).
  let [copies, variance] = [0, 0];
  for (const share of zipfProbabilities(p.keys, p.exponent)) {
    const rate = lasts / (alive + missed + p.instances / (p.reads * share));
    const chance = Math.min(1, rate / (written / p.keys));
    copies += p.instances * rate * seen;
    variance += p.instances * rate * seen * (1 + (p.instances - 1) * chance);
  }
  return Math.max(1, copies - DEVIATIONS * Math.sqrt(variance));
}
export const lost = limitOf<Values>((p) => lasting(p, p.writes + p.imports, p.lossShare));
export const bypassed = limitOf<Values>((p) => lasting(p, p.imports, 1));

/** Whoever looks often enough has no copy for so long that it counts; of others, no more than there are writes. */
export const lateLooks = limitOf<Values>((p) =>
  p.poll + 3 * newsMost(p) < LASTING ? 0 : p.instances * poissonMost((p.writes + p.imports) * toSeconds(p.length)),
);

/** Nobody holds more copies than there are keys in each instance. */
export const livingEntries = limitOf<Values>((p) => p.instances * Math.min(p.keys, p.capacity));

/**
 * Dead entries: a version has a name of its own in each instance that read it before it was replaced, and nothing but
 * eviction takes it out. A read is the first of its version, t after the start, if since the last write, or since the start,
 * there was none: l w / (l + w) t + (l / (l + w))^2 (1 - e^(-(l + w) t)) of them in the mean. Writes are the same for all
 * instances, so their names come in bunches.
 */
export const deadEntries = limitOf<Values>((p) => {
  if (!isRoomy(p)) return 0;
  const time = toSeconds(p.length);
  const w = writes(p);
  const names = zipfProbabilities(p.keys, p.exponent).reduce((sum, share) => {
    const l = (p.reads * share) / p.instances;
    const read = l / (l + w);
    return sum + read * w * time + read * read * (1 - exp(-(l + w) * time));
  }, 0);
  const least = p.instances * names - DEVIATIONS * p.instances * Math.sqrt(names);
  return Math.max(0, Math.min(p.instances * p.capacity, least));
});

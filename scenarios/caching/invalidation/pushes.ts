/**
 * What is claimed of rows that are written often and pushed, worked out from the parameters: how often one write's news overtakes
 * another's, what that leaves behind, what stays cached, what goes over the wire. Nothing here looks at a run.
 */
import { exp, MESSAGE_BYTES, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { announcedMost, isRoomy, LASTING, loadTime, observed, WARM_UP, writes } from './limits.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

/** Writes in the time that is observed. */
const written = (p: Values): number => (p.writes + p.imports) * observed(p);

/**
 * How much later, in the mean, one write's news comes than that of another which was committed at the same time, or 0. Each has two
 * messages of a to 1.5 a: of four such draws of the width c = a / 2, two of them taken away, the sum is c 7 / 15 from 0 in the
 * mean (Irwin and Hall's law). What else differs, the answer to the writer, makes it more.
 */
const lateByLeast = (p: Values): number => (7 / 60) * toSeconds(p.newsDistance);

/** The same at most: an answer takes NEAR_MIN to NEAR_MAX, and two of such draws differ by a third of that. */
const lateByMost = (p: Values): number => lateByLeast(p) + toSeconds(NEAR_MAX - NEAR_MIN) / 6;

/** Of the time, the part in which a copy is there at least, were it read as rarely as the last of the keys; and that it was read at all. */
function presence(p: Values): number {
  const rarest = (p.reads * zipfProbabilities(p.keys, p.exponent)[p.keys - 1]) / p.instances;
  return (
    Math.max(0, 1 - expiries(p, toSeconds(p.ttl), 0) * (1 / rarest + loadTime(p))) *
    (1 - exp(-rarest * toSeconds(WARM_UP)))
  );
}

/**
 * How often a second a copy is gone that is made new by every write, at most: there is none in a time to live T, which begins
 * with each write, and with each load, of which there are as many as copies go. `dropped`: those that go otherwise.
 */
function expiries(p: Values, life: number, dropped: number): number {
  const none = exp(-writes(p) * Math.max(0, life));
  return none < 1 ? (writes(p) * none + dropped) / (1 - none) : Infinity;
}

/**
 * News that comes after newer news of its key, at all instances that keep a copy: of each write the chance that one of the next
 * overtakes it, 1 - e^-m and m in the mean.
 */
export const overtakenMost = (p: Values): number => written(p) * p.instances * writes(p) * lateByMost(p);
export function overtakenLeast(p: Values): number {
  const mean = writes(p) * lateByLeast(p);
  // 1 - e^-m is above m (1 - m / 2); and m is w times a and an answer's spread at most, for no news is later than that.
  const most = writes(p) * toSeconds(p.newsDistance + NEAR_MAX - NEAR_MIN);
  return written(p) * p.instances * mean * Math.max(0, 1 - most / 2) * presence(p);
}

/** A write's news shares its first message in all instances, so that they come in bunches of up to as many. */
const bunchesLeast = (p: Values, mean: number): number =>
  Math.max(1, mean - DEVIATIONS * Math.sqrt(p.instances * mean));

export const late = limit((p) => (isRoomy(p) ? bunchesLeast(p, overtakenLeast(p)) : 0));

/** What is late is believed, and stays until the key is written again. */
export const overwritten = limit((p) => {
  if (!isRoomy(p) || p.ttl <= LASTING) return 0;
  return bunchesLeast(p, overtakenLeast(p) * exp(-writes(p) * toSeconds(LASTING)));
});

/** Everybody is told within that time, and believes nothing older. */
export const told = limit((p) => (announcedMost(p) < LASTING ? 0 : p.instances * poissonMost(written(p) + p.keys)));

/**
 * The share of hits where copies are made new: a key is missed by its first reader in an instance, and by one after each end of
 * a copy; by those who come while that one loads; and again, if the row is written while it is loaded.
 */
function hits(p: Values, delay: number, dropped: number): number {
  const load = loadTime(p);
  const again = writes(p) * load;
  if (!isRoomy(p) || again >= 1) return 0;
  const gone = expiries(p, toSeconds(p.ttl) - delay, dropped);
  let [misses, squares] = [0, 0];
  for (const share of zipfProbabilities(p.keys, p.exponent)) {
    const rate = (p.reads * share) / p.instances;
    const herd = 1 + rate * load;
    const cycles = exp(-rate * toSeconds(WARM_UP)) + gone * (observed(p) + 1 / rate);
    const ofKey = (Math.min(cycles, rate * observed(p) + 1) * herd) / (1 - again);
    misses += p.instances * ofKey;
    squares += p.instances * p.instances * ofKey * herd;
  }
  return Math.max(0, 1 - (misses + DEVIATIONS * Math.sqrt(squares)) / poissonLeast(p.reads * observed(p)));
}
export const pushedHits = limit((p) => hits(p, toSeconds(announcedMost(p)), 0));
/** A change that was overtaken has its copy dropped, in each instance. */
export const changedHits = limit((p) => hits(p, toSeconds(announcedMost(p)), writes(p) * writes(p) * lateByMost(p)));

/**
 * The share of hits where each write takes the copy out: it is there for (1 - e^(-w T)) / w, and then until its next reader it is
 * not; of the reads that come in the time of both, one at least misses.
 */
export const invalidatedHits = limit((p) => {
  const alive = (1 - exp(-writes(p) * toSeconds(p.ttl))) / writes(p);
  let misses = 0;
  for (const share of zipfProbabilities(p.keys, p.exponent)) {
    const rate = (p.reads * share) / p.instances;
    misses += p.instances * Math.max(0, observed(p) / (alive + 1 / rate) - 1);
  }
  // The instances' copies go at once, with the same writes.
  const least = Math.max(0, misses - DEVIATIONS * Math.sqrt(p.instances * misses));
  return Math.max(0, 1 - least / poissonMost(p.reads * observed(p)));
});

/** Every write goes to every instance, whether it keeps the row or not. */
const messages = (p: Values, count: number): number => p.instances * count;
export const rowBytes = limit((p) => messages(p, poissonLeast(written(p)) - 1) * (MESSAGE_BYTES + p.rowBytes));
export const changeBytes = limit((p) => messages(p, poissonMost(written(p)) + 1) * (MESSAGE_BYTES + p.changeBytes));

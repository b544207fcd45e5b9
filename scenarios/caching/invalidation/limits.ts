/**
 * What is claimed of the ways to invalidate, worked out from the parameters. Nothing here looks at a run.
 *
 * Reads of a key at an instance are a Poisson process of rate l, its writes one of rate w. An entry lives for T from
 * the miss that brought it in, so a cycle has one miss and l T hits; a hit at age a is stale with probability
 * 1 - e^(-w a), if nothing but the time to live ends an entry.
 */
import { exp, ms, s, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast } from '../application/chance.ts';
import { NEAR_MAX } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(10);
export const FAR_MIN = ms(1);
export const FAR_MAX = ms(3);

/** A stale entry that is still there so long after was not reached by any message. */
export const LASTING = ms(250);

const observed = (p: Values): number => toSeconds(p.length - WARM_UP);
/** Writes of a key, a second. */
const writes = (p: Values): number => (p.writes + p.imports) / p.keys;

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
 * Room for chance around a share of the reads. Reads of one entry are alike, and the instances' copies of a key are old
 * together, so what varies independently are a key's cycles, weighted by its reads: no share deviates by more than 1/2.
 */
function room(p: Values): number {
  const cycles = Math.max(1, observed(p) / toSeconds(p.ttl));
  return DEVIATIONS * 0.5 * Math.sqrt(overKeys(p, (share) => share * share) / cycles);
}

export const staleLeast = limitOf<Values>((p) => Math.max(0, staleRatioOf(p) - room(p)));
export const staleMost = limitOf<Values>((p) => Math.min(1, staleRatioOf(p) + room(p)));

/** Hits vary less than staleness does: how many misses there are in a cycle is known. */
export const hitsOfTtl = limitOf<Values>((p) => Math.min(1, hitRatioOf(p)));

/** Reads return nothing that was replaced longer ago than an entry lives, and its load and the way to it take. */
export const ttl = limitOf<Values>((p) => toSeconds(p.ttl));

/** After a commit: its answer to the writer, the writer to the bus, the bus to the instance. */
export const announced = limitOf<Values>(() => toSeconds(3 * NEAR_MAX));

/** A look may just have missed the commit: its answer, the pause, the next look and its answer. */
export const looked = limitOf<Values>((p) => toSeconds(p.poll + 3 * NEAR_MAX));

/** The share of the writes that meet a copy in an instance which is not stale already, by its cycles of T and 1/l. */
function copies(p: Values): number {
  const life = toSeconds(p.ttl);
  const present = overKeys(p, (_, rate) => (rate * life) / (1 + rate * life)) / p.keys;
  return present * exp(-writes(p) * life);
}

/**
 * Copies that are stale for longer than `LASTING`, of so many writes a second that reach nobody: a copy's rest of life is
 * anything up to T, and those are not seen that are still there at the end of the run.
 */
function lasting(p: Values, unheard: number): number {
  const life = toSeconds(p.ttl);
  const seen = Math.max(0, observed(p) - life) * Math.max(0, 1 - toSeconds(LASTING) / life);
  return poissonLeast(unheard * p.instances * copies(p) * seen);
}
export const lost = limitOf<Values>((p) => lasting(p, (p.writes + p.imports) * p.lossShare));
export const bypassed = limitOf<Values>((p) => lasting(p, p.imports));

/** Nobody holds more copies than there are keys in each instance. */
export const livingEntries = limitOf<Values>((p) => p.instances * Math.min(p.keys, p.capacity));

/**
 * Dead entries: versions that an instance read before they were replaced, one for every write after a read; their names
 * are never asked for again, so nothing but eviction takes them out.
 */
export const deadEntries = limitOf<Values>((p) => {
  const replaced = overKeys(p, (_, rate) => (writes(p) * rate) / (writes(p) + rate)) * observed(p);
  return p.instances * Math.min(p.capacity, poissonLeast(replaced));
});

/**
 * What is certain of the entries of cache-aside, key by key: how many a write takes out at least, how many loads are begun beside
 * another one of the same key, how many reads are stale where a write leaves the entry alone. Nothing here looks at a run.
 *
 * Of a key that is read at the rate l and written at the rate m: an entry lives from its load to the next write, or for as long as it
 * stays, T. That is A = (1 - e^(-m T)) / m in the mean. Then it is missed by the next reader, 1 / l later, and loaded in d. A full LRU
 * cache keeps what was asked for in its characteristic time c (Che et al. 2002): an entry stays for c after its load at least, and
 * for its time to live if no two readers are further apart than that, which they are with the chance l T e^(-l c) at most. Where
 * another policy evicts, nothing is certain.
 */
import { characteristicTime, exp, heldByLru, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, oncePerRun, poissonLow } from '../../application/chance.ts';
import type { Values } from './params.ts';

/** A load at most, in seconds. */
type LoadMost = (p: Values) => number;

export interface Key {
  /** Rates of its reads and its writes, a second. */
  readonly reads: number;
  readonly writes: number;
}

export const keysOf = oncePerRun((p: Values): Key[] => {
  const written = zipfProbabilities(p.keys, p.writeExponent);
  return zipfProbabilities(p.keys, p.exponent).map((share, key) => ({
    reads: share * p.rate * (1 - p.writes),
    writes: written[key] * p.rate * p.writes,
  }));
});

/** The characteristic time, in seconds. A cache's own deviates from it by a few parts in a hundred: a tenth of it is left out. */
const characteristic = oncePerRun((p: Values): number => {
  if (p.capacity >= p.keys) return Infinity;
  if (p.eviction !== 'lru') return 0;
  const { time } = characteristicTime(zipfProbabilities(p.keys, p.exponent), p.capacity, heldByLru);
  return (0.9 * time) / (p.rate * (1 - p.writes));
});

/** Whatever grows with how long an entry stays, in the mean at least. */
function overStays(p: Values, { reads }: Key, of: (stay: number) => number): number {
  const [ttl, kept] = [toSeconds(p.ttl), characteristic(p)];
  if (kept >= ttl) return of(ttl);
  const left = Math.min(1, reads * ttl * exp(-reads * kept));
  return (1 - left) * of(ttl) + left * of(kept);
}

/** The mean time from a load to the first write, or to the end of a life: by its series where writes are too rare for it. */
export const aliveFor = ({ writes }: Key, life: number): number =>
  writes * life < 1e-9 ? life : (1 - exp(-writes * life)) / writes;

const sumOf = (p: Values, of: (key: Key) => number): number => keysOf(p).reduce((sum, key) => sum + of(key), 0);

/** Writes that find an entry. */
export function deletionsLeast(p: Values, seconds: number, loadMost: LoadMost): number {
  const there = (key: Key): number =>
    overStays(p, key, (stay) => {
      const alive = aliveFor(key, stay);
      return alive / (alive + 1 / key.reads + loadMost(p));
    });
  return poissonLow(sumOf(p, (key) => key.writes * there(key)) * seconds);
}

/**
 * Loads beside another one: an entry that lives as long as it can is missed 1 / (A + 1 / l + d) times a second, and l q of its
 * readers come while the query of that load, of q at least, is under way. Those of one load come in a bunch.
 */
export function redundantLeast(p: Values, seconds: number, loadMost: LoadMost): number {
  const query = toSeconds(p.queryTime);
  let [mean, variance] = [0, 0];
  for (const key of keysOf(p)) {
    const beside = key.reads * query;
    const loads = (seconds * beside) / (aliveFor(key, toSeconds(p.ttl)) + 1 / key.reads + loadMost(p));
    mean += loads;
    variance += loads * (1 + beside);
  }
  return Math.max(0, mean - DEVIATIONS * Math.sqrt(variance));
}

/**
 * Stale reads where a write leaves the entry alone: of a life of T l (T - A) in the mean. A write's come in a bunch of up to l T,
 * even over T, so the most popular keys' are a matter of chance: the bound is that of all but so many of them as makes it best.
 */
export function staleLeast(p: Values, seconds: number, loadMost: LoadMost): number {
  const ttl = toSeconds(p.ttl);
  const cycle = (key: Key): number => ttl + 1 / key.reads + loadMost(p);
  let [best, mean, variance] = [0, 0, 0];
  for (const key of [...keysOf(p)].reverse()) {
    const bunch = key.reads * ttl;
    const stale = overStays(p, key, (stay) => Math.max(0, stay - aliveFor(key, stay)));
    mean += (seconds / cycle(key)) * key.reads * stale;
    variance += key.writes * seconds * (bunch + (bunch * bunch) / 3);
    best = Math.max(best, mean - DEVIATIONS * Math.sqrt(variance));
  }
  return best;
}

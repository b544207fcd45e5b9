/**
 * What is claimed of the protocols, worked out from the parameters: how many stale entries a race leaves at least, a
 * remedy at most, and how long they live. Nothing here looks at a run.
 *
 * Reads and writes of a key are Poisson processes. The database is lightly loaded, so a query takes its own time, and
 * messages, a quarter of a millisecond each, cancel out where both sides of a race have two.
 */
import { exp, ms, s, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { COMMAND_TIME } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);

/** A stale entry that is still there so long after has outlived every message of the writer. */
export const LASTING = ms(100);

const readsOfKey = (p: Values): number => p.reads / p.keys;
const commits = (p: Values): number => p.writes * (1 - p.abortShare);
const observed = (p: Values): number => toSeconds(p.length - WARM_UP);
const prepare = (p: Values): number => toSeconds(p.prepareTime);
const query = (p: Values): number => toSeconds(p.queryTime);

/**
 * The share of stale entries that are seen as lasting ones: no other write of the key comes within `LASTING`, no reader
 * who has loaded the new value stores over the old one while the old one is being prepared, and the entry is gone by
 * the end of the run: the last ones are cut, those of one mean life.
 */
function seen(p: Values): number {
  const write = commits(p) / p.keys;
  const cut = Math.max(0, 1 - 1 / write / observed(p));
  return exp(-write * toSeconds(LASTING)) * exp(-readsOfKey(p) * prepare(p)) * cut;
}

const least = (rate: (p: Values) => number): Limit =>
  limitOf<Values>((p) => poissonLeast(rate(p) * observed(p) * seen(p)));

/**
 * Update, then delete. After each delete the next reader of the key misses, if it comes before the next write. It leaves
 * a stale entry if a commit comes after its read and the delete before its store: within the time it prepares, as
 * both have two messages left to go.
 */
export const staleAfterDelete = least((p) => {
  const write = commits(p) / p.keys;
  const misses = commits(p) * (readsOfKey(p) / (readsOfKey(p) + write));
  return misses * (1 - 1 / (1 + write * prepare(p)));
});

/**
 * Delete, then update. From the delete to the commit there are the writer's two queries; who misses in the first of them
 * has its one query done before the commit, and stores the old value when it has been prepared.
 */
export const staleAfterUpdate = least((p) => commits(p) * (1 - exp(-readsOfKey(p) * query(p))));

/** Every commit that fails leaves what was put before it; and every put that fails, what was there. */
export const phantoms = least((p) => p.writes * p.abortShare);
export const lostPuts = least((p) => commits(p) * p.brokenShare);

/**
 * Double-checked load. The writer's put has to fall between a reader's second look and its put, two messages and the
 * cache's work; readers look no more often than they read. Or the puts of two writers overtake each other: their commits
 * are no further apart than two messages can differ.
 */
export const staleAfterCheck = limitOf<Values>((p) => {
  const between = toSeconds(2 * NEAR_MAX + 5 * COMMAND_TIME);
  const overtaken = toSeconds(2 * (NEAR_MAX - NEAR_MIN));
  const rate = readsOfKey(p) * between + (p.writes / p.keys) * overtaken;
  return poissonMost(p.writes * toSeconds(p.length) * rate);
});

/**
 * Lease and version check. After a commit its answer and the writer's word to the cache are on their way, and meanwhile whoever
 * sends a read and is at the cache before that word is served the old value. Of a key's reads those have a write within the
 * gap before them; they come in bunches, of a write R g of the key's R reads a second. None, where users are far enough
 * away. Leases that let the deleted value be served are another matter.
 */
export const overtaken = limitOf<Values>(overtakenMost);
function overtakenMost(p: Values): number {
  if (p.staleFor > 0) return p.reads * toSeconds(p.length);
  const gap = toSeconds(Math.max(0, 2 * NEAR_MAX + 5 * COMMAND_TIME - p.distance - NEAR_MIN));
  const reads = p.reads * toSeconds(p.length) * (1 - exp((-p.writes / p.keys) * gap));
  return reads + DEVIATIONS * Math.sqrt(reads * (1 + readsOfKey(p) * gap));
}

/**
 * Version check: who prepares for longer than the new value's entry lives, and than the cache remembers its version when that is gone,
 * finds nothing to compare with. No entry is evicted. Those readers at most leave an old value; none, where that takes a preparation so
 * long as is not to be seen in any run.
 */
function lateStores(p: Values): number {
  const remembered = toSeconds(Math.max(p.ttl, p.tombstone));
  const late = p.prepareTime === 0 ? 0 : p.reads * toSeconds(p.length) * exp(-remembered / prepare(p));
  return late < 1e-5 ? 0 : poissonMost(late) + 2;
}
export const unremembered = limitOf<Values>(lateStores);
/** Each of them is read until the key is written again, or its time is up. */
export const readUnremembered = limitOf<Values>(
  (p) => overtakenMost(p) + lateStores(p) * poissonMost(readsOfKey(p) * toSeconds(p.ttl)),
);

/**
 * The oldest of the stale entries lives longer than half of what one does in the mean: until the next write, a time of
 * exponential distribution, or the time to live.
 */
export const halfALife = limitOf<Values>((p) => {
  const write = commits(p) / p.keys;
  return 0.5 * (write > 0 ? (1 - exp(-write * toSeconds(p.ttl))) / write : toSeconds(p.ttl));
});

/** The second delete comes so long after the commit: the reply, the delay, its own message, the cache's work. */
export const secondDelete = limitOf<Values>((p) => toSeconds(p.secondDelete + 2 * NEAR_MAX + 5 * COMMAND_TIME));

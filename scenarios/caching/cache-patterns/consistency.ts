/**
 * What tells the patterns' consistency apart, worked out from the parameters: loads that are under way while a write of their key
 * commits, and writers who go past the cache. Nothing here looks at a run.
 *
 * A load that has read its row works on it for a while, of an exponential distribution, before it stores it. If a write of the key
 * commits in that while, and what the write does to the cache is done before, the old value is stored last, and stays until the key is
 * written again or its time is up. A facade keeps the two apart where both pass through one and the same.
 */
import { exp, ln, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import { aliveFor, keysOf, type Key } from './entries.ts';
import { loadMost, measured } from './limits.ts';
import type { Values } from './params.ts';
import { HOT_KEYS } from './signals.ts';

const limit = limitOf<Values>;

/** A thing that is not to be seen in one run of a hundred thousand. */
const RARE = ln(1e5);

/** Lives of an entry a second, at least: one of so long, the wait for a reader, and a load. */
const livesLeast = (p: Values, { reads }: Key, life: number): number => 1 / (life + 1 / reads + loadMost(p));

/**
 * Loads a second that lose the race: a write commits within the time in which they prepare, and no reader comes in the time of a load
 * before that, who would store the new value over the old one.
 */
const lost = (p: Values, key: Key, loads: number): number => {
  const prepare = toSeconds(p.prepareTime);
  const within = 1 - 1 / (1 + key.writes * prepare);
  return loads * within * exp(-key.reads * (prepare + toSeconds(p.queryTime)));
};

/**
 * Stale reads: a lost race's entry is read until the next write, for A in the mean, so l A times; a compound Poisson number of
 * variance l A + 2 (l A)^2 each, since that while is of an exponential distribution at most. As for the reads of entries that are left
 * alone, the bound is that of all but so many of the most popular keys as makes it best.
 */
function staleOf(p: Values, lostRaces: (key: Key) => number): number {
  let [best, mean, variance] = [0, 0, 0];
  for (const key of [...keysOf(p)].reverse()) {
    const races = lostRaces(key) * measured(p);
    const bunch = key.reads * aliveFor(key, toSeconds(p.ttl));
    mean += races * bunch;
    variance += races * (bunch + 2 * bunch * bunch);
    best = Math.max(best, mean - DEVIATIONS * Math.sqrt(variance));
  }
  return best;
}

/** Cache-aside: a write deletes the entry, and the next reader loads. Whatever is evicted, nothing is certain of. */
export const staleByRace = limit((p) =>
  p.capacity < p.keys ? 0 : staleOf(p, (key) => lost(p, key, livesLeast(p, key, aliveFor(key, toSeconds(p.ttl))))),
);

/**
 * Write-through by several instances: a write leaves the entry there, so that only expiries make loads; and of the writes those come in
 * between that are another instance's.
 */
export const staleByOthers = limit((p) =>
  p.capacity < p.keys
    ? 0
    : staleOf(p, (key) => (1 - 1 / p.instances) * lost(p, key, livesLeast(p, key, toSeconds(p.ttl)))),
);

/** The oldest lives longer than half of what one does in the mean: until the next write, or for the time to live. */
export const halfALife = limit((p) => 0.5 * Math.min(...keysOf(p).map((key) => aliveFor(key, toSeconds(p.ttl)))));

/**
 * Writers past the cache: what it keeps for a time to live is stale from the first write on. The hottest key's life ends unwritten for
 * all but y of it with the chance e^(-m y) l / (l - m) at most, the last reader's gap included; and not in each of its lives.
 */
export const nearlyALife = limit((p) => {
  const [hottest] = keysOf(p);
  const { reads, writes } = hottest;
  const lives = Math.floor(measured(p) * livesLeast(p, hottest, toSeconds(p.ttl)));
  if (writes >= reads || lives < 1) return 0;
  const short = (RARE / lives + ln(reads / (reads - writes))) / writes;
  return Math.max(0, toSeconds(p.ttl) - short);
});

/**
 * Refresh-ahead: from its refresh time on a hot key's entry waits for its next reader, for so long that a longer gap is not to be seen
 * in any of its lives, and is served until it is loaded, by processors that are shared. It never gets older than its time to live.
 */
export const refreshedInTime = limit((p) => {
  const soft = p.refreshAfter * toSeconds(p.ttl);
  const coldest = keysOf(p)[Math.min(p.keys, HOT_KEYS) - 1];
  const gap = (ln(HOT_KEYS * (measured(p) / soft + 1)) + RARE) / coldest.reads;
  return Math.min(toSeconds(p.ttl), soft + gap) + 2 * loadMost(p) + RARE * toSeconds(p.prepareTime);
});

/**
 * What is claimed of the scan and the move, worked out from the parameters by Che's approximation, which gives LRU's hit
 * ratio before, in the middle of a scan, and beside another's keys. Nothing here looks at a run.
 */
import {
  characteristicTime,
  depthOfChance,
  exp,
  heldByLru,
  ms,
  s,
  toSeconds,
  zipfProbabilities,
} from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, oncePerRun } from '../../application/chance.ts';
import { movesAt, usersCapacity, type Values } from './params.ts';
import { before, chance, ERROR, inScan, steady, type Steady } from './steady.ts';

export const WARM_UP = s(4);
export const INTERVAL = ms(250);

const limit = limitOf<Values>;

/** Seconds of the scan that are left when it has filled the cache, and all watched lookups are later than that. */
function secondsFilled(p: Values): number {
  const filled = inScan(p).time / (p.rate + p.batchRate) + p.watched / p.rate;
  return Math.max(0, toSeconds(p.scanLasts) - filled);
}

/** How deep LRU's dip in the scan is at least: the greatest depth is no less than the mean one from then on. */
export const scanDepth = limit((p) => {
  const [quiet, scanned] = [before(p).users, inScan(p).users];
  const counted = chance(scanned, p.rate * secondsFilled(p)) + chance(quiet, p.rate * toSeconds(p.scanAt - WARM_UP));
  return Math.max(0, quiet - scanned - counted - 2 * ERROR);
});

/**
 * And for how long it can be seen: from then on in most moments, if by theory it is deeper than chance by a deviation of
 * the watched ratio. Half of that time is claimed.
 */
export const scanSeen = limit((p) => {
  const [quiet, scanned] = [before(p).users, inScan(p).users];
  const seen = depthOfChance(quiet, p.watched) * (1 + 1 / DEVIATIONS);
  return quiet - scanned > seen ? secondsFilled(p) / 2 : 0;
});

/** What keeps a scan out is not seen to suffer from it, but for a quarter of its time at most. */
export const scanHardlySeen = limit((p) => toSeconds(p.scanLasts) / 4);

/**
 * How deep what keeps a scan out may dip: as deep as chance takes a ratio of the watched lookups, and by what a third of the room
 * is worth (Che), for no more than that is where newcomers have to prove themselves or, under aging counts, are as good as the least.
 */
export const scanDepthKept = limit((p) => {
  const capacity = usersCapacity(p);
  const rest = steady(p, Math.max(1, Math.floor((2 * capacity) / 3)), 0).users;
  return Math.min(1, depthOfChance(0.5, p.watched) + Math.max(0, before(p).users - rest) + ERROR);
});

const secondsLeft = (p: Values): number => Math.max(0, toSeconds(p.length - movesAt(p)));

/**
 * LRU after a move: one characteristic time later it holds what it would have held if it had never known the old keys, and
 * once as many lookups as are watched have passed, that is all that is seen.
 */
export const lruRecovers = limit((p) => (before(p).time + p.watched) / p.rate);

/**
 * And how deep its dip is at most. Of the first w lookups after the move each misses whose key has not been asked for among them,
 * the sum over all keys of 1 - (1 - p)^w; until a characteristic time is over LRU has evicted none of those that have. Who asks
 * while the first load is under way misses as well.
 */
function lruMoveDepthOf(p: Values): number {
  const lookups = Math.max(1, Math.min(p.watched, before(p).time));
  const seen = zipfProbabilities(p.keys, p.exponent).reduce((sum, one) => sum + 1 - exp(-one * lookups), 0);
  const hits = Math.max(0, 1 - seen / lookups);
  return Math.min(1, Math.max(0, before(p).users - hits) + depthOfChance(hits, p.watched) + 2 * ERROR);
}
export const lruMoveDepth = limit(lruMoveDepthOf);

/** A count that nobody reaches between two misses: of an entry that LFU will not part with. */
const COUNT_THAT_STAYS = 3;

/**
 * LFU after a move. What it holds was asked for several times; a key that is popular now comes in with a count of one and
 * is the first to leave, at the next miss. To stay it would have to be asked for as often as the least of the old ones
 * before anybody misses: by Zipf's law the most popular key is one request in eight, and most requests miss, so even that
 * one has a chance of less than one in six each time. The few places with counts that low change hands, the others do not.
 * So the dip lasts; a tenth is left to chance, and to the watched lookups that have to pass before it is seen. Nothing is
 * claimed of a cache so large that its least entry was asked for less than three times.
 */
function staysWithLfu(p: Values): boolean {
  const least = zipfProbabilities(p.keys, p.exponent)[usersCapacity(p) - 1] ?? 0;
  return least * p.rate * toSeconds(movesAt(p)) >= COUNT_THAT_STAYS;
}
export const lfuStays = limit((p) => (staysWithLfu(p) ? 0.9 * secondsLeft(p) : 0));

/** Where it stays its dip is deeper than LRU's can be, which has the new keys as soon as they have been asked for. */
export const lfuMoveDepth = limit((p) => (staysWithLfu(p) ? lruMoveDepthOf(p) : 0));

/**
 * Whoever is out of the dip by the end of the run is there as far below as chance takes a ratio of the watched lookups, and no more:
 * claimed where half of the rest, in which he has to be back, leaves as many lookups after it.
 */
export const depthOfNoDip = limit((p) =>
  (p.rate * secondsLeft(p)) / 2 < 2 * p.watched ? 1 : Math.min(1, depthOfChance(0.5, p.watched) + ERROR),
);

/** And who stays in it lies deeper than that. */
export const lfuDepthAtEnd = limit((p) =>
  staysWithLfu(p) && (p.rate * secondsLeft(p)) / 2 >= 2 * p.watched
    ? Math.min(depthOfChance(0.5, p.watched) + ERROR, before(p).users)
    : 0,
);

/** What forgets is back before half of that time is over. */
export const halfOfTheRest = limit((p) => secondsLeft(p) / 2);

/** Users and batch all day in one cache, or each in its own. */
const lawOfBatch = (p: Values): number[] => zipfProbabilities(p.batchKeys, p.batchExponent);
const shared = oncePerRun((p: Values) => steady(p, p.capacity, p.batchRate / (p.rate + p.batchRate), lawOfBatch(p)));
const batchAlone = oncePerRun((p: Values): number => {
  const capacity = Math.max(1, p.capacity - usersCapacity(p));
  return characteristicTime(lawOfBatch(p), Math.min(capacity, p.batchKeys - 1), heldByLru).hitRatio;
});
const usersCounted = (p: Values): number => p.rate * toSeconds(p.length - WARM_UP);
const batchCounted = (p: Values): number => p.batchRate * toSeconds(p.length - WARM_UP);

/** The move costs no more hits than the requests of one characteristic time. */
const moveCosts = (p: Values, { time }: Steady): number => time / usersCounted(p);

export const usersShared = limit((p) => shared(p).users + ERROR + chance(shared(p).users, usersCounted(p)));
export const usersSeparate = limit((p) =>
  Math.max(0, before(p).users - moveCosts(p, before(p)) - ERROR - chance(before(p).users, usersCounted(p))),
);
export const batchShared = limit((p) =>
  Math.max(0, shared(p).others - ERROR - chance(shared(p).others, batchCounted(p))),
);
export const batchSeparate = limit((p) => batchAlone(p) + ERROR + chance(batchAlone(p), batchCounted(p)));

/**
 * What the wall costs the batch is the difference between what it hit in the shared cache and what it hits in a room of its own, both by
 * LRU; most of that is more than half of it. The batch's law does not change, so LFU comes to hold what is popular, of which the most popular
 * would be the best that can be had of independent requests; how much of that it has in time is not worked out. Where the best is not
 * so much that a quarter of the way to it would do, or the wall costs no more than chance, nothing is claimed.
 */
export const batchByFrequency = limit((p) => {
  const capacity = Math.max(1, p.capacity - usersCapacity(p));
  const best = lawOfBatch(p)
    .slice(0, capacity)
    .reduce((sum, one) => sum + one, 0);
  const told = chance(batchAlone(p), batchCounted(p));
  const cost = shared(p).others - batchAlone(p);
  return cost < told || best - batchAlone(p) < 2 * cost ? 0 : batchAlone(p) + cost / 2;
});

/**
 * With room for all keys an entry leaves when its time to live is over. A key that is asked for at random, m times a lifetime
 * in the mean, is missed once and then hit m times until it expires: m / (1 + m) hit (Jung, Berger and Balakrishnan, "Modeling
 * TTL-based Internet caches", INFOCOM 2003). What else is asked for while it is being loaded is missed too, and so is more after a
 * move: no more hits than that. Where entries are evicted there are fewer still.
 */
const hitsUntilExpiry = (law: readonly number[], requests: number): number =>
  law.reduce((sum, one) => sum + (one * (one * requests)) / (1 + one * requests), 0);

export const usersExpiring = limit((p) => {
  const hits = hitsUntilExpiry(zipfProbabilities(p.keys, p.exponent), p.rate * toSeconds(p.ttl));
  return hits + chance(hits, usersCounted(p)) + filledBefore(p.ttl);
});
export const batchExpiring = limit((p) => {
  const hits = hitsUntilExpiry(lawOfBatch(p), p.batchRate * toSeconds(p.ttl));
  return hits + chance(hits, batchCounted(p)) + filledBefore(p.ttl);
});

/** What is counted begins after the warm-up; a life that is longer than that may have filled the cache before. */
const filledBefore = (ttl: number): number => (ttl < WARM_UP ? 0 : 1);

/**
 * Where nothing expires within the run and nothing is evicted, each key of the batch is loaded once: those that the warm-up has
 * not brought in are missed when they come first, and again by who asks while that load is under way. Of any other run
 * nothing is claimed.
 */
export const batchLoadedOnce = limit((p) => {
  const room = p.capacity - usersCapacity({ ...p, layout: 'separate' });
  if (p.batchTtl < p.length || room < p.batchKeys) return 0;
  const [before, after] = [toSeconds(WARM_UP), toSeconds(p.length - WARM_UP)];
  const first = lawOfBatch(p).reduce((sum, one) => {
    const each = one * p.batchRate;
    return sum + exp(-each * before) * (1 - exp(-each * after));
  }, 0);
  const misses = first / batchCounted(p);
  return Math.max(0, 1 - misses - ERROR - chance(misses, batchCounted(p)));
});

/**
 * What is claimed of the table's triggers, worked out from the parameters: after how long each surely fires in its fault, and that the
 * others do not. Nothing here looks at a run.
 *
 * Users' keys are all alike and live for a time T in the cache, so that a key that is asked for at a rate of r is a miss once in 1 + r T.
 * What comes in a window is Poisson.
 */
import {
  burnRateThatSpends,
  errorRatioOf,
  hours,
  HTTP_DURATION_BOUNDS,
  toSeconds,
  NotClaimed,
  type Limit,
} from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { EVERY, WINDOW } from './dashboard.ts';
import { AVAILABILITY, HIT_RATIO_LEAST, LAG_MOST, LATENCY_MOST, REPLICA_LAG_MOST, type RowName } from './objectives.ts';
import type { params, Values } from './params.ts';
import { APPLY, CORES, HEAVY_SLOWNESS, KEYS, LIGHT_CRAWLS, LIGHT_SLOWNESS } from './shop.ts';

const limit = limitOf<Values>;

const window = toSeconds(WINDOW);
const every = toSeconds(EVERY);
/** An exponential time is so many means or longer once in three million. */
const RARE = 15;
/** Messages on the way of a request that misses. */
const WAY = toSeconds(2 * FAR_MAX + 8 * NEAR_MAX);

/** The share of users' lookups that miss. */
const missRatio = ({ rate, ttl }: Pick<Values, 'rate' | 'ttl'>): number => 1 / (1 + (rate / KEYS) * toSeconds(ttl));

/** The bounds of the bucket that a duration in seconds is in. */
const above = (seconds: number): number => HTTP_DURATION_BOUNDS.find((bound) => bound >= seconds) ?? Infinity;
const below = (seconds: number): number => HTTP_DURATION_BOUNDS.findLast((bound) => bound < seconds) ?? 0;

/**
 * A twentieth of the requests miss, and their demand deviates by a fifth: the slowest hundredth of all begins within a few deviations of
 * the mean, above nine tenths of it and below one and a half times that.
 */
const p99Most = (p: Values): number => above(1.5 * toSeconds(p.loadTime) + WAY);
const p99Least = (p: Values): number => below(0.9 * toSeconds(p.loadTime));
const isTypical = (p: Values): boolean =>
  p.rate * window >= 1000 && missRatio(p) > 0.03 && missRatio(p) < 0.1 && p.rate * toSeconds(p.loadTime) < CORES / 4;

/** The first whole second within a window at which something is so; Infinity if it is at none. */
function firstSecond(isSo: (seconds: number) => boolean): number {
  for (let seconds = 1; seconds <= window; seconds++) if (isSo(seconds)) return seconds;
  return Infinity;
}

/** Seconds after which each trigger surely holds at an evaluation, and has for as long as its rule asks for. */
const needed: Record<RowName, (p: Values) => number> = {
  // Every other request is refused. In a window of n requests the share deviates by less than 1 / 2 sqrt(n).
  availability(p) {
    const most = errorRatioOf(AVAILABILITY, burnRateThatSpends(AVAILABILITY, 1, hours(p.burning)));
    const room = DEVIATIONS * Math.sqrt(0.25 / poissonLow(p.rate * window));
    return firstSecond((seconds) => 0.5 * (seconds / window) - room > most);
  },
  // A budget of a hundredth: the misses that take longer than the objective have to be so many times that much of the window's requests.
  // By Cantelli's inequality what deviates by a fifth of its mean is above the mean less k deviations in k^2 of 1 + k^2 cases at least.
  // Else the slow misses have to be a hundredth of the window's requests; nearly all of them take more than six tenths of the mean.
  latency(p) {
    const slow = toSeconds(p.loadTime) * p.slowdown;
    const keepsUp = p.rate * missRatio(p) * slow < CORES / 2;
    const hundredth = poissonMost(p.rate * window) / 100;
    if (p.latencyRule === 'budget') {
      const k = (slow - toSeconds(LATENCY_MOST)) / (slow / Math.sqrt(SHAPE));
      if (!(isTypical(p) && keepsUp && k > 0)) return Infinity;
      const missed = ((k * k) / (1 + k * k)) * p.rate * missRatio(p);
      return 2 * slow + firstSecond((seconds) => poissonLow(missed * seconds) > p.baselines * hundredth);
    }
    if (!(isTypical(p) && keepsUp && below(0.6 * slow) > p.baselines * p99Most(p))) return Infinity;
    return 2 * slow + firstSecond((seconds) => poissonLow(0.95 * p.rate * missRatio(p) * seconds) > hundredth);
  },
  lag(p) {
    const more = (LAG_MOST * window) / toSeconds(p.lagIn) + usualLag(p);
    return firstSecond((seconds) => poissonLow(p.rate * seconds) > more);
  },
  hitRatio(p) {
    const hits = poissonMost(p.rate * (1 - missRatio(p)) * window);
    const few = firstSecond((seconds) => {
      const misses = poissonLow(p.rate * missRatio(p) * window + p.crawls * seconds);
      return misses > (1 - p.hitRatioLeast) * (misses + hits);
    });
    return few + toSeconds(p.hitRatioFor);
  },
  // Until somebody has ordered something and the replica has applied it; what it applies from then on is as late or later.
  replica(p) {
    const apply = toSeconds(APPLY) * HEAVY_SLOWNESS;
    if (apply / 3 < toSeconds(p.replicaLagMost)) return Infinity;
    return RARE / p.writes + 2 * apply + toSeconds(p.replicaLagFor);
  },
};

/** Entries that wait for a consumer that keeps up: what comes while it works off a few. */
const usualLag = ({ rate }: Values): number => poissonMost(rate) + 10;

/** Evaluations come at their own time, and a rule that waits begins to with the first of them. */
const within = (row: RowName, p: Values): number => needed[row](p) + 2 * every;
const faultLasts = (p: Values): number => toSeconds(Math.min(p.faultFor, p.length - p.faultAt));

/** Whether the trigger of a row does not hold before anything goes wrong, when its alert would fire early and not begin to afterwards. */
const quietBefore: Record<RowName, (p: Values) => boolean> = {
  availability: (p) => p.rate * toSeconds(p.loadTime) < CORES / 4,
  latency: (p) =>
    isTypical(p) &&
    (p.latencyRule === 'budget' ? p99Most(p) < toSeconds(LATENCY_MOST) : p.baselines * p99Least(p) >= p99Most(p)),
  lag: (p) => (LAG_MOST * window) / toSeconds(p.lagIn) > usualLag(p),
  hitRatio: (p) => hasRoomFor(p, p.hitRatioLeast),
  replica: (p) => toSeconds(p.replicaLagMost) >= RARE * toSeconds(APPLY),
};

/** Whether users' hit ratio is above one by more than chance; a rule that waits for less than a window looks at shorter ones at the start. */
function hasRoomFor(p: Values, hitRatio: number): boolean {
  const misses = missRatio(p);
  const seconds = Math.min(window, Math.max(every, toSeconds(p.hitRatioFor)));
  return misses + DEVIATIONS * Math.sqrt((misses * (1 - misses)) / (p.rate * seconds)) < 1 - hitRatio;
}

const surelyFires = (row: RowName, p: Values): boolean => quietBefore[row](p) && within(row, p) <= faultLasts(p);

const UNSURE = new NotClaimed('the trigger need not hold, or not for long enough, or holds before the fault');
export const fires = (row: RowName): Limit => limit((p) => (surelyFires(row, p) ? 1 : UNSURE));
/** Time of the fault until its alert fires. */
export const unheardMost = (row: RowName): Limit => limit((p) => (surelyFires(row, p) ? within(row, p) : UNSURE));

/** Whether nothing but its fault has a trigger hold, by more than chance. */
function isQuiet(p: Values): boolean {
  const apply = toSeconds(APPLY) * LIGHT_SLOWNESS;
  return (
    Object.values(quietBefore).every((isSo) => isSo(p)) &&
    hasRoomFor(p, HIT_RATIO_LEAST) &&
    missesOfLightCrawler(p) &&
    p.writes * apply < 0.5 &&
    toSeconds(p.replicaLagMost) >= 1.4 * apply &&
    p.replicaLagFor >= WINDOW
  );
}

/** The lighter crawler leaves enough hits: so much room that windows, one after the other, are not all below by chance. */
function missesOfLightCrawler(p: Values): boolean {
  const comes = p.rate + p.crawls * LIGHT_CRAWLS;
  const hits = (p.rate * (1 - missRatio(p))) / comes;
  const deviation = Math.sqrt((hits * (1 - hits)) / (comes * window));
  return (hits - p.hitRatioLeast) * Math.sqrt(p.hitRatioFor / WINDOW) > DEVIATIONS * deviation;
}

/**
 * What the crawler of `below-the-triggers` sends for the hit ratio to lie between its objective and its trigger, as many deviations of chance
 * from both: of a window's from the one, and of those of `hitRatioFor` together from the other, as the claims below ask for. To a hundredth.
 */
export function crawlsBetween(
  p: Pick<Values, 'rate' | 'ttl'>,
  { hitRatioLeast, hitRatioFor }: Pick<typeof params, 'hitRatioLeast' | 'hitRatioFor'>,
): number {
  const windows = Math.sqrt(hitRatioFor.default / WINDOW);
  const hits = (HIT_RATIO_LEAST + windows * hitRatioLeast.default) / (1 + windows);
  return Math.round((100 * ((p.rate * (1 - missRatio(p))) / hits - p.rate)) / LIGHT_CRAWLS) / 100;
}

/** None, unless chance alone may have one hold. */
const LOUD = new NotClaimed('chance alone may have a trigger hold');
export const noOther = limit((p) => (isQuiet(p) ? 0 : LOUD));
export const neverSilent = limit((p) => (isQuiet(p) ? 0 : LOUD));

/**
 * The hit rate's own: while it stays above what its trigger asks for, above its objective or not, its alert does not fire, whatever may
 * be said of the other rows.
 */
export const hitRatioUnheard = limit((p) =>
  quietBefore.hitRatio(p) && (p.fault !== 'below-the-triggers' || missesOfLightCrawler(p)) ? 0 : LOUD,
);

/**
 * The hit rate's own silence: with the lighter crawler the windows of five minutes that lie in the fault are all below the objective, by
 * more than chance, and above the trigger.
 */
export const hitRatioSilentFor = limit((p) => {
  const comes = p.rate + p.crawls * LIGHT_CRAWLS;
  const hits = (p.rate * (1 - missRatio(p))) / comes;
  const isMissed = HIT_RATIO_LEAST - hits > DEVIATIONS * Math.sqrt((hits * (1 - hits)) / (comes * window));
  if (p.fault !== 'below-the-triggers' || !isMissed || !missesOfLightCrawler(p)) return 0;
  return Math.max(0, faultLasts(p) - window - 2 * every);
});

/** Half of the time from the first change that the replica applies slowly on: nearly every one takes longer than its objective. */
export const silentFor = limit((p) => {
  const apply = toSeconds(APPLY) * LIGHT_SLOWNESS;
  if (!isQuiet(p) || apply < 1.5 * toSeconds(REPLICA_LAG_MOST)) return 0;
  return Math.max(0, (faultLasts(p) - RARE / p.writes - 2 * apply - every) / 2);
});

/**
 * By a budget, whoever is too slow is heard of for as long as they are: until the alert fires, and at the end of the fault while the
 * window empties, where the percentile and the share over the objective cross their limits within a few evaluations of each other.
 */
export const silentUntilHeard = limit((p) =>
  p.latencyRule === 'budget' && surelyFires('latency', p) && isQuiet(p) ? within('latency', p) + 5 * every : UNSURE,
);

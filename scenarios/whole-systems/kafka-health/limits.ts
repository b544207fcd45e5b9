/**
 * What is claimed of Kafka's health, worked out from the parameters: for how long each row is broken at least by its fault, and
 * that others are not. Nothing here looks at a run. Records come by a Poisson process, half of them for each partition.
 */
import { s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import { SHAPE } from '../../application/distances.ts';
import { CUT_FOR, DOWN_FOR, FAULT_AT } from './faults.ts';
import type { Values } from './params.ts';

/** The group's first generation, and what had come meanwhile, are of the warm-up. */
export const WARM_UP = s(16);
export const INTERVAL = s(0.5);
/** Keys, all alike. */
export const KEYS = 60_000;
/** Members hear of a rebalance within so long. */
export const HEARTBEAT = s(0.3);

/** What the rows look at: windows of a thirtieth of the run, three for a slope, ten for what may be occasional. */
const SLOPE_WINDOWS = 3;
const LOOK_BACK = 10;
const OCCASIONAL = 2;
const GROWTH_SHARE = 0.05;
const RECORDS_LEAST = 50;

const limit = limitOf<Values>;
const step = toSeconds(INTERVAL);
const windowOf = ({ length }: Values): number => Math.max(1, Math.round((length - WARM_UP) / INTERVAL / 30)) * step;
const fires = (isSo: (p: Values) => boolean) => limit((p) => (isSo(p) ? step : 0));
const silent = (isSo: (p: Values) => boolean) => limit((p) => (isSo(p) ? 0 : toSeconds(p.length)));
const left = ({ length }: Values): number => toSeconds(length - FAULT_AT);

/** What the lag has to gain in the time of a slope. */
const growthAt = (p: Values): number => Math.max(RECORDS_LEAST, GROWTH_SHARE * p.rate * SLOPE_WINDOWS * windowOf(p));

/** The slow consumer's partition gains what comes less what it can process; a slope deviates by 1.2 of what its ends do. */
export const slowGrows = fires((p) => {
  const time = SLOPE_WINDOWS * windowOf(p);
  const gains = Math.max(0, p.rate / 2 - 1 / (toSeconds(p.processTime) * p.slowdown)) * time;
  const chance = 1.2 * DEVIATIONS * Math.sqrt((p.rate / 2) * time * (1 + 1 / SHAPE));
  return left(p) > time + windowOf(p) && gains - chance > growthAt(p);
});

/** Each consumer alone can do all that comes, with room for chance. */
const isIdle = (p: Values): boolean => p.rate * toSeconds(p.processTime) < 0.7;
/**
 * In a restart a partition has nobody for a heartbeat, twice: three rows at most in which half of the records of that time
 * wait. By least squares over twelve rows or more that gains less than a thirtieth of what is sent.
 */
export const lagSilent = silent(isIdle);

/** A dead follower that still counts as in sync: what comes meanwhile is committed when it has left, no sooner than this. */
export const stallGrows = fires((p) => {
  const stalled = toSeconds(p.lagMax) - 1;
  const cut = p.fault === 'slow-follower' ? toSeconds(CUT_FOR(p)) : toSeconds(DOWN_FOR);
  return isIdle(p) && stalled < SLOPE_WINDOWS * windowOf(p) && cut > stalled && 0.4 * p.rate * stalled > growthAt(p);
});

/** It has left the set after one and a half times the limit at most, and is back when it is up again. */
const leaves = ({ lagMax }: Values): number => 1.5 * toSeconds(lagMax) + step;
export const shortOfOne = limit((p) => Math.max(0, Math.min(toSeconds(DOWN_FOR), left(p)) - leaves(p) - 2 * step));
export const shrinksOnce = limit((p) => (toSeconds(DOWN_FOR) > leaves(p) && left(p) > leaves(p) ? 2 : 0));
export const cutShort = fires((p) => toSeconds(CUT_FOR(p)) > leaves(p) && left(p) > leaves(p) + 2 * step);

/** Of what comes again: in more windows of ten than are occasional, each time in one of its own. */
const comesAgain = (p: Values, takes: number): boolean => {
  const seen = Math.min(LOOK_BACK * windowOf(p), left(p) - takes - windowOf(p)) - windowOf(p);
  return toSeconds(p.every) > windowOf(p) && Math.floor(seen / toSeconds(p.every)) > OCCASIONAL;
};
export const shrinksAgain = fires((p) => toSeconds(CUT_FOR(p)) > leaves(p) && comesAgain(p, leaves(p)));
export const rebalancedAgain = fires((p) => comesAgain(p, 1));

/** With three asked for, nothing is taken until the follower is back, and what waits too long is given up. */
export const givenUp = fires(
  (p) =>
    p.minInSync === 3 &&
    toSeconds(DOWN_FOR - p.deliveryTimeout) > 2 &&
    left(p) > toSeconds(p.deliveryTimeout) + 2 + windowOf(p),
);
/** With two, what comes waits for the follower to leave, and no longer. */
export const nobodyGivesUp = silent((p) => p.minInSync < 3 && leaves(p) + 1 < toSeconds(p.deliveryTimeout));

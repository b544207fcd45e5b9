/**
 * The fleet in numbers, as all limits use it. A replica can do c = workers / load time requests a second, and c / slowdown while it
 * is slow. In turn it gets 1 / n of all, r / n a second; where that is more, its line grows by the difference, and whoever
 * comes when the line is longer than a user's patience fails. Everything else is about how many it gets.
 */
import { ms, s, toSeconds, type Duration, type Limit } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX } from '../../application/distances.ts';
import { troubleLasts } from '../../application/trouble.ts';
import type { Values } from './params.ts';
import { exceededBy, loadOf, tailAt, type Workers } from '../../application/queue.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(250);
export const HEALTH_INTERVAL = s(1);
export const HEALTH_TIMEOUT = s(1);
export const UNHEALTHY = 3;
/** From one look at all replicas to the next. */
export const SWEEP = s(1);

/** How long the gateway waits for a replica unless it is told: Envoy's route timeout. */
export const UNTOLD = s(15);
export const timeoutOf = (p: Values): Duration => (p.timesOut ? p.timeout : UNTOLD);

/** What is claimed where there is a trouble within the run: without one nothing is, and all calls of all requests are as many as can be. */
const inRun = (p: Values): boolean => troubleLasts(p) > 0;
export const atLeastLimit = (of: (p: Values) => number): Limit =>
  limitOf<Values>((p) => (inRun(p) ? Math.max(0, of(p)) : 0));
export const atMostLimit = (of: (p: Values) => number): Limit =>
  limitOf<Values>((p) => (inRun(p) ? of(p) : poissonMost(p.rate * toSeconds(p.length) * p.attempts)));
/** Of what is counted in whole numbers. */
export const most = (expected: number): number => Math.floor(poissonMost(expected));

/** There and back: within the site, and with the way to the user. */
export const NEAR = toSeconds(2 * NEAR_MAX);
export const WAY = NEAR + toSeconds(2 * FAR_MAX);
/** What a histogram's quantile may be more than the value. */
export const BUCKET = 1.03;

export const capacity = (p: Values): number => capacityOf({ cores: p.workers, loadTime: p.loadTime });
export const slowCapacity = (p: Values): number => capacity(p) / p.slowdown;
export const patience = (p: Values): number => toSeconds(p.patience);
export const fairRate = (p: Values): number => p.rate / p.replicas;
export const inTrouble = (p: Values): number => p.rate * troubleLasts(p);

/** A replica that is well, while the one in trouble gets nothing: no other gets more. */
export const other = (p: Values, arrivals = p.rate / (p.replicas - 1)): Workers => ({
  workers: p.workers,
  service: toSeconds(p.loadTime),
  arrivals,
});
export const othersKeepUp = (p: Values): boolean => loadOf(other(p)) < 1;
/** Of those who come in the trouble, so many take longer than that at replicas that are well, at most; they come in clusters. */
export const lateElsewhere = (p: Values, seconds: number): number =>
  Math.floor(poissonMost(inTrouble(p) * tailAt(other(p), seconds)) / Math.max(0.01, 1 - loadOf(other(p))));

/** What an answer may take that is still of use. */
export const timely = (p: Values): number => toSeconds(Math.min(timeoutOf(p), p.patience)) - WAY;

export const isSlow = (p: Values): boolean => p.trouble === 'slow';
/** Fails all that it is asked, at once. */
export const isBlackHole = (p: Values): boolean => p.trouble === 'fails-fast';
export const isInTurn = (p: Values): boolean => p.policy === 'round-robin' && !p.hedges;

/** By how much the line of the slow replica grows in a second if it gets its share and nothing of it is taken back. */
export const surplus = (p: Values): number =>
  isSlow(p) && isInTurn(p) && !(p.stops && p.timesOut) ? fairRate(p) - slowCapacity(p) : 0;

/** The least that has come to a replica in so many seconds, if each gets one in n: chance is in how many come to all of them. */
export const comes = (p: Values, seconds: number): number => poissonLow(p.rate * seconds) / p.replicas;
export const lineAfter = (p: Values, seconds: number): number =>
  comes(p, seconds) - poissonMost(slowCapacity(p) * seconds);
/** A line that takes longer than a patience, at this many requests a second. */
export const tooLong = (p: Values, perSecond: number): number => poissonMost(perSecond * patience(p)) + p.workers;

/** An exponential time is so many means or longer once in three million. */
export const RARE = 15;
export const measured = (p: Values): number => toSeconds(p.length - WARM_UP);

/** Room for chance in a tenth of those who come; those who wait do so together, so it is twice that of a tenth of independent ones. */
export const roomOfTenth = (p: Values): number => 2 * DEVIATIONS * Math.sqrt((0.1 * 0.9) / inTrouble(p));

/** The slowest tenth, if such a share of it is the slow replica's and the others are as `tail` says. */
export const slowestTenth = (p: Values, share: number, tail: (seconds: number) => number): number =>
  Math.min(patience(p), exceededBy(0.1 - share - roomOfTenth(p), tail) + WAY) * BUCKET;

/**
 * What is claimed of the limiters, worked out from the parameters. Nothing here looks at a run.
 *
 * Of each limiter it is known what it lets through of a pulse, n requests within d seconds, and so what is in the backend when
 * the pulse is over: n + (u - C) d requests, u being the rate of users and C = cores / load time what the backend can do. That is
 * worked off at C - u; whoever comes when N are there waits for about N / C. Sums of chance have room as normal variables have.
 */
import { ms, s, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonMost } from '../../application/chance.ts';
import { FAR_MAX } from '../../application/distances.ts';
import { waitAmong } from '../application/waiting.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(100);

const limit = limitOf<Values>;

/** Requests of one pulse. */
export const pulseOf = (p: Values): number => Math.max(1, Math.round(p.partnerRate * toSeconds(p.every)));
export const wholePulse = limit(pulseOf);

/** When the first pulse begins; a later one begins `every` after the one before. */
export const firstPulse = (p: Values): number => Math.max(0, s(3) - p.lead);

/** Pulses that begin and end after the warm-up and within the run, what comes of them included, as far as a second goes. */
const pulsesIn = (p: Values): number => Math.max(0, Math.floor((p.length - s(1.5) - firstPulse(p)) / p.every) + 1);

/** What a window takes. */
const windowLimit = (p: Values): number => Math.max(1, Math.floor((p.limit * p.window) / s(1)));

/** Requests of a pulse within so many seconds of it, but for what is under way to the gateway. */
const sentIn = (p: Values, seconds: number): number =>
  Math.max(0, Math.floor((pulseOf(p) * Math.min(seconds, toSeconds(p.pulse))) / toSeconds(p.pulse)));

/**
 * Around the edge that the first pulse meets: of those before it what one window takes, of those after it what the next
 * one does. Pulses are further apart than two windows, so none finds anything left by the one before.
 */
function doubled(p: Values): number {
  const start = firstPulse(p);
  const before = Math.ceil(start / p.window) * p.window - start;
  const [early, late] = [toSeconds(before - FAR_MAX), toSeconds(p.pulse - before)];
  const takes = (seconds: number): number => Math.min(windowLimit(p), sentIn(p, Math.max(0, seconds)));
  return Math.max(1, takes(early) + takes(late));
}
export const twiceAroundTheEdge = limit(doubled);

/** No second has more than so many windows in it and begins in one more. */
const windowsMost = (p: Values): number => Math.ceil(1 / toSeconds(p.window)) + 1;
export const twiceAtMost = limit((p) => windowsMost(p) * windowLimit(p));

/** By the log no stretch of a window's length has more than the limit. */
const windowsInASecond = (p: Values): number => Math.ceil(1 / toSeconds(p.window));
export const onceAtMost = limit((p) => windowsInASecond(p) * windowLimit(p));

/**
 * By the counters: n went on in the window before, and at a time e into this one n (1 - e / W) + m <= limit holds for its m;
 * so n + m <= limit (1 + e / W), and e is at most the pulse's length. Shorter windows have no more than any have.
 */
const estimated = (p: Values): number =>
  p.window < s(1) ? windowsMost(p) * windowLimit(p) : windowLimit(p) * (1 + toSeconds(p.pulse + FAR_MAX));
export const estimatedAtMost = limit(estimated);

/** The bucket and what drips within a second; one for the instant at which it begins. */
export const burstAndRate = limit((p) => p.burst + p.limit + 1);
export const rateAlone = limit((p) => p.limit + 1);

/** What is in the backend of users and of a partner who keeps to the rate: a Poisson number at the load that they make. */
function quiet(p: Values): number {
  const load = Math.min(0.99, (p.userRate + p.limit) / capacityOf(p));
  return poissonMost((p.cores * load) / (1 - load));
}

/** What users wait at most, if so many of the partner's requests are let through at once, and then the rate. */
const usersWait = (atOnce: (p: Values) => number): Limit =>
  limit((p) => waitAmong(p, Math.min(pulseOf(p), atOnce(p)) + quiet(p)));
export const usersWaitForBurst = usersWait((p) => p.burst);
export const usersWaitForOne = usersWait(() => 1);
export const usersWaitForWindow = usersWait((p) => windowsInASecond(p) * windowLimit(p));
export const usersWaitForEstimate = usersWait(estimated);

/**
 * What one user in a hundred waits for at least. The wait rises with what is in the backend until the pulse's last request has
 * passed, and falls until that is worked off: above a share x of its height it is for 1 - x of that time. Users are evenly
 * spread over time, and two in a hundred rather than one leave room for chance.
 */
function waitOfPulse(p: Values, passed: number, seconds: number): number {
  const chance = DEVIATIONS * Math.sqrt((p.userRate + capacityOf(p)) * seconds);
  const there = passed + (p.userRate - capacityOf(p)) * seconds - chance;
  if (there <= 0) return 0;
  const spare = capacityOf(p) - p.userRate;
  const lasts = seconds + (spare > 0 ? there / spare : toSeconds(p.every));
  const share = 1 - (0.02 * toSeconds(p.every)) / lasts;
  return Math.min(toSeconds(p.patience), (Math.max(0, share) * there) / capacityOf(p));
}
const noPulse = (p: Values): boolean => pulsesIn(p) < 1;
const undisturbed = (p: Values): number => toSeconds(p.loadTime) / 2;
const atLeastUndisturbed = (p: Values, wait: number): number =>
  noPulse(p) ? undisturbed(p) : Math.max(undisturbed(p), wait);

export const usersWaitForPulse = limit((p) => atLeastUndisturbed(p, waitOfPulse(p, pulseOf(p), toSeconds(p.pulse))));
export const usersWaitForDoubled = limit((p) =>
  atLeastUndisturbed(p, waitOfPulse(p, doubled(p), toSeconds(p.pulse + FAR_MAX))),
);

/** What goes on of the pulses: of each as much as the rule lets through at once, and what drips in its time. */
const passedAtLeast = (ofPulse: (p: Values) => number): Limit =>
  limit((p) => Math.max(1, pulsesIn(p) * Math.floor(Math.min(pulseOf(p), ofPulse(p)))));
/** The bucket has filled since the pulse before, as far as it can in that time. */
export const burstsPass = passedAtLeast(
  (p) => Math.min(p.burst, p.limit * toSeconds(p.every - p.pulse)) + p.limit * toSeconds(p.pulse) - 1,
);
export const windowsPass = passedAtLeast(windowLimit);
/** The queue lets the rate through for a second at least, unless it was empty before and is soon empty again. */
export const queuesPass = passedAtLeast((p) => Math.min(p.queueMax, p.limit));

/** In the queue the k-th of a pulse leaves k gaps after the first came, and came within the pulse: half of them wait so long. */
export const halfWait = limit((p) => {
  const passes = Math.min(pulseOf(p), p.queueMax);
  return Math.max(1 / p.limit / 2, passes / 2 / p.limit - toSeconds(p.pulse + FAR_MAX));
});
/** Nobody waits for longer than a full queue takes; one gap for the rounding of gaps. */
export const fullQueue = limit((p) => (p.queueMax + 1) / p.limit);

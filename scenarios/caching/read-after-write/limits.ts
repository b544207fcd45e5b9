/**
 * What is claimed of the ways to read one's own write, worked out from the parameters. Nothing here looks at a run.
 *
 * A replica applies changes one after the other: Poisson arrivals, exponential times, one server. The time that a change
 * takes in an M/M/1 queue of service rate m and arrival rate l is exponential of rate m - l (Kleinrock, Queueing Systems,
 * 1975). A session's first look comes an exponential time of mean 1/t after its write was answered, so of two
 * exponential times the look is the shorter one with probability t / (t + m - l).
 */
import { exp, s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../application/chance.ts';
import { FAR_MAX, FAR_MIN, NEAR_MAX, NEAR_MIN } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(10);

const observed = (p: Values): number => toSeconds(p.length - WARM_UP);

/** Rate at which a replica's lag falls off; 0 if it cannot keep up. */
const catchUp = (p: Values): number => Math.max(0, 1 / toSeconds(p.applyTime) - p.sessions);

/**
 * The share of first looks that miss the write. What is on its way for certain comes on top of the time to think: the
 * write's answer to the instance and to the user, the look's way back and its query, less the change's way to the
 * replica.
 */
export function missingShare(p: Values): number {
  const near = toSeconds((NEAR_MIN + NEAR_MAX) / 2);
  const far = toSeconds((FAR_MIN + FAR_MAX) / 2);
  const onItsWay = near + far + far + near + toSeconds(p.queryTime) - near;
  const look = 1 / toSeconds(p.firstThink);
  return (exp(-catchUp(p) * onItsWay) * look) / (look + catchUp(p));
}

/**
 * Room for chance: the share goes with the mean of the lags in the run, which are alike for as long as the queue takes to
 * forget; (1 + r) / (m (1 - r)^2) for an M/M/1 queue of load r (the integral of its autocorrelation, Morse 1955).
 */
function room(p: Values): number {
  const service = 1 / toSeconds(p.applyTime);
  const load = Math.min(0.999, p.sessions / service);
  const memory = (1 + load) / (service * (1 - load) * (1 - load));
  return DEVIATIONS * Math.sqrt((2 * memory) / observed(p));
}

export const missingLeast = limitOf<Values>((p) => Math.max(0, missingShare(p) * (1 - room(p))));
export const missingMost = limitOf<Values>((p) => Math.min(1, missingShare(p) * (1 + room(p))));

/** Half of what a change takes on its way to a replica, in the mean: some write was hidden for longer than that. */
export const halfALag = limitOf<Values>((p) => 0.5 / Math.max(catchUp(p), 1 / observed(p)));

/** All writes, and with stickiness every first look that comes within `stickyFor`, go to the primary. */
export const stickyQueries = limitOf<Values>((p) => {
  const looks = 1 - exp(-toSeconds(p.stickyFor) / toSeconds(p.firstThink));
  return poissonLeast(p.sessions * observed(p)) + poissonLeast(p.sessions * observed(p) * looks * 0.9);
});

/** The writes, and the looks that a replica let wait in vain, by the law above. */
export const writesAndFallbacks = limitOf<Values>((p) => {
  const inVain = missingShare(p) * exp(-catchUp(p) * toSeconds(p.waitMax));
  return poissonMost(p.sessions * observed(p) * (1 + inVain * p.looks));
});

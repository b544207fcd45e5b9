/**
 * What is claimed of the ways to read one's own write, worked out from the parameters. Nothing here looks at a run.
 *
 * A replica applies changes one after the other: Poisson arrivals, exponential times, one server. The time that a change
 * takes in an M/M/1 queue of service rate m and arrival rate l is exponential of rate m - l (Kleinrock, Queueing Systems,
 * 1975). A session's first look comes an exponential time of mean 1/t after its write was answered, so of two
 * exponential times the look is the shorter one with probability t / (t + m - l).
 */
import { exp, ln, s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, FAR_MIN, NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
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

/** States of the queue that are summed over: beyond them there is nothing left to see. */
const QUEUE_MAX = 2000;

/**
 * Room for chance. Looks that come while a replica is behind are missed together, so what is seen depends on the run's
 * own queue: a birth and death process, of which f(n) = 1 - (m / (m + t))^(n + 1) is the share of looks that are missed
 * while n changes wait before the write's. The variance of f's mean over a time T is 2 / T times the sum over n of
 * S(n)^2 / (l p(n)), where p(n) = (1 - r) r^n and S(n) is the sum of p(j) (f(j) - mean of f) over j <= n (W. Whitt:
 * Asymptotic formulas for Markov processes with applications to simulation, Operations Research 40(2), 1992). Replicas are
 * taken for one: they are sent the same changes. Which of the looks are missed is chance once more, a coin's.
 */
function room(p: Values): number {
  const service = 1 / toSeconds(p.applyTime);
  const load = Math.min(0.999, p.sessions / service);
  const shown = service / (service + 1 / toSeconds(p.firstThink));
  const mean = 1 - ((1 - load) * shown) / (1 - load * shown);
  let [sum, chance, held, variance] = [0, 1 - load, shown, 0];
  for (let n = 0; n < QUEUE_MAX && chance > 1e-12; n++) {
    sum += chance * (1 - held - mean);
    variance += (2 * sum * sum) / (load * service * chance);
    chance *= load;
    held *= shown;
  }
  const coins = (mean * (1 - mean)) / p.sessions;
  return DEVIATIONS * Math.sqrt((variance + coins) / observed(p));
}

const missingAtLeast = (p: Values): number => Math.max(0, missingShare(p) - room(p));
export const missingLeast = limitOf<Values>(missingAtLeast);
export const missingMost = limitOf<Values>((p) => Math.min(1, missingShare(p) + room(p)));

/** Half of what a change takes on its way to a replica, in the mean: some write was hidden for longer than that. */
export const halfALag = limitOf<Values>((p) => 0.5 / Math.max(catchUp(p), 1 / observed(p)));

/** Of the time to the first look so many values are taken, each as likely as the others. */
const STEPS = 200;

/**
 * Looks of a session that reach an instance within `stickyFor`: its first one if that comes in time, and of the others, a
 * Poisson process from then on, as many as there are.
 */
function stickyLooks(p: Values): number {
  let looks = 0;
  for (let i = 0; i < STEPS; i++) {
    const first = -toSeconds(p.firstThink) * ln(1 - (i + 0.5) / STEPS);
    const left = toSeconds(p.stickyFor - FAR_MAX) - first;
    if (left > 0) looks += 1 + atMostOf(left / toSeconds(p.think), p.looks - 1);
  }
  return looks / STEPS;
}

/** The mean of a Poisson number of which no more than `most` count. */
function atMostOf(expected: number, most: number): number {
  let [chance, below, mean] = [exp(-expected), 0, 0];
  for (let n = 0; n < most; n++) {
    below += chance;
    mean += 1 - below;
    chance *= expected / (n + 1);
  }
  return mean;
}

/** All writes, and with stickiness every look that comes within `stickyFor`, go to the primary: so many of each session. */
export const stickyQueries = limitOf<Values>((p) => {
  const sessions = p.sessions * observed(p);
  const each = 1 + stickyLooks(p);
  // A compound Poisson number: a session's own number varies no more than a Poisson one.
  return Math.max(1, sessions * each - DEVIATIONS * Math.sqrt(sessions * (each * each + each)));
});

/** The writes, and the looks that a replica let wait in vain, by the law above. */
export const writesAndFallbacks = limitOf<Values>((p) => {
  const inVain = missingShare(p) * exp(-catchUp(p) * toSeconds(p.waitMax));
  return poissonMost(p.sessions * observed(p) * (1 + inVain * p.looks));
});

/** What is written is put into the cache as well. */
export const putAWrite = limitOf<Values>((p) => poissonLeast(p.sessions * observed(p)));

/**
 * Waiting for a version: a request takes its messages and its query at least, and of all requests the first looks are one
 * in 1 + `looks`. Those that would have missed the write wait for what is left of the lag, again exponential; half of its
 * mean is claimed, since a run with fewer of them has shorter lags too. Messages and queries vary by a third of their mean
 * at most.
 */
export const waitForLag = limitOf<Values>((p) => {
  const trip = toSeconds(FAR_MIN + FAR_MAX + NEAR_MIN + NEAR_MAX + p.queryTime);
  const chance = DEVIATIONS / 3 / Math.sqrt(p.sessions * (1 + p.looks) * observed(p));
  const lag = Math.min(toSeconds(p.waitMax), 1 / Math.max(catchUp(p), 1 / observed(p)));
  return trip * Math.max(0, 1 - chance) + (missingAtLeast(p) * 0.5 * lag) / (1 + p.looks);
});

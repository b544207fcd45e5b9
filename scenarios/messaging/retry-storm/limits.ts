/**
 * What is claimed of the retry storm's variants, worked out from the parameters. Nothing here looks at a run.
 *
 * The dependency does `capacity` = cores / load time calls a second. A request all of whose attempts fail makes A of them, as
 * many as its attempts and its user's patience allow; so while everything fails, rate x A calls a second arrive. Whether
 * that is more or less than the capacity decides what happens when the trouble is over:
 *
 * - More: the line of calls stays full. A call that gets into it waits longer than its caller does, so it is done for
 *   nobody, and everything goes on failing. Nothing ends that state but a change from outside.
 * - Less: the line of at most `backlog` calls is worked off at capacity - rate x A, and then all is well.
 */
import { pow, s, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../caching/application/chance.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);

const limit = limitOf<Values>;

const capacity = (p: Values): number => p.cores / toSeconds(p.loadTime);
const backlog = (p: Values): number => p.connections + p.pendingMax;

/** When the trouble begins and ends, in seconds; not before the warm-up and not after the run. */
const from = (p: Values): number => Math.min(toSeconds(p.troubleAt), toSeconds(p.length));
const until = (p: Values): number => Math.min(toSeconds(p.troubleAt + p.troubleFor), toSeconds(p.length));
const measured = (p: Values): number => toSeconds(p.length - WARM_UP);

/** The mean of the wait before each retry, in seconds. */
function meanWait(p: Values, retry: number, previous: number): number {
  const [base, cap] = [toSeconds(p.base), toSeconds(p.cap)];
  const doubled = Math.min(cap, base * pow(2, retry));
  if (p.backoff === 'immediate') return 0;
  if (p.backoff === 'exponential') return doubled;
  if (p.backoff === 'full-jitter') return doubled / 2;
  if (p.backoff === 'equal-jitter') return (doubled * 3) / 4;
  return Math.min(cap, (base + 3 * previous) / 2);
}

/** Attempts of a request that is refused at once each time: as many as fit its patience by their mean waits, and one more. */
function attemptsMost(p: Values): number {
  let elapsed = 0;
  let previous = toSeconds(p.base);
  for (let attempts = 1; attempts < p.attempts; attempts++) {
    previous = meanWait(p, attempts - 1, previous);
    elapsed += previous;
    if (elapsed >= toSeconds(p.patience)) return attempts + 1;
  }
  return p.attempts;
}

/** Calls a second that arrive while everything fails. */
const loadWhenFailing = (p: Values): number =>
  p.budgeted ? p.rate * (1 + p.budgetShare) + p.instances * p.budgetReserve : p.rate * attemptsMost(p);

/** Attempts without a wait are as many as there may be, if each that times out leaves time for the next. */
const attemptsOfImmediate = (p: Values): number =>
  Math.max(1, Math.min(p.attempts, Math.floor(toSeconds(p.patience) / toSeconds(p.attemptTimeout))));

/**
 * Whether immediate retries keep the line full: their calls are more than is done, and the line takes much longer than an
 * attempt, also at its shortest. While the line was full requests used up their attempts at once, so when the dependency
 * is fast again they begin anew: after t seconds there are rate x t of them, each with 1 / timeout calls a second, and
 * until that is the capacity the line loses capacity^2 x timeout / (2 x rate) calls.
 */
function isStuck(p: Values): boolean {
  const timeout = toSeconds(p.attemptTimeout);
  const shortest = backlog(p) - (capacity(p) * capacity(p) * timeout) / (2 * p.rate);
  return p.rate * attemptsOfImmediate(p) > 1.1 * capacity(p) && shortest / capacity(p) > 2 * timeout && fillsTheLine(p);
}

/** Whether the trouble lasts long enough to fill the line: from when all who ask are retrying, by what is not done. */
const fillsTheLine = (p: Values): boolean =>
  until(p) - from(p) >
  toSeconds(p.patience) + backlog(p) / (p.rate * attemptsOfImmediate(p) - capacity(p) / p.slowdown);

/** Seconds of failure that stay after the trouble is over: up to the end of the run. */
const stuckFor = (p: Values): number => (isStuck(p) ? Math.max(0, toSeconds(p.length - p.patience) - until(p)) : 0);

/** All who ask from the end of the trouble on fail. */
export const failuresThatStay = limit((p) => poissonLow(p.rate * stuckFor(p)));

/** Some of them to the very end: nobody who asked after the trouble has had an answer. */
export const toTheEnd = limit(stuckFor);

/** Each of them makes all of its attempts but the last, for which time may run out; everybody else makes one. */
export const amplified = limit((p) => 1 + (Math.max(0, attemptsOfImmediate(p) - 2) * stuckFor(p)) / measured(p));

/** Seconds after the trouble in which requests fail, at most: the working off of the line, and the last who wait. */
function recoveryOf(p: Values): number {
  const after = Math.max(0, toSeconds(p.length) - until(p));
  const spare = capacity(p) - loadWhenFailing(p);
  return spare > 0 ? Math.min(after, backlog(p) / spare + toSeconds(p.patience)) : after;
}
export const recoveryMost = limit(recoveryOf);

const failingFor = (p: Values): number => Math.min(measured(p), until(p) - from(p) + recoveryOf(p));

export const failuresThatPass = limit((p) => poissonMost(p.rate * failingFor(p)));

/** Of those who fail each makes `attemptsMost`, the others one; sums of independent numbers have room for chance. */
export const passing: Limit = limit((p) => {
  const spread = DEVIATIONS * attemptsMost(p) * Math.sqrt(p.rate * measured(p));
  return 1 + ((attemptsMost(p) - 1) * failingFor(p)) / measured(p) + spread / (p.rate * measured(p));
});

/** What the budgets pay for: their share of the requests, and what is reserved, of each window that the run touches. */
const WINDOW_SECONDS = 10;
export const BUDGET_WINDOW = s(WINDOW_SECONDS);
export const paidFor = limit((p) => {
  const windows = Math.ceil(toSeconds(p.length) / WINDOW_SECONDS) + 1;
  return (
    poissonMost(p.rate * toSeconds(p.length)) * p.budgetShare + windows * WINDOW_SECONDS * p.instances * p.budgetReserve
  );
});

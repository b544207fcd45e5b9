/**
 * What is claimed of the retry storm's variants, worked out from the parameters. Nothing here looks at a run.
 *
 * The dependency does `capacity` = cores / load time calls a second. A request all of whose attempts fail makes A of them, as
 * many as its attempts and its user's patience allow; so while everything fails, rate x A calls a second arrive. Whether
 * that is more or less than the capacity decides what happens when the trouble is over:
 *
 * - More, and the line of calls is full: it stays full. A call that gets into it waits longer than its caller does, so it
 *   is done for nobody, and everything goes on failing. Nothing ends that state but a change from outside.
 * - Less: the line of at most `backlog` calls is worked off at capacity - rate x A, and then all is well.
 */
import { ms, pow, s, toSeconds, type BackoffName, type Limit } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonLow, poissonMost } from '../../application/chance.ts';
import { troubleLasts, troubleUntil } from '../../application/trouble.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(200);

const limit = limitOf<Values>;

const backlog = (p: Values): number => p.connections + p.pendingMax;

const measured = (p: Values): number => toSeconds(p.length - WARM_UP);

/** The mean of the wait before each retry, in seconds. */
function meanWait(p: Values, backoff: BackoffName, retry: number, previous: number): number {
  const [base, cap] = [toSeconds(p.base), toSeconds(p.cap)];
  const doubled = Math.min(cap, base * pow(2, retry));
  if (backoff === 'immediate') return 0;
  if (backoff === 'exponential') return doubled;
  if (backoff === 'full-jitter') return doubled / 2;
  if (backoff === 'equal-jitter') return (doubled * 3) / 4;
  return Math.min(cap, (base + 3 * previous) / 2);
}

/** Attempts of a request that is refused at once each time: as many as fit its patience by their mean waits, and one more. */
function attemptsMost(p: Values, backoff: BackoffName): number {
  let elapsed = 0;
  let previous = toSeconds(p.base);
  for (let attempts = 1; attempts < p.attempts; attempts++) {
    previous = meanWait(p, backoff, attempts - 1, previous);
    elapsed += previous;
    if (elapsed >= toSeconds(p.patience)) return attempts + 1;
  }
  return p.attempts;
}

/** What a remedy sets; its limits follow from that, also where they are held against the run of another variant. */
export interface Remedy {
  readonly backoff: BackoffName;
  readonly budgeted?: boolean;
}

/** Calls a second that arrive while everything fails. */
const loadWhenFailing = (p: Values, { backoff, budgeted = false }: Remedy): number =>
  budgeted ? p.rate * (1 + p.budgetShare) + p.instances * p.budgetReserve : p.rate * attemptsMost(p, backoff);

/** Attempts without a wait are as many as there may be, if each that times out leaves time for the next. */
const attemptsOfImmediate = (p: Values): number =>
  Math.max(1, Math.min(p.attempts, Math.floor(toSeconds(p.patience) / toSeconds(p.attemptTimeout))));

/** Seconds from the end of the trouble to the last who has not used up his patience when the run ends. */
const stuckFor = (p: Values): number => Math.max(0, toSeconds(p.length - p.patience) - troubleUntil(p));

/** Requests a second in a time, at least. */
const leastRate = (p: Values, seconds: number): number => (seconds > 0 ? poissonLow(p.rate * seconds) / seconds : 0);

/** Requests that the slow dependency answers in time, at most: until its line is longer than what it does in a timeout. */
function answeredInTrouble(p: Values): number {
  const [timeout, done] = [toSeconds(p.attemptTimeout), capacityOf(p) / p.slowdown];
  // The root of (rate - done) t - 5 sqrt(rate t) = done x timeout: the latest that the line is that long.
  const deviation = DEVIATIONS * Math.sqrt(p.rate);
  const root = deviation + Math.sqrt(deviation ** 2 + 4 * (p.rate - done) * done * timeout);
  return done * (timeout + (root / (2 * (p.rate - done))) ** 2);
}

/**
 * Whether the line is full when the trouble ends. Each request that is not answered makes a call at once, and one more whenever an
 * attempt times out, until it has made all of its attempts: of its age, w calls. None of them leaves the line but those that
 * are done. The calls of requests that come at random have the mean rate x ∫w and the variance rate x ∫w² (Campbell).
 */
function isFull(p: Values): boolean {
  const [time, timeout, attempts] = [troubleLasts(p), toSeconds(p.attemptTimeout), attemptsOfImmediate(p)];
  const done = capacityOf(p) / p.slowdown;
  if (p.rate <= done) return false;
  const asking = Math.min(time, attempts * timeout);
  const mean = p.rate * (asking ** 2 / (2 * timeout) + attempts * (time - asking));
  const variance = p.rate * (asking ** 3 / (3 * timeout ** 2) + attempts ** 2 * (time - asking));
  const calls = mean - DEVIATIONS * Math.sqrt(variance) - attempts * answeredInTrouble(p);
  return calls - done * time > backlog(p);
}

/**
 * Whether the state stays when the trouble is over: retries without a wait that nobody counts, more calls than the
 * capacity, and a line that is full and stays longer than an attempt at its shortest. While it was full requests used up
 * their attempts at once, so they begin anew; after t seconds there are rate x t of them, each with 1 / timeout calls a
 * second, and until that is the capacity the line loses capacity^2 x timeout / (2 x rate) calls, by default 1,310 of 2,880.
 */
function isStuck(p: Values): boolean {
  const [rate, timeout] = [leastRate(p, stuckFor(p)), toSeconds(p.attemptTimeout)];
  if (p.backoff !== 'immediate' || p.budgeted || rate * attemptsOfImmediate(p) <= capacityOf(p)) return false;
  const shortest = backlog(p) - (capacityOf(p) ** 2 * timeout) / (2 * rate);
  return isFull(p) && shortest / capacityOf(p) > timeout;
}

const ifStuck = (of: (p: Values) => number): Limit => limit((p) => (isStuck(p) ? of(p) : 0));

/** All who ask from the end of the trouble on fail. */
export const failuresThatStay = ifStuck((p) => poissonLeast(p.rate * stuckFor(p)));

/** Some of them to the very end: nobody who asked after the trouble has had an answer. */
export const toTheEnd = ifStuck(stuckFor);

/** Each of them makes all of its attempts but the last, for which time may run out; everybody else makes one. */
export const amplified = ifStuck((p) => 1 + (Math.max(1, attemptsOfImmediate(p) - 2) * stuckFor(p)) / measured(p));

/** Seconds after the trouble in which requests fail, at most: the working off of the line, and the last who wait. */
function recoveryOf(p: Values, remedy: Remedy): number {
  const after = Math.max(0, toSeconds(p.length) - troubleUntil(p));
  const spare = capacityOf(p) - loadWhenFailing(p, remedy);
  return spare > 0 ? Math.min(after, backlog(p) / spare + toSeconds(p.patience)) : after;
}
export const recoveryMost = (remedy: Remedy): Limit => limit((p) => recoveryOf(p, remedy));

const failingFor = (p: Values, remedy: Remedy): number =>
  Math.min(measured(p), troubleLasts(p) + recoveryOf(p, remedy));

export const failuresThatPass = (remedy: Remedy): Limit => limit((p) => poissonMost(p.rate * failingFor(p, remedy)));

/** Of those who fail each makes `attemptsMost`, the others one; sums of independent numbers have room for chance. */
export const passing = (remedy: Remedy): Limit =>
  limit((p) => {
    const most = attemptsMost(p, remedy.backoff);
    const requests = p.rate * measured(p);
    return 1 + ((most - 1) * failingFor(p, remedy)) / measured(p) + (DEVIATIONS * most) / Math.sqrt(requests);
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

/** What the dependency takes of callers that come within some milliseconds of each other. */
const SPREAD = 0.01;
const takenAtOnce = (p: Values): number => backlog(p) + capacityOf(p) * SPREAD;

/**
 * Without jitter those who were refused together come again together: each time it takes as many as are taken at once, and
 * all others fail. They may be told in two rows of the series.
 */
export const failuresInStep = limit((p) => Math.max(1, p.inStep - attemptsMost(p, 'exponential') * takenAtOnce(p)));
export const wave = limit((p) => Math.max(0, p.inStep - takenAtOnce(p)) / 2 / toSeconds(INTERVAL));

/**
 * With full jitter the k-th retry of a job is anywhere in a stretch of base x 2^(k-1): the chance that it is in one window w
 * is at most w / (base x 2^(k-1)), and over all k at most 2 w / base. The users' retries are beside that.
 */
export const spread = limit((p) => {
  const [window, base] = [toSeconds(INTERVAL), toSeconds(p.base)];
  const users = p.rate * attemptsMost(p, 'full-jitter') * window;
  return poissonMost(p.inStep * Math.min(1, (2 * window) / base) + users) / window;
});

/**
 * While the first retries come, faster than the dependency can do them, it is never idle: it answers in time what it took at
 * the first instant, if its line is short enough, and what it can do in one first wait beside the users' requests.
 */
export const failuresSpread = limit((p) => {
  const isShort = backlog(p) / capacityOf(p) < toSeconds(p.attemptTimeout);
  const jobs = Math.max(0, p.inStep - (isShort ? backlog(p) : 0));
  const done = isShort ? Math.min(jobs, Math.max(0, capacityOf(p) - p.rate) * toSeconds(p.base)) : 0;
  return jobs - poissonLow(done);
});

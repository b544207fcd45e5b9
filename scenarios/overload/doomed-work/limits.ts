/**
 * What is claimed of doomed work, worked out from the parameters. Nothing here looks at a run.
 *
 * The stock can do C = workers / load time looks a second, and C / slowdown in the trouble. While every attempt fails a request makes
 * A of them: as many as its attempts in one tier, or to the power of the tiers. What is more than the stock can do gathers in its
 * line; a line that takes longer than an attempt waits holds nothing but attempts that are given up.
 */
import {
  CODEL_INTERVAL,
  CODEL_TARGET,
  exp,
  ms,
  NotClaimed,
  pow,
  s,
  toSeconds,
  type Duration,
} from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { SHAPE } from '../../application/distances.ts';
import { troubleLasts, troubleUntil } from '../../application/trouble.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(250);
export const SETTLED = s(1);
/** Tiers that can ask again: the gateway, orders and prices. */
export const TIERS = 3;
/** What a tier allows for the way, beyond what the tier behind it may take. */
export const SLACK = ms(20);

const limit = limitOf<Values>;

export const capacity = (p: Values): number => capacityOf({ cores: p.workers, loadTime: p.loadTime });
export const slowCapacity = (p: Values): number => capacity(p) / p.slowdown;

const after = (p: Values): number => Math.max(0, toSeconds(p.length) - troubleUntil(p));

/** Attempts at the stock of one request that fails: of all who ask again, one after the other, as many as its user's patience allows. */
export const attemptsEach = (p: Values): number => {
  const asked = pow(p.attempts, p.retriesIn === 'every-tier' ? TIERS : 1);
  return Math.max(1, Math.min(asked, Math.floor(p.patience / p.timeout)));
};

/**
 * If A x rate is more than the stock can do, the line never gets shorter, and whoever comes fails to the
 * end of the run. Not before it has failed for its whole patience can a request be told from one that is slow.
 */
export const isStuck = (p: Values): boolean => {
  // The newest first, short waits and tiers that ask once have an end of it; and without more than it can do nothing begins.
  const goesOn = (p.line === 'fifo' || p.line === 'deadline') && !p.throttled && p.deadlines === 'each-tier';
  return goesOn && p.rate >= slowCapacity(p) && p.rate * attemptsEach(p) > capacity(p);
};
const stuckFor = (p: Values): number => (isStuck(p) ? Math.max(0, after(p) - toSeconds(p.patience)) : 0);
export const toTheEnd = limit(stuckFor);

/** Each of these makes all of its attempts but the last, for which its user's patience may be too short; the others make one. */
export const amplified = limit((p) => {
  const measured = toSeconds(p.length - WARM_UP);
  return 1 + (Math.max(0, attemptsEach(p) - 2) * stuckFor(p)) / measured;
});

/** With retries in one tier no request makes more than its attempts; those that came before the warm-up are the rest. */
export const noMoreThanOneTier = limit((p) => p.attempts + 0.01);

/** What gathers in the line while the stock is slow, if everybody makes all attempts of one tier. */
const gathers = (p: Values): number => {
  const comes = p.rate * p.attempts * troubleLasts(p);
  return Math.max(0, poissonMost(comes) - poissonLow(Math.min(comes, slowCapacity(p) * troubleLasts(p))));
};

/** It is worked off with what the stock can do beside the attempts that keep coming; and the last who wait, wait. */
export const workedOff = limit((p) => {
  const spare = capacity(p) - p.rate * p.attempts;
  const most = after(p);
  return spare > 0 ? Math.min(most, gathers(p) / spare + toSeconds(p.patience)) : most;
});

/** gRPC's own example: `maxTokens` and `tokenRatio`. */
export const THROTTLE = { maxTokens: 10, tokenRatio: 0.1 };
/**
 * Of c calls a throttled tier makes no more than c + (c r + M / 2): a retry follows a failure that has taken a token and left more than
 * half of them; there are M to begin with, and a success puts r back. So over three tiers, one after the other.
 */
const throttled = (calls: number): number => {
  const ofTier = (asked: number): number => asked * (1 + THROTTLE.tokenRatio) + THROTTLE.maxTokens / 2;
  return ofTier(ofTier(ofTier(calls)));
};
export const throttledAttempts = limit((p) => {
  const measured = poissonLow(p.rate * toSeconds(p.length - WARM_UP));
  // What came before the warm-up may be asked for behind it.
  return measured > 0 ? throttled(measured) / measured + 0.01 : pow(p.attempts, TIERS);
});
/** What gathers in the trouble is worked off as above. */
export const throttledWorkedOff = limit((p) => {
  const comes = throttled(poissonMost(p.rate * troubleLasts(p)));
  const left = Math.max(0, comes - poissonLow(Math.min(p.rate, slowCapacity(p)) * troubleLasts(p)));
  const spare = capacity(p) - throttled(p.rate);
  return spare > 0 ? Math.min(after(p), left / spare + toSeconds(p.patience)) : after(p);
});

/**
 * A line that turns away whoever waited for an attempt's time, or has the newest first, is as good as empty when the stock is fast
 * again: what is begun then is done in time, but for what the workers still hold and whoever was in the midst of failing.
 */
export const atOnce = limit((p) => Math.min(after(p), toSeconds(p.patience)));

/**
 * A line that is told of no deadline turns nobody away: once it is worked off all that was asked for is done, but for what came last.
 * With at most half of what the stock can do there are n more in line than workers with a chance of less than 2^-n.
 */
export const nothingIsThrownAway = limit((p) => {
  const asked = poissonLow(p.rate * toSeconds(p.length - WARM_UP));
  const isCalm = p.rate * p.attempts <= capacity(p) / 2;
  if (p.deadlines !== 'forgotten' || p.line === 'codel' || !isCalm || asked <= 0) return 0;
  const isWorkedOff = gathers(p) / (capacity(p) - p.rate * p.attempts) + toSeconds(p.patience) < after(p);
  return isWorkedOff ? 1 - (p.workers + MOST_IN_LINE) / asked : 0;
});
/** 2^-15 is once in thirty thousand times. */
const MOST_IN_LINE = 15;

/** What the stock is told of an attempt's time: the last tier's own, or the gateway's, which allows for the way through the others. */
const attemptLasts = (p: Values): Duration => p.timeout + (p.deadlines === 'each-tier' ? 0 : (TIERS - 1) * SLACK);

const SHORT_LINE = new NotClaimed('the line before the stock need not get longer than an attempt');
/**
 * Told of no deadline the stock works for nobody, once its line takes longer than an attempt: from then on A attempts are made of each
 * request, all in vain, until what gathers is worked off beside those that still come. Where the stock in trouble does just what comes, its
 * line is a random walk, which takes q^2 / variance a second to be q long; with less to do it may never be.
 */
export const looksForNobody = limit((p) => {
  const [fast, slow, lasts] = [capacity(p), slowCapacity(p), toSeconds(attemptLasts(p))];
  const each = Math.min(p.attempts, Math.floor(p.patience / attemptLasts(p)));
  const isUntold = p.deadlines === 'forgotten' && (p.line === 'fifo' || p.line === 'deadline');
  const failing = troubleLasts(p) - (slow * lasts * lasts) / (1 + 1 / SHAPE);
  if (!isUntold || p.retriesIn !== 'gateway' || p.throttled || p.rate < slow || each < 1 || failing <= 0) {
    return SHORT_LINE;
  }
  const inTrouble = slow * failing;
  const spare = fast - p.rate * each;
  // All that the stock can do to the end of the run, or until the line is worked off: then the last who wait do so for less than an attempt.
  const toTheEnd = poissonLow(inTrouble + fast * after(p));
  if (spare <= 0) return Math.max(0, toTheEnd);
  const gain = fast / spare;
  const deviation = Math.sqrt(gain * gain * each * each * p.rate * failing + (gain - 1) * (gain - 1) * inTrouble);
  const workedOff = inTrouble + (p.rate * each * failing - inTrouble) * gain - DEVIATIONS * deviation - fast * lasts;
  return Math.max(0, Math.min(toTheEnd, workedOff));
});
/** Nothing is begun for who has gone, so only what was begun in the trouble can be too late; and what follows it, one timeout. */
export const begunInTrouble = limit((p) =>
  poissonMost(slowCapacity(p) * troubleLasts(p) + capacity(p) * toSeconds(attemptLasts(p))),
);

/**
 * The newest first: whoever is next came less than so long ago that its attempt can still be done. The newest of a Poisson stream came
 * more than t ago with the chance exp(-rate t); half of all looks take less than their mean. Retries only make the newest younger.
 */
const fresh = (p: Values): number => {
  const slack = toSeconds(p.timeout) - toSeconds(p.loadTime) * p.slowdown - 0.002;
  if (slack <= 0) return 0;
  return (1 - exp(-p.rate * slack)) / 2;
};
const settled = (p: Values): number => Math.max(0, troubleLasts(p) - toSeconds(SETTLED));
export const newestAreServed = limit((p) => poissonLow(Math.min(p.rate, slowCapacity(p)) * fresh(p) * settled(p)));

/**
 * Controlled delay, while the line is a standing one: a worker takes somebody who has waited for less than twice the target, or waits
 * for the next who comes. But for the first of each interval, everybody who is served can still be served in time, and half of all
 * looks take less than their mean.
 */
export const shortWaitsAreServed = limit((p) => {
  const look = toSeconds(p.loadTime) * p.slowdown;
  if (toSeconds(p.timeout) < toSeconds(2 * CODEL_TARGET) + look + 0.002) return 0;
  const looks = Math.min(p.rate, p.workers / (look + 1 / p.rate)) - 1 / toSeconds(CODEL_INTERVAL);
  return poissonLow((Math.max(0, looks) / 2) * settled(p));
});

/**
 * CoDel by the RFC has dropped (t / 2 intervals)^2 t seconds into a standing line, while e t more have come than were done: the line is as good
 * as gone only at 4 e intervals squared. As long as what is left, at the least that comes and the most that is done by chance, takes longer
 * than an attempt, all looks are for nobody.
 */
export const droppedTooSlowly = limit((p) => {
  const [slow, attempts] = [slowCapacity(p), Math.min(p.attempts, attemptsEach(p))];
  const excess = p.rate * attempts - slow;
  const spread = p.rate * attempts * attempts + slow;
  const interval = toSeconds(CODEL_INTERVAL);
  if (p.line !== 'codel-rfc8289' || p.deadlines !== 'each-tier' || p.throttled || excess <= 0) return NO_LINE;
  const step = troubleLasts(p) / STEPS;
  let standing = 0;
  for (let i = 1; i <= STEPS; i++) {
    const t = i * step;
    const left = excess * t - (t * t) / (4 * interval * interval) - DEVIATIONS * Math.sqrt(spread * t);
    if (left > slow * toSeconds(p.timeout)) standing += step;
  }
  return poissonLow(slow * standing);
});
/** Into which the trouble is cut to be added up. */
const STEPS = 200;
const NO_LINE = new NotClaimed('the line before the stock need not stand');

/**
 * What is claimed of each way to retry, worked out from the parameters. Nothing here looks at a run.
 *
 * Orders of the first customer, one in `customers`, are poison from a moment on; independently of that a share of all fails
 * twice. Both are Poisson numbers. An order that fails always has its attempts and is given up with all of its retries used.
 */
import { exp, pow, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonLow, poissonMost } from '../../application/chance.ts';
import type { Values } from './params.ts';

/** Customers have stopped so long before the end that everything has been tried as often as it may. */
export const DRAIN = s(10);

const limit = limitOf<Values>;

const end = (p: Values): number => toSeconds(p.length - DRAIN);
const poisonFor = (p: Values): number => Math.max(0, end(p) - toSeconds(p.poisonAt));
const poison = (p: Values): number => (p.rate / p.customers) * poisonFor(p);
const orders = (p: Values): number => p.rate * end(p);
/** Orders that fail twice; they need two retries. */
const transient = (p: Values): number => orders(p) * p.transientShare;

export const retriesMost = limit((p) => p.retries);

/** A transient failure is given up too where two retries are not to be had. */
const givenUp = (p: Values): number => poison(p) + (p.retries < 2 ? transient(p) : 0);
export const givenUpLeast = limit((p) => (givenUp(p) > 0 ? poissonLeast(givenUp(p)) : 0));
export const givenUpMost = limit((p) => poissonMost(givenUp(p)));

/**
 * A consumer that gives poison back to the head of the line does nothing else from then on. The first comes after an
 * exponential time of mean customers / rate: twelve and a half times that once in some hundred thousand runs.
 */
const blockedFor = (p: Values): number => Math.max(0, poisonFor(p) - (12.5 * p.customers) / p.rate);
export const blocked = limit((p) => poissonLow(p.rate * blockedFor(p)));

/** The line while one poison order has its attempts and the waits between them in place. */
const waits = (p: Values): number => toSeconds(p.base) * (pow(2, p.retries) - 1);
export const lineBehindWaits = limit((p) => (poison(p) < 12 ? 0 : poissonLow(p.rate * waits(p))));

/**
 * The line where attempts follow each other at once, by the mean of a line that is served in order (Pollaczek-Khinchine):
 * orders take their attempts' time S, with a mean of the load over the rate. Geometric beyond that: the load is the chance
 * that one more is there, and the longest of a run's lines is by its logarithm longer than the mean.
 */
const attempts = (p: Values): number => 1 + p.retries / p.customers + 2 * p.transientShare;
const load = (p: Values): number => p.rate * toSeconds(p.workTime) * attempts(p);
export const shortLine = limit((p) => {
  if (load(p) > 0.5) return orders(p);
  // Orders that come while a poison one is tried, and those of half a second's bad luck.
  const during = p.rate * toSeconds(p.workTime) * (p.retries + 1) * 2;
  return poissonMost(during) + 2 * DEVIATIONS;
});

/** A crash each time that one of these orders was published again and the draw says so; both copies succeed later. */
export const doubled = limit((p) => {
  const mean = transient(p) * Math.min(2, p.retries) * p.crashShare;
  return mean < 12 ? 0 : poissonLeast(mean / 2);
});

/**
 * With a delay of each message's own, one that waits for the shortest delay stands behind those of four times that, if there
 * are any: poison orders have one each for most of their time. Somebody is late by the shortest delay at least.
 */
export const late = limit((p) => (p.retries >= 5 && poison(p) >= 12 && transient(p) >= 12 ? toSeconds(p.delay) : 0));

/**
 * Nobody waits at the end: with a tenth of its time to spare beside attempts, waits and deaths the worker has caught up by then.
 * Where it has not, nothing is claimed.
 */
const AWAY_SECONDS = 0.5;
export const DOWNTIME = s(AWAY_SECONDS);
export const settled = limit((p) => {
  const again = p.rate * (p.transientShare * 2 + p.retries / p.customers);
  const away = again * p.crashShare * AWAY_SECONDS;
  const waiting = (p.rate / p.customers) * waits(p) + p.rate * p.transientShare * 3 * toSeconds(p.base);
  return load(p) + Math.max(away, waiting) < 0.9 ? 0 : orders(p);
});

const delayFor = (p: Values): Duration => p.delay * 3;
/**
 * Orders that fail twice wait for two delays, in which another of their customer's overtakes them with this chance at least;
 * it does not count if that one fails as well.
 */
export const overtaken = limit((p) => {
  if (p.retries < 2) return 0;
  const others = 1 - exp((-p.rate / p.customers) * toSeconds(delayFor(p)));
  const mean = transient(p) * others * (1 - p.transientShare) * (1 - 1 / p.customers);
  return poissonLow(mean);
});

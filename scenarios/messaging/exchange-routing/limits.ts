/**
 * What is claimed of each exchange, worked out from the parameters. Nothing here looks at a run.
 *
 * An event is of one of three regions and, until the change, of one of three kinds, all alike: it is wanted by the auditor
 * and, with a chance of a third each, by billing, shipping and the desk of its region. The numbers of events with a property
 * are Poisson numbers, independent of each other.
 *
 * Consistent hashing: a customer has a bucket by itself, uniformly (Lamping & Veach 2014, section 2). Whoever joins takes a
 * share of w / W of the customers, its buckets among all, and nobody else moves. Who leaves should move its own share alone.
 * But buckets are numbered in a row and those behind move up: when the first of n goes, the owner of each bucket is the one
 * behind, and only customers of the last buckets, which must be placed anew, can come where they were: 1 - 1 / (n (n - 1))
 * of them move.
 */
import { exp, pow, s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, oncePerRun, poissonLeast, poissonLow, poissonMost } from '../../application/chance.ts';
import type { Values } from './params.ts';

/** Users have stopped so long before the end that everything has been received. */
export const DRAIN = s(2);

const limit = limitOf<Values>;

const end = (p: Values): number => toSeconds(p.length - DRAIN);
const before = (p: Values): number => Math.min(toSeconds(p.changeAt), end(p));
const after = (p: Values): number => Math.max(0, end(p) - toSeconds(p.changeAt));

/** Events of the kind that nobody knew when the bindings were made. */
const unknown = (p: Values): number => p.rate * p.newShare * after(p);
const old = (p: Values): number => p.rate * end(p) - unknown(p);

/** Where so few are due that there may be none, none are claimed: of twelve there are some but for once in 160,000 runs. */
const SURE = 12;
const least = (expected: number): number => (expected < SURE ? 0 : poissonLeast(expected));

export const unknownLeast = limit((p) => least(unknown(p)));
export const unknownMost = limit((p) => poissonMost(unknown(p)));
/** The auditor misses each of them, the desk a third. */
export const missed = limit((p) => least(unknown(p)) + poissonLow(unknown(p) / 3));

/** Of an old event two in three are not for billing, not for shipping, not for the desk; a new one is for neither of two. */
const unwanted = (p: Values): number => 2 * old(p) + (2 + 2 / 3) * unknown(p);
/** A sum of at most three copies an event, and of one at least. */
export const unwantedLeast = limit((p) => {
  const events = p.rate * end(p);
  return events < SURE ? 0 : Math.max(1, unwanted(p) - DEVIATIONS * 3 * Math.sqrt(events));
});

interface Customers {
  /** The share of the first, and the sum of the squares of all shares. */
  readonly first: number;
  readonly squares: number;
  /** Those of whom events came before the change and after it: the mean. */
  readonly seenTwice: number;
}

const customers = oncePerRun((p: Values): Customers => {
  let sum = 0;
  for (let k = 1; k <= p.customers; k++) sum += pow(k, -p.exponent);
  let [squares, seenTwice] = [0, 0];
  for (let k = 1; k <= p.customers; k++) {
    const share = pow(k, -p.exponent) / sum;
    squares += share * share;
    seenTwice += (1 - exp(-p.rate * before(p) * share)) * (1 - exp(-p.rate * after(p) * share));
  }
  return { first: 1 / sum, squares, seenTwice };
});

/** The share of customers that have another worker after the change. */
function movingShare(p: Values): number {
  if (p.change === 'one-joins') return p.newcomerWeight / (p.workers * p.weight + p.newcomerWeight);
  return p.change === 'last-leaves' ? 1 / p.workers : 1 - 1 / (p.workers * (p.workers - 1));
}

/** A sum of independent events with a chance each: it varies less than a Poisson number of its mean. */
export const movedMost = limit((p) => poissonMost(customers(p).seenTwice * movingShare(p)));
export const movedLeast = limit((p) => Math.max(0, customers(p).seenTwice * movingShare(p) - spread(p)));
const spread = (p: Values): number => DEVIATIONS * Math.sqrt(customers(p).seenTwice * movingShare(p));

/**
 * The busiest worker: its customers' shares add up to 1 / n, give or take the root of (1 / n)(1 - 1 / n) times the sum of
 * their squares; its events have their own chance. Claimed where all weights are alike.
 */
const workersAfter = (p: Values): number => p.workers + (p.change === 'one-joins' ? 1 : -1);
export const skewMost = limit((p) => {
  const n = workersAfter(p);
  const events = p.rate * after(p);
  if (events < 1 || (p.change === 'one-joins' && p.newcomerWeight !== p.weight)) return n;
  const share = 1 / n + DEVIATIONS * Math.sqrt(customers(p).squares * (1 / n) * (1 - 1 / n));
  return Math.min(n, n * (share + DEVIATIONS * Math.sqrt(share / events)));
});
/** Somebody has the first customer, whatever else. */
export const skewOfFirst = limit((p) => {
  const { first } = customers(p);
  const events = Math.max(1, p.rate * after(p));
  return Math.max(1, workersAfter(p) * (first - DEVIATIONS * Math.sqrt(first / events)));
});

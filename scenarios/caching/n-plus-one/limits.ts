/**
 * What is claimed of a page of many items, worked out from the parameters: how many of its items are missing, how many
 * queries that makes, how long they take. Nothing here looks at a run.
 */
import { s, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../application/chance.ts';
import { FAR_MAX, SHAPE } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(6);

/** Of the messages' time, spread evenly around its mean. */
export const SPREAD = 0.2;

const limit = limitOf<Values>;

const pagesMeasured = (p: Values): number => p.rate * toSeconds(p.length - WARM_UP);

/**
 * Missing items of a page, at least. An item of the rate lambda lives for T after it was loaded and then waits for its next
 * reader: of 1 + lambda T readers one misses. The items of a page are all different, which shows popular ones less often
 * and rare ones more often than lambda says, so more are missing. A page's number of them varies by no more than that of
 * independent items.
 */
function missingLeast(p: Values): number {
  let missing = 0;
  for (const share of zipfProbabilities(p.keys, p.exponent)) {
    missing += share / (1 + p.rate * p.items * share * toSeconds(p.ttl));
  }
  const mean = p.items * missing;
  return Math.max(0, mean - DEVIATIONS * Math.sqrt(mean / pagesMeasured(p)));
}

/** The list, and a query for each missing item. */
export const queryAnItem = limit((p) => 1 + missingLeast(p));

/** The list, and one query for all that is missing. */
export const TWO_TRIPS = 2;

/** One query alone, from the application and back, at least in the mean of many. */
const tripLeast = (p: Values): number => 0.95 * toSeconds(p.queryTime) + 2 * (1 - SPREAD) * toSeconds(p.distance);

/** Queries one after the other: their times add up. */
export const oneAfterTheOther = limit((p) => Math.min(toSeconds(p.timeout), (1 + missingLeast(p)) * tripLeast(p)));

/** The share of the database's processors that two queries a page take, all items missing. */
const load = (p: Values): number =>
  Math.min(0.99, (p.rate * (2 * toSeconds(p.queryTime) + (p.items - 1) * toSeconds(p.rowTime))) / p.cores);

/** A page of two queries of demands far above the mean, all items missing, on processors that are shared. */
export const twoTrips = limit((p) => {
  const demand =
    2 * toSeconds(p.queryTime) * (1 + DEVIATIONS / Math.sqrt(2 * SHAPE)) + (p.items - 1) * toSeconds(p.rowTime);
  const messages = 4 * (1 + SPREAD) * toSeconds(p.distance) + toSeconds(2 * FAR_MAX);
  return Math.min(toSeconds(p.timeout), demand / (1 - load(p)) + messages);
});
/** Two queries a page and a second, by a Poisson number of pages. */
export const twoQueriesAPage = limit((p) => {
  const pages = pagesMeasured(p);
  return (2 * (pages + DEVIATIONS * Math.sqrt(pages))) / toSeconds(p.length - WARM_UP);
});

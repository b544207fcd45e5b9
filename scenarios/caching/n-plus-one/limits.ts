/**
 * What is claimed of a page of many items, worked out from the parameters: how many of its items are missing, how many
 * queries that makes, how long they take. Nothing here looks at a run.
 */
import { exp, s, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, oncePerRun } from '../../application/chance.ts';
import { FAR_MAX, FAR_MIN, SHAPE } from '../../application/distances.ts';
import { chanceOfWaiting } from '../../application/queue.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(6);

/** Of the messages' time, spread evenly around its mean. */
export const SPREAD = 0.2;

const limit = limitOf<Values>;

/** One way of a user's message, in the mean. */
const FAR_MEAN = (FAR_MIN + FAR_MAX) / 2;

const pagesMeasured = (p: Values): number => p.rate * toSeconds(p.length - WARM_UP);

/**
 * How often each item is on a page. Its items are drawn one after the other, each once, so popular ones are on it less often
 * than twelve times their share: with the chance 1 - e^(-x share), x such that the chances add up to the items of a page (B.
 * Rosén: Asymptotic theory for successive sampling with varying probabilities without replacement, Annals of Mathematical
 * Statistics 43, 1972).
 */
function shownOf(p: Values): number[] {
  const shares = zipfProbabilities(p.keys, p.exponent);
  // The sum of the chances is concave in x and below the items where x equals them, so Newton's steps rise to the root.
  let x = p.items;
  for (;;) {
    let [missed, slope] = [p.items - shares.length, 0];
    for (const share of shares) {
      const absent = exp(-x * share);
      missed += absent;
      slope += share * absent;
    }
    if (missed < 1e-9 * p.items) return shares.map((share) => 1 - exp(-x * share));
    x += missed / slope;
  }
}

/**
 * Missing items of a page. An item of the rate lambda lives for T after it was loaded and then waits for its next reader: of
 * 1 + lambda T readers one misses, and those who come while it is being loaded.
 */
const missingOf = oncePerRun((p: Values): number =>
  shownOf(p).reduce((sum, shown) => sum + shown / (1 + p.rate * shown * toSeconds(p.ttl)), 0),
);

/** At least: a page's number varies by no more than that of independent items; and the law of the items is asymptotic. */
function missingLeast(p: Values): number {
  const mean = missingOf(p);
  return Math.max(0, 0.99 * mean - DEVIATIONS * Math.sqrt(mean / pagesMeasured(p)));
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

/**
 * All at once: the list, and then the slowest of the missing items' queries. Of n of them it is above their mean by no more
 * than (n - 1) / sqrt(2 n - 1) deviations, in the mean (Gumbel; Hartley and David, both 1954), which is concave in n. A
 * page's queries come together, so as many cores are one server for pages; that they wait for each other is M/M/k of such
 * (Erlang C), which sharing keeps to whatever the demands are. Their number deviates by chance, as the mean of so many times does.
 * Nothing is claimed where queries wait for connections, pages for the application, or one page's queries for each other.
 */
export const atOnce = limit((p) => {
  const missing = Math.max(1, missingOf(p) + DEVIATIONS * Math.sqrt(missingOf(p) / pagesMeasured(p)));
  const slowest = 1 + (missing - 1) / Math.sqrt(2 * missing - 1) / Math.sqrt(SHAPE);
  const servers = Math.floor(p.cores / missing);
  const service = toSeconds(p.queryTime);
  const arrivals = p.rate * (1 + 1 / missing);
  const offered = arrivals * service;
  if (servers < 2 || servers <= offered || p.connections < p.cores) return toSeconds(p.timeout);
  const slowed = 1 + chanceOfWaiting({ workers: servers, service, arrivals }) / (servers - offered);
  const messages = toSeconds(2 * FAR_MEAN + 4 * p.distance);
  const mean = (1 + slowest) * toSeconds(p.queryTime) * slowed + messages;
  const most = mean * (1 + DEVIATIONS / Math.sqrt(pagesMeasured(p)));
  return p.concurrency < 2 * p.rate * most ? toSeconds(p.timeout) : Math.min(toSeconds(p.timeout), most);
});

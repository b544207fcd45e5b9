/**
 * What is claimed of synchronized expiry, worked out from the parameters.
 *
 * All keys expire at once: of a key that is asked for by a Poisson process of rate r the first request within t comes
 * with chance 1 - exp(-r t), so the keys that have been asked for again by then, each a load, are on average
 * D(t) = sum over the keys of 1 - exp(-r t), with the variance of a sum of independent chances.
 *
 * With jitter a key's expiry has the density 1 / (b - a), a and b being the least and the greatest time to live, and the
 * wait for its next reader only spreads that. In later rounds the chance of an expiry per second is a mean over that of
 * one round before, and does not rise; where b reaches beyond 2 a, rounds overlap, and it is at most
 * exp((b - 2 a) / (b - a)) times as much (the renewal equation m' = m(t - a) / (b - a), solved from above).
 */
import { exp, intervalOf, ms, s, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const INTERVAL = ms(250);

const limit = limitOf<Values>;

const rowOf = (p: Values): number => toSeconds(intervalOf({ interval: INTERVAL }, p.length));

/** Keys that have been asked for again between two moments after the expiry, in seconds: at least so many. */
export function keysAskedFor(p: Values, from: number, to: number): number {
  let keys = 0;
  let variance = 0;
  for (const share of zipfProbabilities(p.keys, p.exponent)) {
    const chance = exp(-share * p.rate * from) - exp(-share * p.rate * to);
    keys += chance;
    variance += chance * (1 - chance);
  }
  return Math.max(0, keys - DEVIATIONS * Math.sqrt(variance));
}

/**
 * Loads that reach the store in the fullest row of the series, at least: the herd begins within a row or at its start,
 * and either what is left of that row or the next one holds so many. What is under way to the store at a row's end
 * counts for the next.
 */
export const herdRate = limit((p) => {
  const row = rowOf(p);
  const left = row - (toSeconds(p.ttl) % row);
  const onTheWay = toSeconds(2 * FAR_MAX + 4 * NEAR_MAX);
  const first = keysAskedFor(p, 0, Math.max(0, left - onTheWay));
  const second = keysAskedFor(p, left, left + row - onTheWay);
  return Math.max(first, second) / row;
});

/** How often that time is looked at: its worst moment is the worst of these. */
const LOOKS = 10;

/**
 * Loads under way at the worst moment, at least: t after the expiry so many have begun, and the processors can have
 * ended no more than t cores / loadTime of them. What is looked at is the time while there are keys to load.
 */
function backlogOf(p: Values): number {
  const last = p.keys / capacityOf(p);
  let most = 0;
  for (let i = 1; i <= LOOKS; i++) {
    const t = (last * i) / LOOKS;
    most = Math.max(most, keysAskedFor(p, 0, t) - capacityOf(p) * t);
  }
  return most;
}
export const backlog = limit(backlogOf);
export const backlogConnected = limit((p) => Math.min(backlogOf(p), p.connections));

/**
 * What the slowest of a thousand requests waits for, at least: of that backlog, whatever the order, all but as many
 * loads as there are such requests have to be ended before.
 */
export const herdLatency = limit((p) => {
  const slowest = (p.rate * toSeconds(p.length - WARM_UP)) / 1000;
  return Math.min(toSeconds(p.timeout), Math.max(0, backlogOf(p) - slowest) / capacityOf(p));
});

/** Expiries of one key a second, at most. */
export function expiryDensity(p: Values): number {
  const least = toSeconds(p.ttl) * (1 - p.spread);
  const width = 2 * toSeconds(p.ttl) * p.spread;
  return exp(Math.max(0, (width - least) / width)) / width;
}

/** Loads a second: of each key one an expiry, and those of other instances' readers that come while it is under way. */
const spreadLoads = (p: Values): number =>
  Math.min(p.rate, (p.keys + p.rate * toSeconds(p.loadTime)) * expiryDensity(p));

/** The share of the database's processors that they take; at 1 it has no quiet. */
const spreadLoad = (p: Values): number => Math.min(1, (spreadLoads(p) * toSeconds(p.loadTime)) / p.cores);

/** Loads that reach the store in one row where expiries are spread, at most. */
export const spreadRate = limit((p) => poissonMost(spreadLoads(p) * rowOf(p)) / rowOf(p));

/** By Little's law their rate times their time, which at a load of rho is 1 / (1 - rho) times as long. */
export const spreadAtOnce = limit((p) =>
  Math.min(
    p.instances * p.concurrency,
    poissonMost((spreadLoads(p) * toSeconds(p.loadTime + 4 * NEAR_MAX)) / (1 - spreadLoad(p))),
  ),
);

/**
 * The slowest of a thousand requests waits for a load whose demand is `DEVIATIONS` above its mean, on processors shared
 * with the others, and for its messages; nobody waits longer than the timeout.
 */
export const quietLatency = limit((p) =>
  Math.min(
    toSeconds(p.timeout),
    (toSeconds(p.loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE))) / (1 - spreadLoad(p)) +
      toSeconds(2 * FAR_MAX + 12 * NEAR_MAX),
  ),
);

/**
 * What is claimed of negative caching, worked out from the parameters: how many reads reach the store, how many answers
 * are wrong, and for how long.
 *
 * A key that is asked for by a Poisson process of rate r and kept for T is loaded r / (1 + r T) times a second: each cycle
 * is T and the wait for the next reader. With no guard before the store, readers who come while a load of time d is under
 * way load as well, r d more in each cycle. Keys get their rows at the rate of creations in an order of chance, each once.
 */
import { exp, s, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonMost } from '../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);

const limit = limitOf<Values>;

const measuredOf = (p: Values): number => toSeconds(p.length - WARM_UP);

/** A load that nothing disturbs much: its demand is `DEVIATIONS` above its mean, or it shares the processors. */
const loadOf = (p: Values): number =>
  toSeconds(p.loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) + toSeconds(4 * NEAR_MAX);

/** How many of the keys get their row within a time, in the mean. */
const createdWithin = (p: Values, seconds: number): number => Math.min(p.absentKeys, p.creations * seconds);

/** Sum over keys of the square of each one's share: how far chance carries a sum over the requests for a few of them. */
const concentration = (p: Values): number =>
  zipfProbabilities(p.absentKeys, p.exponent).reduce((sum, share) => sum + share * share, 0);

/**
 * Lookups of keys without a row after the warm-up, at least: in each tenth of that time those of the keys that have none
 * at its end. Which keys these are is chance.
 */
export const lookupsInVain = limit((p) => {
  const tenth = measuredOf(p) / 10;
  const concentrated = concentration(p);
  let lookups = 0;
  for (let i = 1; i <= 10; i++) {
    const created = createdWithin(p, toSeconds(WARM_UP) + i * tenth) / p.absentKeys;
    const left = 1 - created - DEVIATIONS * Math.sqrt(created * (1 - created) * concentrated);
    lookups += p.rate * p.absentShare * tenth * Math.max(0, left);
  }
  return Math.max(0, lookups - DEVIATIONS * Math.sqrt(lookups));
});

/** Loads of the keys of one law a second, at most. */
function loadsOf(p: Values, keys: number, rate: number, kept: number): number {
  let loads = 0;
  for (const share of zipfProbabilities(keys, p.exponent)) {
    const r = share * rate;
    loads += Math.min(r, (r * (1 + r * loadOf(p))) / (1 + r * kept));
  }
  return loads;
}

/** Reads of keys with a row after the warm-up: those that have it all along, and as many of the others as get one. */
const readsOfRows = (p: Values): number =>
  measuredOf(p) *
    (loadsOf(p, p.keys, p.rate * (1 - p.absentShare), toSeconds(p.ttl)) +
      Math.min(1, (2 * createdWithin(p, toSeconds(p.length))) / p.absentKeys) *
        loadsOf(p, p.absentKeys, p.rate * p.absentShare, toSeconds(p.ttl))) +
  // Each row is loaded once when it is new, and written.
  2 * p.creations * measuredOf(p);

export const readsBehindNegativeCache = limit((p) =>
  poissonMost(
    readsOfRows(p) + measuredOf(p) * loadsOf(p, p.absentKeys, p.rate * p.absentShare, toSeconds(p.absenceTtl)),
  ),
);

/** The share of lookups that a filter lets through, at most: which keys it mistakes is chance, fewer keys are left. */
const mistakenShare = (p: Values): number => {
  const left = Math.max(0.25, 1 - createdWithin(p, toSeconds(p.length)) / p.absentKeys);
  return Math.min(
    1,
    p.falsePositives + DEVIATIONS * Math.sqrt((p.falsePositives * (1 - p.falsePositives) * concentration(p)) / left),
  );
};
export const falsePositives = limit(mistakenShare);

export const readsBehindFilter = limit((p) =>
  poissonMost(readsOfRows(p) + measuredOf(p) * p.rate * p.absentShare * mistakenShare(p)),
);

/**
 * An answer that there is no row is kept for its time to live from when it reached an instance, and what it says was so
 * when it left the store: after the row's creation it is served for that time and one way at most.
 */
export const invisibleWithNegativeCache = limit((p) => toSeconds(p.absenceTtl + NEAR_MAX));

/**
 * Two ways after its creation a key is in the filter. An instance's copy is replaced by the first request after its time,
 * which does not come within twenty mean gaps once in 500 million times; fetching it takes two ways.
 */
export const invisibleWithFilter = limit(
  (p) => toSeconds(p.copyEvery) + (20 * p.instances) / p.rate + toSeconds(4 * NEAR_MAX),
);

/**
 * Keys of which at least one answer is wrong, and so wrong answers, at least. A key of rate r gets its row while it is
 * known to have none (a chance of r T / (1 + r T) in a negative cache, always in a filter); how long that goes on being
 * said is evenly spread over T, and nobody asks meanwhile with a chance of (1 - exp(-r T)) / (r T).
 */
function wrongAtLeast(p: Values, T: number, known: (rT: number) => number): number {
  const created = createdWithin(p, toSeconds(p.length)) - createdWithin(p, toSeconds(WARM_UP));
  let chance = 0;
  for (const share of zipfProbabilities(p.absentKeys, p.exponent)) {
    const rT = share * p.rate * p.absentShare * T;
    chance += known(rT) * somebodyAsks(rT);
  }
  const keys = (created * chance) / p.absentKeys;
  return Math.max(0, keys - DEVIATIONS * Math.sqrt(keys));
}
/** 1 - (1 - exp(-x)) / x; by its series where the difference would cancel. */
const somebodyAsks = (x: number): number => (x < 1e-3 ? x / 2 - (x * x) / 6 : 1 - (1 - exp(-x)) / x);

export const wrongWithNegativeCache = limit((p) => wrongAtLeast(p, toSeconds(p.absenceTtl), (rT) => rT / (1 + rT)));
export const wrongWithFilter = limit((p) =>
  wrongAtLeast(p, Math.max(0, toSeconds(p.copyEvery - 2 * FAR_MAX)), () => 1),
);

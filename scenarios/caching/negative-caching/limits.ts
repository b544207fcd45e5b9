/**
 * What is claimed of negative caching, worked out from the parameters: how many reads reach the store, how many answers
 * are wrong, and for how long.
 *
 * A key that is asked for by a Poisson process of rate r and kept for T is loaded r / (1 + r T) times a second: each cycle
 * is T and the wait for the next reader. With no guard before the store, readers who come while a load of time d is under
 * way load as well, r d more in each cycle. Keys get their rows at the rate of creations in an order of chance, each once.
 */
import { exp, ln, s, toSeconds, zipfProbabilities } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
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
 * How long a key has no row, of the time after the warm-up: keys come up in an order of chance, at the rate of creations.
 * So a key has its row before the warm-up is over, or never in the run, or at a moment that is spread evenly between.
 */
function withoutRow(p: Values): { readonly mean: number; readonly variance: number } {
  const time = measuredOf(p);
  const early = createdWithin(p, toSeconds(WARM_UP)) / p.absentKeys;
  const never = 1 - createdWithin(p, toSeconds(p.length)) / p.absentKeys;
  // Where all keys have their row before the end, the last ones come sooner than that.
  const last = Math.min(time, Math.max(0, p.absentKeys / p.creations - toSeconds(WARM_UP)));
  const between = Math.max(0, 1 - early - never);
  const mean = never * time + (between * last) / 2;
  return { mean, variance: Math.max(0, never * time * time + (between * last * last) / 3 - mean * mean) };
}

/**
 * The sum over the keys that have no row at first of a rate, each for as long as it has none: with room to either side.
 * The moments are drawn without putting back, which varies less than independent draws do.
 */
function whileAbsent(p: Values, rates: readonly number[], side: 1 | -1): number {
  const { mean, variance } = withoutRow(p);
  const [sum, squares] = rates.reduce(([all, square], rate) => [all + rate, square + rate * rate], [0, 0]);
  return Math.max(0, sum * mean + side * DEVIATIONS * Math.sqrt(squares * variance));
}

/** Rates of the lookups of keys with these shares, and of their loads if what was found is kept for so many seconds. */
const ratesOf = (keys: number, exponent: number, rate: number): number[] =>
  zipfProbabilities(keys, exponent).map((share) => share * rate);
const absentRates = (p: Values): number[] => ratesOf(p.absentKeys, p.exponent, p.rate * p.absentShare);
const rowRates = (p: Values): number[] => ratesOf(p.keys, p.exponent, p.rate * (1 - p.absentShare));
const loadsMost =
  (p: Values, kept: number) =>
  (rate: number): number =>
    Math.min(rate, (rate * (1 + rate * loadOf(p))) / (1 + rate * kept));

const sumOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);

/**
 * Reads with no protection, at least: every lookup of a key that has no row, and of each key that has one all along one
 * for each time that it is kept and the wait for its next reader.
 */
export const readsInVain = limit((p) => {
  const kept = toSeconds(p.ttl);
  const rows = measuredOf(p) * sumOf(rowRates(p).map((rate) => rate / (1 + rate * kept)));
  // Entries live as long as they do: loads vary less than a Poisson number. And no more than the store can bear.
  const borne = (0.9 * measuredOf(p) * p.cores) / toSeconds(p.loadTime);
  return Math.min(borne, poissonLow(whileAbsent(p, absentRates(p), -1) + rows));
});

/** Reads of keys with a row after the warm-up, at most: those that have it all along, and the others once they have it. */
function readsOfRows(p: Values): number {
  const loads = loadsMost(p, toSeconds(p.ttl));
  const later = absentRates(p).map(loads);
  const present = measuredOf(p) * sumOf(later) - whileAbsent(p, later, -1);
  // Each row is loaded once when it is new, and written.
  return measuredOf(p) * sumOf(rowRates(p).map(loads)) + present + 2 * p.creations * measuredOf(p);
}

export const readsBehindNegativeCache = limit((p) =>
  poissonMost(readsOfRows(p) + whileAbsent(p, absentRates(p).map(loadsMost(p, toSeconds(p.absenceTtl))), 1)),
);

/**
 * Of so many keys that nobody ever creates a filter lets through the share that it is made for, at most, by chance as each
 * of them is mistaken or not. A Bloom filter's own share goes with the power k of the part of its bits that are set, and
 * this part deviates by less than 1 / (2 sqrt(bits)) (Bose et al. 2008); k and the bits are the usual ones.
 */
export const PROBES = 10_000;
export const mistaken = limit((p) => {
  const share = p.falsePositives;
  const hashes = Math.max(1, -ln(share) / ln(2));
  const bits = (p.keys * hashes) / ln(2);
  const own = share * (1 + (DEVIATIONS * hashes) / Math.sqrt(bits));
  return Math.min(1, own + DEVIATIONS * Math.sqrt((own * (1 - Math.min(1, own))) / PROBES));
});

/**
 * The share of lookups that a filter lets through, at most. Few keys make most of the lookups, and whether one of these is
 * mistaken is chance: that makes it a bad measure of a filter, and a large room here.
 */
const mistakenShare = (p: Values): number => {
  const left = Math.max(0.25, 1 - createdWithin(p, toSeconds(p.length)) / p.absentKeys);
  return Math.min(
    1,
    p.falsePositives + DEVIATIONS * Math.sqrt((p.falsePositives * (1 - p.falsePositives) * concentration(p)) / left),
  );
};

export const readsBehindFilter = limit((p) =>
  poissonMost(readsOfRows(p) + whileAbsent(p, absentRates(p), 1) * mistakenShare(p)),
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

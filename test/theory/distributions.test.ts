/**
 * Every distribution against its own law, on three fixed seeds: goodness of fit (Kolmogorov-Smirnov where it is
 * continuous, chi-square where it is discrete), mean and variance. A right sampler fails one fit in 10,000 seeds
 * (p below 1e-4); each fit is run against a slightly wrong law as well, which it must refuse (p below 1e-6), so that
 * a pass says something.
 */
import { describe, expect, it } from 'vitest';
import { bernoulli } from '../../sim-core/kernel/distributions/bernoulli.ts';
import { discrete } from '../../sim-core/kernel/distributions/discrete.ts';
import type { Distribution } from '../../sim-core/kernel/distributions/distribution.ts';
import { quantiles } from '../../sim-core/kernel/distributions/empirical.ts';
import { exponential } from '../../sim-core/kernel/distributions/exponential.ts';
import { erlang, gamma } from '../../sim-core/kernel/distributions/gamma.ts';
import { hyperexponential } from '../../sim-core/kernel/distributions/hyperexponential.ts';
import { logNormal, logNormalFromMeanAndP99 } from '../../sim-core/kernel/distributions/log-normal.ts';
import { normal } from '../../sim-core/kernel/distributions/normal.ts';
import { pareto } from '../../sim-core/kernel/distributions/pareto.ts';
import { uniform } from '../../sim-core/kernel/distributions/uniform.ts';
import { weibull } from '../../sim-core/kernel/distributions/weibull.ts';
import { zipf } from '../../sim-core/kernel/distributions/zipf.ts';
import { RandomStreams } from '../../sim-core/kernel/random-streams.ts';
import {
  chiSquare,
  kolmogorovSmirnov,
  normalCdf,
  regularizedGamma,
} from '../sim-core/kernel/distributions/goodness-of-fit.ts';

const SEEDS = [1, 2, 3];
const SAMPLES = 40_000;
const RIGHT = 1e-4;
const WRONG = 1e-6;

const draw = (distribution: Distribution, seed: number): number[] => {
  const random = new RandomStreams(seed).stream(distribution.describe());
  return Array.from({ length: SAMPLES }, () => distribution.sample(random));
};

type Cdf = (x: number) => number;
const cdf = {
  uniform:
    (low: number, high: number): Cdf =>
    (x) =>
      Math.min(1, Math.max(0, (x - low) / (high - low))),
  exponential:
    (mean: number): Cdf =>
    (x) =>
      -Math.expm1(-x / mean),
  hyperexponential:
    (share: number, a: number, b: number): Cdf =>
    (x) =>
      -share * Math.expm1(-x / a) - (1 - share) * Math.expm1(-x / b),
  normal:
    (mean: number, deviation: number): Cdf =>
    (x) =>
      normalCdf((x - mean) / deviation),
  logNormal:
    (median: number, sigma: number): Cdf =>
    (x) =>
      normalCdf(Math.log(x / median) / sigma),
  pareto:
    (shape: number, scale: number): Cdf =>
    (x) =>
      x < scale ? 0 : 1 - (scale / x) ** shape,
  gamma:
    (shape: number, scale: number): Cdf =>
    (x) =>
      regularizedGamma(shape, x / scale),
  weibull:
    (shape: number, scale: number): Cdf =>
    (x) =>
      -Math.expm1(-((x / scale) ** shape)),
  quantiles:
    (median: number): Cdf =>
    (x) =>
      x < median ? ((x - 1) / (median - 1)) * 0.5 : 0.5 + ((x - median) / (20 - median)) * 0.5,
};

const continuous: { distribution: Distribution; right: Cdf; wrong: Cdf }[] = [
  { distribution: uniform(-2, 6), right: cdf.uniform(-2, 6), wrong: cdf.uniform(-2, 6.3) },
  { distribution: exponential(5), right: cdf.exponential(5), wrong: cdf.exponential(5.3) },
  {
    distribution: hyperexponential([
      { weight: 3, mean: 1 },
      { weight: 1, mean: 20 },
    ]),
    right: cdf.hyperexponential(0.75, 1, 20),
    wrong: cdf.hyperexponential(0.72, 1, 20),
  },
  { distribution: normal(10, 3), right: cdf.normal(10, 3), wrong: cdf.normal(10, 3.3) },
  { distribution: logNormal(5, 0.5), right: cdf.logNormal(5, 0.5), wrong: cdf.logNormal(5.2, 0.5) },
  { distribution: logNormal(5, 2), right: cdf.logNormal(5, 2), wrong: cdf.logNormal(5, 2.2) },
  { distribution: pareto(1.2, 2), right: cdf.pareto(1.2, 2), wrong: cdf.pareto(1.28, 2) },
  { distribution: pareto(5, 2), right: cdf.pareto(5, 2), wrong: cdf.pareto(5.3, 2) },
  { distribution: gamma(0.05, 2), right: cdf.gamma(0.05, 2), wrong: cdf.gamma(0.054, 2) },
  { distribution: gamma(0.5, 2), right: cdf.gamma(0.5, 2), wrong: cdf.gamma(0.54, 2) },
  { distribution: gamma(1, 2), right: cdf.gamma(1, 2), wrong: cdf.gamma(1.06, 2) },
  { distribution: gamma(1.1, 2), right: cdf.gamma(1.1, 2), wrong: cdf.gamma(1.17, 2) },
  { distribution: gamma(30, 2), right: cdf.gamma(30, 2), wrong: cdf.gamma(30.5, 2) },
  { distribution: erlang(3, 6), right: cdf.gamma(3, 2), wrong: cdf.gamma(3, 2.1) },
  { distribution: weibull(0.7, 3), right: cdf.weibull(0.7, 3), wrong: cdf.weibull(0.7, 3.3) },
  { distribution: weibull(4, 3), right: cdf.weibull(4, 3), wrong: cdf.weibull(4.4, 3) },
  {
    distribution: quantiles([
      { p: 0, value: 1 },
      { p: 0.5, value: 3 },
      { p: 1, value: 20 },
    ]),
    right: cdf.quantiles(3),
    wrong: cdf.quantiles(3.2),
  },
];

describe.each(continuous.map((entry) => ({ name: entry.distribution.describe(), ...entry })))(
  '$name',
  ({ distribution, right, wrong }) => {
    it.each(SEEDS)('fits its law, mean and variance, seed %i', (seed) => {
      const samples = draw(distribution, seed);
      expect(kolmogorovSmirnov(samples, right)).toBeGreaterThan(RIGHT);
      expectMoments(distribution, samples);
    });

    it('would not fit a slightly different law', () => {
      expect(kolmogorovSmirnov(draw(distribution, SEEDS[0]), wrong)).toBeLessThan(WRONG);
    });
  },
);

/** The probability of each key, summed one by one to rank 2,000, then in ever wider cells by the midpoint rule. */
function zipfCells(keys: number, exponent: number): { starts: number[]; shares: number[] } {
  const starts: number[] = [];
  const weights: number[] = [];
  for (let rank = 1; rank <= Math.min(keys, 2000); rank++) {
    starts.push(rank);
    weights.push(rank ** -exponent);
  }
  const integral = (x: number): number => (exponent === 1 ? Math.log(x) : x ** (1 - exponent) / (1 - exponent));
  for (let rank = 2001; rank <= keys;) {
    const next = Math.min(keys + 1, Math.ceil(rank * 1.1));
    starts.push(rank);
    weights.push(integral(next - 0.5) - integral(rank - 0.5));
    rank = next;
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { starts, shares: weights.map((weight) => weight / total) };
}

function zipfFit(samples: readonly number[], keys: number, exponent: number): number {
  const { starts, shares } = zipfCells(keys, exponent);
  const counts = new Uint32Array(starts.length);
  for (const key of samples) {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= key + 1) low = middle;
      else high = middle;
    }
    counts[low]++;
  }
  return chiSquare(
    counts,
    shares.map((share) => share * samples.length),
  );
}

describe.each([1, 2, 3, 10, 1000, 1_000_000, 100_000_000])('zipf over %i keys', (keys) => {
  it.each([0, 0.5, 0.99, 1, 1 + 1e-9, 1.2, 3])('fits the exponent %f and no other', (exponent) => {
    for (const seed of SEEDS) {
      const samples = draw(zipf(keys, exponent), seed);
      expect(zipfFit(samples, keys, exponent)).toBeGreaterThan(RIGHT);
      if (keys >= 10 && seed === SEEDS[0]) expect(zipfFit(samples, keys, exponent + 0.15)).toBeLessThan(WRONG);
      expectMoments(zipf(keys, exponent), samples);
    }
  });
});

describe.each(SEEDS)('choices, seed %i', (seed) => {
  it.each([
    { weights: [1, 0, 3, 6], wrong: [1, 0, 3, 6.8] },
    {
      weights: Array.from({ length: 300 }, (_, i) => i % 7),
      wrong: Array.from({ length: 300 }, (_, i) => (i + 1) % 7),
    },
  ])('discrete fits its weights', ({ weights, wrong }) => {
    const samples = draw(discrete(weights), seed);
    const counts = new Uint32Array(weights.length);
    for (const index of samples) counts[index]++;
    const due = (list: number[]): number[] =>
      list.map((weight) => (weight * SAMPLES) / list.reduce((a, b) => a + b, 0));
    expect(chiSquare(counts, due(weights))).toBeGreaterThan(RIGHT);
    expect(chiSquare(counts, due(wrong))).toBeLessThan(WRONG);
    expectMoments(discrete(weights), samples);
  });

  it.each([0, 0.01, 0.5, 0.999, 1])('bernoulli fits %f', (p) => {
    const samples = draw(bernoulli(p), seed);
    const ones = samples.filter((sample) => sample === 1).length;
    expect(ones + samples.filter((sample) => sample === 0).length).toBe(SAMPLES);
    if (p === 0 || p === 1) expect(ones).toBe(p * SAMPLES);
    else expect(chiSquare([SAMPLES - ones, ones], [SAMPLES * (1 - p), SAMPLES * p])).toBeGreaterThan(RIGHT);
  });
});

it('the log-normal of a mean and a 99th percentile has both', () => {
  for (const [mean, p99] of [
    [5, 6],
    [5, 30],
    [5, 74],
  ]) {
    const distribution = logNormalFromMeanAndP99(mean, p99);
    expect(distribution.mean).toBeCloseTo(mean, 10);
    const below = draw(distribution, 1).filter((sample) => sample <= p99).length;
    // 4.5 standard deviations of a binomial count.
    expect(Math.abs(below - 0.99 * SAMPLES)).toBeLessThan(4.5 * Math.sqrt(SAMPLES * 0.99 * 0.01));
  }
});

/**
 * The mean within 5 standard errors where the variance is finite; the variance as well where the tail is light enough
 * for the sample's own fourth moment to tell its error.
 */
function expectMoments({ mean, variance }: Distribution, samples: readonly number[]): void {
  if (variance === undefined || variance === Infinity) return;
  const n = samples.length;
  const average = samples.reduce((sum, x) => sum + x, 0) / n;
  let [second, fourth] = [0, 0];
  for (const x of samples) {
    second += (x - mean) ** 2 / n;
    fourth += (x - mean) ** 4 / n;
  }
  expect(Math.abs(average - mean)).toBeLessThanOrEqual(5 * Math.sqrt(variance / n) + 1e-9);
  if (fourth > 100 * second * second) return;
  expect(Math.abs(second - variance)).toBeLessThanOrEqual(
    5 * Math.sqrt(Math.max(0, fourth - second * second) / n) + 1e-9,
  );
}

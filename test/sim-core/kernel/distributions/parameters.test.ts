/** Every factory refuses wrong parameters in one clear sentence. */
import { describe, expect, it } from 'vitest';
import { bernoulli } from '../../../../sim-core/kernel/distributions/bernoulli.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { discrete } from '../../../../sim-core/kernel/distributions/discrete.ts';
import { empirical, quantiles } from '../../../../sim-core/kernel/distributions/empirical.ts';
import { exponential } from '../../../../sim-core/kernel/distributions/exponential.ts';
import { erlang, gamma } from '../../../../sim-core/kernel/distributions/gamma.ts';
import { hyperexponential } from '../../../../sim-core/kernel/distributions/hyperexponential.ts';
import { logNormal, logNormalFromMeanAndP99 } from '../../../../sim-core/kernel/distributions/log-normal.ts';
import { normal } from '../../../../sim-core/kernel/distributions/normal.ts';
import { pareto } from '../../../../sim-core/kernel/distributions/pareto.ts';
import { uniform } from '../../../../sim-core/kernel/distributions/uniform.ts';
import { weibull } from '../../../../sim-core/kernel/distributions/weibull.ts';
import { zipf } from '../../../../sim-core/kernel/distributions/zipf.ts';

describe('wrong parameters are refused with the field, what would be right, and the value', () => {
  it.each<[make: () => unknown, message: string]>([
    [() => constant(Number.NaN), 'constant.value must be a finite number, got NaN'],
    [() => uniform(-Infinity, 1), 'uniform.low must be a finite number, got -Infinity'],
    [() => uniform(2, 2), 'uniform.high must be above low (2), got 2'],
    [() => uniform(-1.7e308, 1.7e308), 'uniform.high - low must be a finite number, got Infinity'],
    [() => exponential(0), 'exponential.mean must be a finite number above 0, got 0'],
    [() => exponential(Infinity), 'exponential.mean must be a finite number above 0, got Infinity'],
    [() => hyperexponential([]), 'hyperexponential.branches must have at least one entry, got none'],
    [
      () =>
        hyperexponential([
          { weight: 1, mean: 1 },
          { weight: -1, mean: 2 },
        ]),
      'hyperexponential.branches[1].weight must be a finite number of at least 0, got -1',
    ],
    [
      () => hyperexponential([{ weight: 1, mean: -1 }]),
      'hyperexponential.branches[0].mean must be a finite number above 0, got -1',
    ],
    [
      () => hyperexponential([{ weight: 0, mean: 1 }]),
      'hyperexponential: the sum of the weights must be a finite number above 0, got 0',
    ],
    [() => normal(Number.NaN, 1), 'normal.mean must be a finite number, got NaN'],
    [() => normal(0, -1), 'normal.standardDeviation must be a finite number of at least 0, got -1'],
    [() => logNormal(-5, 1), 'logNormal.median must be a finite number above 0, got -5'],
    [() => logNormal(5, Number.NaN), 'logNormal.sigma must be a finite number of at least 0, got NaN'],
    [() => logNormalFromMeanAndP99(5, 5), 'logNormal.p99 must be above the mean (5) and at most 14.97 times it, got 5'],
    [
      () => logNormalFromMeanAndP99(5, 76),
      'logNormal.p99 must be above the mean (5) and at most 14.97 times it, got 76',
    ],
    [() => pareto(0, 1), 'pareto.shape must be a finite number above 0, got 0'],
    [() => pareto(1, 0), 'pareto.scale must be a finite number above 0, got 0'],
    [() => gamma(-1, 1), 'gamma.shape must be a finite number above 0, got -1'],
    [() => gamma(1, Infinity), 'gamma.scale must be a finite number above 0, got Infinity'],
    [() => erlang(1.5, 1), 'erlang.stages must be an integer from 1 to 1000000, got 1.5'],
    [() => erlang(2, 0), 'erlang.mean must be a finite number above 0, got 0'],
    [() => weibull(0, 1), 'weibull.shape must be a finite number above 0, got 0'],
    [() => weibull(1, -1), 'weibull.scale must be a finite number above 0, got -1'],
    [() => bernoulli(1.5), 'bernoulli.p must be a probability from 0 to 1, got 1.5'],
    [() => bernoulli(Number.NaN), 'bernoulli.p must be a probability from 0 to 1, got NaN'],
    [() => discrete([]), 'discrete.weights must have at least one entry, got none'],
    [() => discrete([1, -2]), 'discrete.weights[1] must be a finite number of at least 0, got -2'],
    [() => discrete([0, 0]), 'discrete: the sum of the weights must be a finite number above 0, got 0'],
    [() => empirical([]), 'empirical.samples must have at least one entry, got none'],
    [() => empirical([1, Number.NaN]), 'empirical.samples[1] must be a finite number, got NaN'],
    [() => quantiles([{ p: 0, value: 1 }]), 'quantiles.table must have at least two entries, got 1'],
    [
      () =>
        quantiles([
          { p: 0.1, value: 1 },
          { p: 1, value: 2 },
        ]),
      'quantiles.table[0].p must be 0, got 0.1',
    ],
    [
      () =>
        quantiles([
          { p: 0, value: 1 },
          { p: 0.9, value: 2 },
        ]),
      'quantiles.table[1].p must be 1, got 0.9',
    ],
    [
      () =>
        quantiles([
          { p: 0, value: 1 },
          { p: 2, value: 2 },
        ]),
      'quantiles.table[1].p must be a probability from 0 to 1, got 2',
    ],
    [
      () =>
        quantiles([
          { p: 0, value: 1 },
          { p: 0.5, value: 2 },
          { p: 0.5, value: 3 },
          { p: 1, value: 4 },
        ]),
      'quantiles.table[2].p must be above 0.5, got 0.5',
    ],
    [
      () =>
        quantiles([
          { p: 0, value: 3 },
          { p: 1, value: 2 },
        ]),
      'quantiles.table[1].value must be at least 3, got 2',
    ],
    [() => zipf(0, 1), 'zipf.keys must be an integer from 1 to 4294967296, got 0'],
    [() => zipf(2.5, 1), 'zipf.keys must be an integer from 1 to 4294967296, got 2.5'],
    [() => zipf(10, -0.1), 'zipf.exponent must be a finite number of at least 0, got -0.1'],
    [() => zipf(10, Number.NaN), 'zipf.exponent must be a finite number of at least 0, got NaN'],
  ])('%#', (make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});

/** The distributions that the contract suite and the tests of fit run over. */
import { bernoulli } from '../../../../sim-core/kernel/distributions/bernoulli.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { discrete } from '../../../../sim-core/kernel/distributions/discrete.ts';
import type { Distribution } from '../../../../sim-core/kernel/distributions/distribution.ts';
import { empirical, quantiles } from '../../../../sim-core/kernel/distributions/empirical.ts';
import { exponential } from '../../../../sim-core/kernel/distributions/exponential.ts';
import { erlang, gamma } from '../../../../sim-core/kernel/distributions/gamma.ts';
import { hyperexponential } from '../../../../sim-core/kernel/distributions/hyperexponential.ts';
import { logNormal, logNormalFromMeanAndP99 } from '../../../../sim-core/kernel/distributions/log-normal.ts';
import { normal } from '../../../../sim-core/kernel/distributions/normal.ts';
import { pareto } from '../../../../sim-core/kernel/distributions/pareto.ts';
import { poissonCount } from '../../../../sim-core/kernel/distributions/poisson-count.ts';
import { uniform } from '../../../../sim-core/kernel/distributions/uniform.ts';
import { weibull } from '../../../../sim-core/kernel/distributions/weibull.ts';
import { zipf } from '../../../../sim-core/kernel/distributions/zipf.ts';

/** One of every distribution, for the tests that all must pass. */
export const examples: readonly Distribution[] = [
  constant(5),
  uniform(-2, 6),
  exponential(5),
  hyperexponential([
    { weight: 9, mean: 1 },
    { weight: 1, mean: 20 },
  ]),
  normal(10, 3),
  logNormal(5, 0.5),
  logNormalFromMeanAndP99(5, 30),
  pareto(1.5, 2),
  gamma(0.3, 2),
  gamma(4.5, 2),
  erlang(3, 6),
  weibull(0.7, 3),
  weibull(3, 3),
  bernoulli(0.3),
  discrete([1, 0, 3, 6]),
  poissonCount(2.5),
  poissonCount(400),
  empirical([3, 1, 4, 1, 5, 9, 2, 6]),
  quantiles([
    { p: 0, value: 1 },
    { p: 0.5, value: 2 },
    { p: 0.99, value: 20 },
    { p: 1, value: 100 },
  ]),
  zipf(1000, 0),
  zipf(1000, 0.99),
  zipf(100_000_000, 1),
  zipf(100_000_000, 3),
];

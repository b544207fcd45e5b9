/** The log-normal distribution, by its median and sigma or by its mean and 99th percentile. */
import { exp, expm1, ln } from '../maths.ts';
import { standardNormal } from '../random/ziggurat.ts';
import type { Distribution } from './distribution.ts';
import { nonNegative, positive } from './parameters.ts';

/** The value whose logarithm is normal: what products of many small delays tend to, the usual shape of latencies. */
export function logNormal(median: number, sigma: number): Distribution {
  positive('logNormal.median', median);
  nonNegative('logNormal.sigma', sigma);
  const mean = median * exp((sigma * sigma) / 2);
  return {
    mean,
    variance: mean * mean * expm1(sigma * sigma),
    sample: (random) => median * exp(sigma * standardNormal(random)),
    describe: () => `logNormal(median ${median}, sigma ${sigma})`,
  };
}

/**
 * The log-normal with this mean and 99th percentile. As its spread grows, the percentile rises to 14.97 means and
 * falls again; of the two answers this is the one of smaller spread, and there is none beyond.
 */
export function logNormalFromMeanAndP99(mean: number, p99: number): Distribution {
  positive('logNormal.mean', mean);
  positive('logNormal.p99', p99);
  const discriminant = P99_OF_STANDARD_NORMAL * P99_OF_STANDARD_NORMAL - 2 * ln(p99 / mean);
  if (!(p99 > mean && discriminant >= 0)) {
    throw new RangeError(`logNormal.p99 must be above the mean (${mean}) and at most 14.97 times it, got ${p99}`);
  }
  const sigma = P99_OF_STANDARD_NORMAL - Math.sqrt(discriminant);
  return logNormal(mean * exp((-sigma * sigma) / 2), sigma);
}

const P99_OF_STANDARD_NORMAL = 2.326347874040841;

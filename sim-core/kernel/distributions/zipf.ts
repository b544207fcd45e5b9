/**
 * Popularity that falls with rank: key k of 0 .. keys - 1 is drawn in proportion to (k + 1)^-exponent, so key 0 is
 * the most popular. Any exponent of at least 0 (0: all keys alike; 1: Zipf's own law), any number of keys up to 2^32,
 * in constant time and without a table.
 *
 * By rejection-inversion (Hörmann & Derflinger, "Rejection-inversion to generate variates from monotone discrete
 * distributions", 1996): the density x^-exponent is inverted as if ranks were continuous, and the sample rounded to
 * the nearest rank is accepted where the area of its unit of width covers it. At most 1.02 trials a sample were seen.
 * Ranks whose share of all draws is below 2^-53 are not told apart.
 */
import { exp, expm1, ln, log1p, pow } from '../maths.ts';
import type { RandomStream } from '../random-stream.ts';
import type { Distribution } from './distribution.ts';
import { integerBetween, nonNegative } from './parameters.ts';

/** `keys`: an integer from 1 to 2^32; `exponent`: at least 0. Samples are keys, the most popular being 0. */
export function zipf(keys: number, exponent: number): Distribution {
  integerBetween('zipf.keys', keys, 1, 4_294_967_296);
  nonNegative('zipf.exponent', exponent);
  const total = generalizedHarmonic(keys, exponent);
  const meanRank = generalizedHarmonic(keys, exponent - 1) / total;
  return {
    mean: meanRank - 1,
    variance: Math.max(0, generalizedHarmonic(keys, exponent - 2) / total - meanRank * meanRank),
    sample: exponent === 0 ? (random) => random.integer(keys) : sampler(keys, exponent),
    describe: () => `zipf(${keys} keys, exponent ${exponent})`,
  };
}

/** The sum of k^-s for k = 1 .. n, by Euler and Maclaurin's formula beyond the first terms; relative error about 1e-15. */
export function generalizedHarmonic(n: number, s: number): number {
  let sum = 0;
  const direct = Math.min(n, 100);
  for (let k = 1; k <= direct; k++) sum += pow(k, -s);
  if (n === direct) return sum;
  // The tail from `direct` to n, of which the sum already holds the first term whole.
  const first = pow(direct, -s);
  const last = pow(n, -s);
  const curvature = (order: number): number => first / pow(direct, order) - last / pow(n, order);
  return (
    sum +
    powerIntegral(n, 1 - s) -
    powerIntegral(direct, 1 - s) +
    (last - first) / 2 +
    (s / 12) * curvature(1) -
    ((s * (s + 1) * (s + 2)) / 720) * curvature(3) +
    ((s * (s + 1) * (s + 2) * (s + 3) * (s + 4)) / 30240) * curvature(5)
  );
}

function sampler(keys: number, exponent: number): (random: RandomStream) => number {
  const q = 1 - exponent;
  const integral = (x: number): number => powerIntegral(x, q);
  const inverse = (y: number): number => (q === 0 ? exp(y) : exp(log1p(Math.max(-1, y * q)) / q));
  const density = (x: number): number => exp(-exponent * ln(x));

  const end = integral(keys + 0.5);
  // The first rank's share is its exact probability, which the integral up to 1.5 would not be.
  const width = integral(1.5) - 1 - end;
  // A rounding up by no more than this is accepted at any rank, because the density is convex.
  const safe = 2 - inverse(integral(2.5) - density(2));

  return (random) => {
    for (;;) {
      const y = end + random.next() * width;
      const x = inverse(y);
      const rank = Math.min(keys, Math.max(1, Math.floor(x + 0.5)));
      if (rank - x <= safe || y >= integral(rank + 0.5) - density(rank)) return rank - 1;
    }
  };
}

/** The integral of t^(q - 1) from 1 to x, which passes smoothly into ln x at q = 0. */
function powerIntegral(x: number, q: number): number {
  return q === 0 ? ln(x) : expm1(q * ln(x)) / q;
}

/**
 * How many independent events there are, of which there are `mean` in the mean: the Poisson distribution. Of events that are bad
 * with a chance each, the good and the bad ones are two Poisson numbers that know nothing of each other, so that what a minute
 * brings is two draws, however many requests it has.
 *
 * Below a mean of 10 by the inverse of the distribution function; above by W. Hörmann, "The transformed rejection method for generating
 * Poisson random variables", Insurance: Mathematics and Economics 12(1), 1993 (PTRS). Both exact.
 */
import { exp, ln, lnGamma } from '../maths.ts';
import type { RandomStream } from '../random-stream.ts';
import type { Distribution } from './distribution.ts';
import { nonNegative } from './parameters.ts';

export function poissonCount(mean: number): Distribution {
  nonNegative('poissonCount.mean', mean);
  return {
    mean,
    variance: mean,
    sample: mean < 10 ? byInversion(mean) : byTransformedRejection(mean),
    describe: () => `poissonCount(mean ${mean})`,
  };
}

function byInversion(mean: number): (random: RandomStream) => number {
  const none = exp(-mean);
  return (random) => {
    const uniform = random.next();
    let [count, chance, sum] = [0, none, none];
    // Where rounding leaves the sum below 1 for good, the chance of a further one comes to nothing.
    while (uniform >= sum && chance > 0) {
      count++;
      chance *= mean / count;
      sum += chance;
    }
    return count;
  };
}

function byTransformedRejection(mean: number): (random: RandomStream) => number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = 0.02483 * b - 0.059;
  const lnInverseAlpha = ln(1.1239 + 1.1328 / (b - 3.4));
  const vr = 0.9277 - 3.6224 / (b - 2);
  const lnMean = ln(mean);
  return (random) => {
    for (;;) {
      const u = random.next() - 0.5;
      const v = random.next();
      const us = 0.5 - Math.abs(u);
      const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= vr) return count;
      if (count < 0 || (us < 0.013 && v > us)) continue;
      const left = ln(v) + lnInverseAlpha - ln(a / (us * us) + b);
      if (left <= count * lnMean - mean - lnGamma(count + 1)) return count;
    }
  };
}

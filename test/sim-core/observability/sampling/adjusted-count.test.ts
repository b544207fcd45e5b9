/** The estimator over every sample that could have come, each by its chance: its mean and variance are exact. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AdjustedCount } from '../../../../sim-core/observability/sampling/adjusted-count.ts';

const probabilities = fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });

it('is right in the mean, with the variance of Bernoulli sampling, of which its own is right in the mean as well', () => {
  fc.assert(
    fc.property(probabilities, (all) => {
      let [mean, square, variance] = [0, 0, 0];
      for (let sample = 0; sample < 1 << all.length; sample++) {
        const counted = new AdjustedCount();
        let chance = 1;
        all.forEach((probability, i) => {
          const isSampled = ((sample >> i) & 1) === 1;
          chance *= isSampled ? probability : 1 - probability;
          if (isSampled) counted.add(probability);
        });
        mean += chance * counted.estimate;
        square += chance * (counted.estimate - all.length) * (counted.estimate - all.length);
        variance += chance * counted.variance;
      }
      const expected = all.reduce((sum, probability) => sum + (1 - probability) / probability, 0);
      expect(mean).toBeCloseTo(all.length, 9);
      expect(square).toBeCloseTo(expected, 8);
      expect(variance).toBeCloseTo(expected, 8);
    }),
    { numRuns: 30 },
  );
});

it('refuses what is no probability of something that was sampled', () => {
  expect(() => new AdjustedCount().add(0)).toThrow('probability is 0');
});

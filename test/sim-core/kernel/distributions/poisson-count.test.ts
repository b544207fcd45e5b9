/** Poisson numbers, by both methods, against the probabilities of each count. */
import { describe, expect, it } from 'vitest';
import { poissonCount } from '../../../../sim-core/kernel/distributions/poisson-count.ts';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';
import { chiSquare, logGamma } from './goodness-of-fit.ts';

const DRAWS = 20_000;

const chanceOf = (count: number, mean: number): number => Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));

describe('Poisson numbers', () => {
  it.each([0.3, 4, 9.99, 10, 37, 6000])('of mean %d are distributed as Poisson says', (mean) => {
    const random = new RandomStreams(1).stream('x');
    const distribution = poissonCount(mean);
    // Cells of so many counts, from five deviations below to five above; what is outside belongs to the first and the last.
    const width = Math.max(1, Math.round(Math.sqrt(mean) / 4));
    const first = Math.max(0, Math.floor(mean - 5 * Math.sqrt(mean)));
    const cells = Math.ceil((10 * Math.sqrt(mean) + 3) / width);
    const [observed, expected] = [0, 1].map(() => Array.from({ length: cells }, () => 0));
    const cellOf = (count: number): number => Math.max(0, Math.min(cells - 1, Math.floor((count - first) / width)));
    for (let i = 0; i < DRAWS; i++) observed[cellOf(distribution.sample(random))]++;
    for (let count = 0; count < first + width * cells + 50; count++) {
      expected[cellOf(count)] += DRAWS * chanceOf(count, mean);
    }
    expect(chiSquare(observed, expected)).toBeGreaterThan(0.001);
  });

  it('are whole, and none where none are expected', () => {
    const random = new RandomStreams(1).stream('x');
    for (let i = 0; i < 1000; i++) {
      expect(poissonCount(0).sample(random)).toBe(0);
      expect(Number.isInteger(poissonCount(123.4).sample(random))).toBe(true);
    }
    expect(() => poissonCount(-1)).toThrow('poissonCount.mean must be a finite number of at least 0, got -1');
  });
});

/** Measured distributions give back what was measured. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { empirical, quantiles } from '../../../../sim-core/kernel/distributions/empirical.ts';
import type { RandomStream } from '../../../../sim-core/kernel/random-stream.ts';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';
import { chiSquareUniform } from './goodness-of-fit.ts';

const fixed = (value: number): RandomStream => ({ next: () => value, integer: () => 0 });

it('empirical draws each of the samples as often', () => {
  const distribution = empirical([30, 10, 20, 40, 50, 60, 70]);
  const random = new RandomStreams(1).stream('x');
  const counts = new Uint32Array(7);
  for (let i = 0; i < 50_000; i++) counts[distribution.sample(random) / 10 - 1]++;
  expect(chiSquareUniform(counts)).toBeGreaterThan(1e-4);
});

it('empirical keeps the samples it was given', () => {
  const samples = [1, 2];
  const distribution = empirical(samples);
  samples.fill(9);
  expect([1, 2]).toContain(distribution.sample(new RandomStreams(1).stream('x')));
});

const table = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 8 }).chain((inner) =>
  fc
    .array(fc.integer({ min: -100, max: 100 }), { minLength: inner.length + 2, maxLength: inner.length + 2 })
    .map((values) => {
      const probabilities = [0, ...inner.sort((a, b) => a - b), 1000];
      values.sort((a, b) => a - b);
      return probabilities.map((p, i) => ({ p: p / 1000, value: values[i] }));
    }),
);

it('quantiles gives the table back at its own points, and a straight line between, like a linear search', () => {
  fc.assert(
    fc.property(table, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (entries, p) => {
      const distribution = quantiles(entries);
      for (const entry of entries.slice(0, -1)) expect(distribution.sample(fixed(entry.p))).toBe(entry.value);
      const above = entries.findIndex((entry) => entry.p > p);
      const [a, b] = [entries[above - 1], entries[above]];
      expect(distribution.sample(fixed(p))).toBeCloseTo(a.value + ((p - a.p) / (b.p - a.p)) * (b.value - a.value), 9);
    }),
  );
});

it('quantiles has the mean and variance of its own inverse function', () => {
  fc.assert(
    fc.property(table, (entries) => {
      const distribution = quantiles(entries);
      const steps = 1000;
      let [mean, square] = [0, 0];
      // Simpson's rule is exact here: the table's points are multiples of a step, and within one the line's square
      // is a parabola.
      for (let step = 0; step < steps; step++) {
        const [left, middle, right] = [0, 0.5, 1 - 1e-9].map((f) => distribution.sample(fixed((step + f) / steps)));
        mean += (left + 4 * middle + right) / 6 / steps;
        square += (left * left + 4 * middle * middle + right * right) / 6 / steps;
      }
      expect(distribution.mean).toBeCloseTo(mean, 4);
      expect(distribution.variance).toBeCloseTo(square - mean * mean, 2);
    }),
    { numRuns: 30 },
  );
});

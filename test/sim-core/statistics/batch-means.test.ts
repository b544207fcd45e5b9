/** Batch means, whole and streaming, against batches cut by slicing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchMeans, batchMeans } from '../../../sim-core/statistics/batch-means.ts';
import { confidenceInterval } from '../../../sim-core/statistics/confidence.ts';

const observations = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 300, size: 'max' });

function meansBySlicing(list: number[], size: number): number[] {
  const full = Math.floor(list.length / size);
  return Array.from(
    { length: full },
    (_, i) => list.slice(i * size, (i + 1) * size).reduce((sum, one) => sum + one, 0) / size,
  );
}

test('the interval is that of the means of equal batches, and the rest is left out', () => {
  fc.assert(
    fc.property(observations, fc.integer({ min: 2, max: 20 }), (list, batches) => {
      fc.pre(list.length >= batches);
      const size = Math.floor(list.length / batches);
      const expected = confidenceInterval(meansBySlicing(list, size).slice(0, batches));
      expect(batchMeans(list, batches)).toMatchObject({
        ...expected,
        n: batches,
        batchSize: size,
        leftOut: list.length - size * batches,
      });
    }),
  );
});

test('streaming keeps from k to 2k - 1 batches whose size is the power of two that makes it so', () => {
  fc.assert(
    fc.property(observations, fc.integer({ min: 2, max: 12 }), (list, batches) => {
      const stream = new BatchMeans(batches);
      for (const value of list) stream.add(value);
      let size = 1;
      while (Math.floor(list.length / size) >= 2 * batches) size *= 2;
      const means = meansBySlicing(list, size);
      expect(means.length).toBeLessThan(2 * batches);
      if (list.length >= batches) expect(means.length).toBeGreaterThanOrEqual(batches);
      const interval = stream.interval(0.9);
      expect(interval).toMatchObject({
        ...confidenceInterval(means, 0.9),
        batchSize: size,
        leftOut: list.length % size,
      });
    }),
  );
});

test('the lag-1 autocorrelation by hand', () => {
  // Deviations −3, −1, 1, 3: products 3 − 1 + 3 over squares 9 + 1 + 1 + 9.
  expect(batchMeans([1, 3, 5, 7], 4).lag1).toBe(5 / 20);
  // Deviations −1, 1, −1, 1: three products of −1 over four squares of 1.
  expect(batchMeans([0, 2, 0, 2], 4).lag1).toBe(-3 / 4);
  expect(batchMeans([4, 4, 4], 3).lag1).toBeNaN();
});

test('refuses too few observations or batches, and what is not a number', () => {
  expect(() => batchMeans([1, 2, 3], 1)).toThrow('batches: 1');
  expect(() => batchMeans([1, 2, 3], 4)).toThrow('3 observations do not fill 4 batches');
  expect(() => batchMeans([1, NaN, 3], 3)).toThrow('NaN');
  expect(() => new BatchMeans(1.5)).toThrow('batches: 1.5');
  const stream = new BatchMeans(2);
  stream.add(1);
  expect(() => stream.interval()).toThrow('1 observations, it takes at least 2');
  expect(() => stream.add(NaN)).toThrow('batch means value: NaN');
});

/** Exponential histograms against Prometheus' layout, exact arithmetic of the bounds, and the values themselves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exponentialBucketOf,
  exponentialLowerBound,
} from '../../../../../sim-core/observability/metrics/instruments/exponential-buckets.ts';
import { ExponentialHistogram } from '../../../../../sim-core/observability/metrics/instruments/exponential-histogram.ts';
import {
  addHistograms,
  nativeQuantile,
} from '../../../../../sim-core/observability/metrics/series/native-histogram.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

interface LayoutRow {
  readonly schema: number;
  readonly growth_factor: number;
  readonly index_of: Readonly<Record<string, number>>;
}

const layout = sharedVectors<{ readonly rows: readonly LayoutRow[] }>('prom_native_histogram.json');

describe.skipIf(layout.isLeftOut)('the layout of Prometheus’ native histograms', () => {
  const { rows } = layout.isLeftOut ? { rows: [] } : layout.read();
  for (const { schema, growth_factor, index_of } of rows) {
    test(`schema ${schema}`, () => {
      for (const [value, index] of Object.entries(index_of)) {
        expect(exponentialBucketOf(Number(value), schema) + 1, value).toBe(index);
      }
      expect(exponentialLowerBound(1, schema) / growth_factor).toBeCloseTo(1, 12);
    });
  }
});

const histogramOf = (values: readonly number[], size?: number, scale?: number): ExponentialHistogram => {
  const histogram = new ExponentialHistogram(size, scale);
  for (const value of values) histogram.record(value);
  return histogram;
};
const positive = fc.double({ min: 2 ** -100, max: 2 ** 100, noNaN: true });
const signed = fc.oneof(
  positive,
  positive.map((value) => -value),
  fc.constant(0),
);

test('a value lies within the bounds of its bucket, which is inclusive above, and a power of two exactly', () => {
  fc.assert(
    fc.property(positive, fc.integer({ min: -10, max: 20 }), (value, scale) => {
      const bucket = exponentialBucketOf(value, scale);
      // At scale 20 a bucket is 6.6e-7 of its value wide; the logarithm of 2^100 is known to 2e-16 of 70, that is 1.5e-14.
      expect(value).toBeGreaterThan(exponentialLowerBound(bucket, scale) * (1 - 1e-12));
      expect(value).toBeLessThan(exponentialLowerBound(bucket + 1, scale) * (1 + 1e-12));
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 20 }), (exponent, scale) => {
      expect(exponentialBucketOf(2 ** exponent, scale)).toBe(exponent * 2 ** scale - 1);
    }),
  );
});

test('whatever comes in whatever order, the buckets fit, count all, and are the same', () => {
  fc.assert(
    fc.property(fc.array(signed, { maxLength: 40 }), fc.integer({ min: 2, max: 20 }), (values, size) => {
      const read = histogramOf(values, size).read();
      const { positive: up, negative: down, zeroCount, count } = read;
      expect(Math.max(up.counts.length, down.counts.length)).toBeLessThanOrEqual(size);
      const total = [...up.counts, ...down.counts].reduce((sum, inside) => sum + inside, zeroCount);
      expect([total, count]).toEqual([values.length, values.length]);
      const { sum: _, ...reversed } = histogramOf(values.toReversed(), size).read();
      expect(read).toMatchObject(reversed);
    }),
  );
});

test('two histograms added are the histogram of both', () => {
  fc.assert(
    fc.property(fc.array(signed, { maxLength: 20 }), fc.array(signed, { maxLength: 20 }), (left, right) => {
      const both = histogramOf([...left, ...right]).read();
      const added = addHistograms(histogramOf(left).read(), histogramOf(right).read());
      const { sum, ...rest } = added;
      const { sum: expected, ...wanted } = both;
      expect(counted(rest)).toEqual(counted(wanted));
      // Added up in another order: each of 40 additions is off by 2^-53 of the largest value, 2^100, at the most.
      expect(Math.abs(sum - expected)).toBeLessThan(2 ** 57);
    }),
  );
});

/** Offsets of nothing say nothing. */
function counted(histogram: Omit<ReturnType<ExponentialHistogram['read']>, 'sum'>): unknown {
  const side = ({ offset, counts }: { offset: number; counts: readonly number[] }): unknown =>
    counts.flatMap((count, i) => (count > 0 ? [[offset + i, count]] : []));
  return { ...histogram, positive: side(histogram.positive), negative: side(histogram.negative) };
}

test('a quantile is off by no more than the base', () => {
  const values = fc.array(fc.double({ min: 1e-4, max: 100, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      values,
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      fc.integer({ min: 4, max: 160 }),
      (seen, q, size) => {
        const read = histogramOf(seen, size).read();
        const base = exponentialLowerBound(1, read.scale);
        const exact = seen.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * seen.length * (1 - 1e-15))) - 1];
        const told = nativeQuantile(q, read);
        expect(told / exact).toBeLessThanOrEqual(base * (1 + 1e-9));
        expect(exact / told).toBeLessThanOrEqual(base * (1 + 1e-9));
      },
    ),
  );
});

test('of two values 1 and 16 four buckets make four powers of two', () => {
  expect(histogramOf([1, 16], 5).read()).toMatchObject({ scale: 0, positive: { offset: -1, counts: [1, 0, 0, 0, 1] } });
  expect(histogramOf([1, 16], 4).read()).toMatchObject({ scale: -1, positive: { offset: -1, counts: [1, 0, 1] } });
  expect(() => new ExponentialHistogram(1)).toThrow('1 buckets; at least 2');
});

/** `histogram_quantile` of classic buckets, against promtool as it answered, and against the values themselves. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketIn } from '../../../../../sim-core/observability/metrics/instruments/bucket-layouts.ts';
import {
  boundOf,
  bucketQuantile,
  bucketShare,
  histogramQuantile,
  type CumulativeBucket,
} from '../../../../../sim-core/observability/metrics/series/histogram-quantile.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

interface Table {
  readonly histograms: Readonly<Record<string, readonly (readonly [string, number])[]>>;
  readonly rows: readonly { readonly histogram: string; readonly q: number; readonly value: string }[];
}

const vectors = sharedVectors<Table>('prom_histogram_quantile.json');
const numberOf = (text: string): number =>
  text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

describe.skipIf(vectors.isLeftOut)('as promtool answered', () => {
  const { histograms, rows } = vectors.isLeftOut ? { histograms: {}, rows: [] } : vectors.read();
  for (const [name, buckets] of Object.entries(histograms)) {
    test(`histogram ${name}`, () => {
      const cumulative = buckets.map(([le, count]) => ({ bound: boundOf(le), count }));
      const asked = rows.filter(({ histogram }) => histogram === name);
      expect(asked.map(({ q }) => [q, bucketQuantile(q, cumulative)])).toEqual(
        asked.map(({ q, value }) => [q, numberOf(value)]),
      );
    });
  }
});

const bounds = [0.05, 0.1, 0.2, 0.4, 0.8];
function bucketsOf(values: readonly number[]): CumulativeBucket[] {
  return [...bounds, Infinity].map((bound) => ({ bound, count: values.filter((value) => value <= bound).length }));
}

test('a quantile lies in the bucket of the true one, or at the last bound above them all', () => {
  const values = fc.array(fc.double({ min: 0.001, max: 2, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (seen, q) => {
      const exact = seen.toSorted((a, b) => a - b)[Math.ceil(q * seen.length) - 1];
      const told = bucketQuantile(q, bucketsOf(seen));
      const bucket = bucketIn(bounds, exact);
      expect(told).toBeGreaterThanOrEqual(bucket === 0 ? 0 : bounds[bucket - 1]);
      expect(told).toBeLessThanOrEqual(bounds[Math.min(bucket, bounds.length - 1)]);
    }),
  );
});

test('of two processes’ buckets added up the quantile is that of all that both have seen', () => {
  const values = fc.array(fc.double({ min: 0.001, max: 2, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(values, values, (left, right) => {
      const [a, b] = [bucketsOf(left), bucketsOf(right)];
      const added = a.map(({ bound, count }, i) => ({ bound, count: count + b[i].count }));
      expect(bucketQuantile(0.9, added)).toEqual(bucketQuantile(0.9, bucketsOf([...left, ...right])));
    }),
  );
});

test('the share below a bound is exact, and between two bounds a guess', () => {
  // All hundred took 250 ms. What is known of 300 ms is that they are in the bucket from 200 to 400.
  const buckets = bucketsOf(Array.from({ length: 100 }, () => 0.25));
  expect([0.2, 0.3, 0.4].map((value) => bucketShare(value, buckets))).toEqual([0, expect.closeTo(0.5, 9), 1]);
  expect(bucketShare(5, bucketsOf([1]))).toBe(0);
  expect(bucketShare(0.1, bucketsOf([]))).toBeNaN();
});

test('each set of labels has a quantile of its own', () => {
  const vector = ['a', 'b'].flatMap((instance) =>
    bucketsOf(instance === 'a' ? [0.03] : [0.3]).map(({ bound, count }) => ({
      labels: { instance, le: bound === Infinity ? '+Inf' : String(bound) },
      value: count,
    })),
  );
  expect(histogramQuantile(1, vector)).toEqual([
    { labels: { instance: 'a' }, value: 0.05 },
    { labels: { instance: 'b' }, value: 0.4 },
  ]);
});

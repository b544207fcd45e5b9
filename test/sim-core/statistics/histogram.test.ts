/**
 * The histogram against the sorted values themselves, and against HdrHistogram, whose buckets at two and three
 * significant digits are those of 1 % and 0.1 % here. HdrHistogram answers with the highest whole value of the bucket
 * that holds the order statistic, this histogram with one inside it: the bucket must be the same.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogLinearHistogram } from '../../../sim-core/statistics/histogram.ts';
import { sharedVectors } from '../../shared-vectors.ts';

const whole = fc.oneof(
  fc.nat(300),
  fc.maxSafeNat(),
  fc.integer({ min: 1e4, max: 1e9 }),
  fc.constantFrom(0, 1, 2 ** 32),
);
const real = fc.double({ min: 1e-9, max: 1e18, noNaN: true });
const extreme = fc.double({ min: 2 ** -1022, max: Number.MAX_VALUE, noNaN: true });
const error = fc.constantFrom(0.0005, 0.001, 0.01, 0.05, 0.5);
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

function histogramOf(values: number[], relativeErrorMax = 0.01): LogLinearHistogram {
  const histogram = new LogLinearHistogram(relativeErrorMax);
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The ceil(q · n)-th smallest, in whole numbers: q is given as a fraction of two. */
function orderStatistic(values: number[], numerator: number, denominator: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = (BigInt(numerator) * BigInt(values.length) + BigInt(denominator) - 1n) / BigInt(denominator);
  return sorted[Math.max(1, Number(rank)) - 1];
}

describe('a quantile', () => {
  test('lies within the stated error of the exact order statistic', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(whole, real), { minLength: 1, maxLength: 80 }),
        error,
        fc.nat(1000),
        (values, relativeErrorMax, permille) => {
          const exact = orderStatistic(values, permille, 1000);
          const found = histogramOf(values, relativeErrorMax).quantile(permille / 1000);
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(relativeErrorMax * exact);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('does so over every magnitude that a double has', () => {
    fc.assert(
      fc.property(fc.array(extreme, { minLength: 1 }), fc.nat(1000), (values, permille) => {
        const exact = orderStatistic(values, permille, 1000);
        expect(Math.abs(histogramOf(values, 0.05).quantile(permille / 1000) - exact)).toBeLessThanOrEqual(0.05 * exact);
      }),
    );
  });

  test('errs by three quarters of what is stated in the worst place, so the bound is not idle', () => {
    const justBelowTheNextBucket = 1 + 1 / 128 - 2 ** -40;
    expect(histogramOf([1, justBelowTheNextBucket, 2 ** 30]).quantile(0.5)).toBe(1);
    expect(justBelowTheNextBucket - 1).toBeGreaterThan(0.0075 * justBelowTheNextBucket);
    expect(histogramOf([1, 2 ** 20, 2 ** 30]).quantile(0.5)).toBe(2 ** 20 * (1 + 1 / 256));
  });

  test('never decreases with q and stays between the extremes', () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 60 }), fraction, fraction, (values, p, q) => {
        const histogram = histogramOf(values);
        const [low, high] = [histogram.quantile(Math.min(p, q)), histogram.quantile(Math.max(p, q))];
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
        expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([histogram.min, histogram.max]);
      }),
    );
  });

  test('is exact for whole numbers below 256 at 1 %', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 1 }), fc.nat(100), (values, percent) => {
        expect(histogramOf(values).quantile(percent / 100)).toBe(orderStatistic(values, percent, 100));
      }),
    );
  });

  test('takes rounded products for what was meant: the 7th of 100 at 0.07', () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    for (let percent = 1; percent <= 100; percent += 1) {
      expect(histogramOf(values).quantile(percent / 100), `p${percent}`).toBe(percent);
    }
  });
});

test('count, sum, mean and extremes are exact', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e9), { minLength: 1 }), (values) => {
      const histogram = histogramOf(values);
      const sum = values.reduce((total, value) => total + value, 0);
      expect([histogram.count, histogram.sum, histogram.mean]).toEqual([values.length, sum, sum / values.length]);
      expect([histogram.min, histogram.max]).toEqual([Math.min(...values), Math.max(...values)]);
    }),
  );
});

test('buckets are visited in ascending order, hold every value once and are as narrow as stated', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(whole, real)), error, (values, relativeErrorMax) => {
      let visited = 0;
      let previous = -1;
      histogramOf(values, relativeErrorMax).forEachBucket((lowest, end, count) => {
        const inside =
          lowest === 0 && end === 0 ? (one: number) => one === 0 : (one: number) => one >= lowest && one < end;
        expect(lowest).toBeGreaterThan(previous);
        expect(count).toBe(values.filter(inside).length);
        if (end < Infinity) expect(end - lowest).toBeLessThanOrEqual(relativeErrorMax * lowest);
        previous = lowest;
        visited += count;
      });
      expect(visited).toBe(values.length);
    }),
  );
});

test('merging equals recording everything in one; clearing equals a new one', () => {
  const list = fc.array(fc.oneof(whole, real), { maxLength: 40 });
  const contents = (histogram: LogLinearHistogram) => {
    const buckets: number[][] = [];
    histogram.forEachBucket((...bucket) => buckets.push(bucket));
    const quantiles = [0, 0.3, 0.5, 0.9, 1].map((q) => histogram.quantile(q));
    return [buckets, quantiles, histogram.count, histogram.min, histogram.max];
  };
  fc.assert(
    fc.property(list, list, (first, second) => {
      const merged = histogramOf(first);
      merged.merge(histogramOf(second));
      expect(contents(merged)).toEqual(contents(histogramOf([...first, ...second])));
      merged.clear();
      expect(contents(merged)).toEqual(contents(new LogLinearHistogram()));
      for (const value of second) merged.record(value);
      expect(contents(merged)).toEqual(contents(histogramOf(second)));
    }),
  );
});

test('minus zero is zero', () => {
  const histogram = histogramOf([-0]);
  expect([histogram.min, histogram.quantile(0.5), histogram.sum]).toEqual([0, 0, 0]);
});

test('refuses what it cannot hold and stays as it was', () => {
  const histogram = histogramOf([5]);
  for (const bad of [-1, NaN, Infinity, -Infinity, -Number.MIN_VALUE]) {
    expect(() => histogram.record(bad)).toThrow(`histogram value: ${bad} is not a finite number of at least 0`);
  }
  expect([histogram.count, histogram.sum, histogram.quantile(0.5)]).toEqual([1, 5, 5]);
  expect(() => histogram.quantile(1.01)).toThrow('quantile: 1.01');
  expect(() => histogram.merge(new LogLinearHistogram(0.1))).toThrow('relativeErrorMax is 0.1, it must be 0.01');
  for (const bad of [0, 0.6, NaN]) expect(() => new LogLinearHistogram(bad)).toThrow(`relativeErrorMax: ${bad}`);
});

interface HdrRow {
  readonly values: string;
  readonly significant_digits: number;
  readonly count: number;
  readonly percentiles?: [number, number][];
  readonly percentiles_corrected?: [number, number][];
  readonly percentiles_uncorrected?: [number, number][];
}

const hdr = sharedVectors<{ readonly rows: readonly HdrRow[] }>('hdr_percentiles.json');

describe.skipIf(hdr.isLeftOut)('HdrHistogram as it was observed', () => {
  const { rows } = hdr.isLeftOut ? { rows: [] } : hdr.read();

  test('every row is understood', () => {
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows)
      expect(dataOf(row.values, false), row.values).toHaveLength(row.percentiles_corrected ? 10_001 : row.count);
  });

  for (const row of rows) {
    for (const kind of ['percentiles', 'percentiles_corrected', 'percentiles_uncorrected'] as const) {
      const observed = row[kind];
      if (!observed) continue;
      test(`${kind} of ${row.values} lie in the same buckets`, () => {
        const histogram = histogramOf(
          dataOf(row.values, kind === 'percentiles_corrected'),
          10 ** -row.significant_digits,
        );
        for (const [percent, hdr] of observed) {
          const ours = histogram.quantile(percent / 100);
          let end = NaN;
          histogram.forEachBucket((lowest, bucketEnd) => {
            if (ours >= lowest && ours < bucketEnd) end = Math.ceil(Math.max(bucketEnd, lowest + 1));
          });
          const width = Math.max(1, 2 ** (Math.floor(Math.log2(ours)) - histogram.subBucketBits));
          const [lowestEquivalent, highestEquivalent] = [end - width, end - 1];
          expect(percent === 0 ? lowestEquivalent : highestEquivalent, `p${percent}`).toBe(hdr);
        }
      });
    }
  }
});

/** The data that a row describes in words. */
function dataOf(description: string, corrected: boolean): number[] {
  const range = /^1\.\.(\d+)$/.exec(description);
  if (range) return Array.from({ length: Number(range[1]) }, (_, i) => i + 1);
  const single = /^single (\d+)$/.exec(description);
  if (single) return [Number(single[1])];
  if (description === '1x1000 + 1x100000') return [1000, 100_000];
  if (description.startsWith('coordinated omission: 10000x1ms then one 100s stall, expected interval 10ms (us)')) {
    const data = Array.from({ length: 10_000 }, () => 1000);
    for (let wait = 100_000_000; wait === 100_000_000 || (corrected && wait >= 10_000); wait -= 10_000) data.push(wait);
    return data;
  }
  throw new Error(`a data set that this test cannot make: ${description}`);
}

test('many values at once are recorded as one after the other, and many quantiles asked for are each by itself', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(whole, real)), fc.array(fraction), (values, fractions) => {
      const one = histogramOf(values);
      const many = new LogLinearHistogram();
      const half = values.length >> 1;
      many.recordAll(Float64Array.of(...values.slice(0, half), NaN), half);
      many.recordAll(Float64Array.from(values.slice(half)), values.length - half);
      const qs = fractions.sort((a, b) => a - b);
      expect(many.quantiles(qs)).toEqual(qs.map((q) => one.quantile(q)));
      expect([many.count, many.sum, many.min, many.max]).toEqual([one.count, one.sum, one.min, one.max]);
    }),
  );
  expect(() => histogramOf([1]).quantiles([0.5, 0.4])).toThrow('0.4 is not a fraction from 0.5 to 1');
  expect(() => new LogLinearHistogram().recordAll(Float64Array.of(1, -1), 2)).toThrow('histogram value: -1');
});

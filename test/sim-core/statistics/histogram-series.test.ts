/** The heat map's columns against a search for the edges around every value. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HistogramSeries } from '../../../sim-core/statistics/histogram-series.ts';
import { LogLinearHistogram } from '../../../sim-core/statistics/histogram.ts';

const options = { lowest: 10_000, highest: 1e12, subBucketBits: 1 };

test('every value is counted once, in its row and between its edges', () => {
  const values = fc.array(fc.oneof(fc.maxSafeNat(), fc.nat(1e6), fc.constantFrom(0, 8191, 8192, 12_288)));
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), fc.nat(3), (rows, bits) => {
      const series = new HistogramSeries(rows.length, { ...options, subBucketBits: bits });
      const bounds = [0, ...series.edges, Infinity];
      expect(series.columns).toBe(bounds.length - 1);
      rows.forEach((row, i) => {
        const histogram = new LogLinearHistogram();
        for (const value of row) histogram.record(value);
        series.addRow(i, histogram);
        for (let column = 0; column < series.columns; column += 1) {
          const inside = row.filter((value) => value >= bounds[column] && value < bounds[column + 1]);
          expect(series.counts[i * series.columns + column]).toBe(inside.length);
          for (const value of inside) expect(series.columnOf(value)).toBe(column);
        }
      });
    }),
  );
});

test('the edges take in the range asked for and rise by at most half an octave and a bit', () => {
  const { edges } = new HistogramSeries(1, options);
  expect([edges[0], edges[1], edges[2]]).toEqual([8192, 12_288, 16_384]);
  expect(edges[edges.length - 1]).toBeGreaterThanOrEqual(1e12);
  expect(edges[edges.length - 2]).toBeLessThan(1e12);
  for (let i = 1; i < edges.length; i += 1) expect(edges[i] / edges[i - 1]).toBeLessThanOrEqual(1.5);
  expect([...new HistogramSeries(1, { lowest: 8, highest: 16, subBucketBits: 0 }).edges]).toEqual([8, 16]);
});

test('refuses a range without width and columns finer than the histogram has buckets', () => {
  expect(() => new HistogramSeries(1, { ...options, lowest: 0 })).toThrow('lowest and highest: 0 and');
  expect(() => new HistogramSeries(1, { ...options, highest: 10_000 })).toThrow('lowest < highest');
  expect(() => new HistogramSeries(1, { ...options, subBucketBits: 9 })).toThrow('subBucketBits: 9');
  expect(() => new HistogramSeries(0, options)).toThrow('intervals: 0');
  const coarse = new LogLinearHistogram(0.5);
  coarse.record(1);
  expect(() => new HistogramSeries(1, { ...options, subBucketBits: 4 }).addRow(0, coarse)).toThrow('subBucketBits: 4');
});

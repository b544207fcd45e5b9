/** Native histograms: growth over restarts, and where within a bucket a quantile is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { s } from '../../../../../sim-core/kernel/time.ts';
import { ExponentialHistogram } from '../../../../../sim-core/observability/metrics/instruments/exponential-histogram.ts';
import {
  addHistograms,
  EMPTY_HISTOGRAM,
  histogramIncrease,
  nativeQuantile,
  nativeShare,
  type NativeHistogram,
} from '../../../../../sim-core/observability/metrics/series/native-histogram.ts';
import { nativeIncrease } from '../../../../../sim-core/observability/metrics/series/rates.ts';
import { SeriesStore } from '../../../../../sim-core/observability/metrics/series/series-store.ts';

function histogramOf(values: readonly number[], scale = 8): NativeHistogram {
  const histogram = new ExponentialHistogram(160, scale);
  for (const value of values) histogram.record(value);
  return histogram.read();
}

const values = fc.array(fc.double({ min: 0.001, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 });

test('what has grown is what was observed since the first sample, restarts and all', () => {
  fc.assert(
    fc.property(values, values, values, (first, second, afterwards) => {
      const samples = [histogramOf(first), histogramOf([...first, ...second]), histogramOf(afterwards)];
      // A restart that has counted as much before the next scrape as there was is not seen.
      fc.pre(samples[2].count < samples[1].count);
      const grown = histogramIncrease(samples);
      const all = addHistograms(histogramOf(second), histogramOf(afterwards));
      expect(grown.count).toBe(all.count);
      expect(grown.sum).toBeCloseTo(all.sum, 9);
      expect(Math.abs(nativeQuantile(0.5, grown) / nativeQuantile(0.5, all) - 1)).toBeLessThan(1);
    }),
  );
});

test('within a bucket values lie evenly on a logarithmic scale', () => {
  const one = histogramOf([3, 3, 3, 3], 0);
  // All are in (2, 4]: a quarter of the way is 2^(1 + 1/4).
  expect(nativeQuantile(0.25, one)).toBeCloseTo(2 ** 1.25, 12);
  expect(nativeQuantile(1, one)).toBe(4);
  expect(nativeShare(2 ** 1.25, one)).toBeCloseTo(0.25, 12);
  expect([nativeQuantile(-1, one), nativeQuantile(2, one), nativeQuantile(0.5, EMPTY_HISTOGRAM)]).toEqual([
    -Infinity,
    Infinity,
    NaN,
  ]);
});

test('below zero the order is turned round, and zero lies between', () => {
  const both = histogramOf([-3, -3, 0, 0, 3, 3], 0);
  expect(nativeQuantile(1 / 6, both)).toBeCloseTo(-(2 ** 1.5), 12);
  expect(nativeQuantile(0.5, both)).toBe(0);
  expect(nativeQuantile(5 / 6, both)).toBeCloseTo(2 ** 1.5, 12);
});

test('a rate extrapolates as that of a counter does', () => {
  const store = new SeriesStore<NativeHistogram>();
  const series = store.series({ __name__: 'duration' });
  for (let i = 0; i <= 4; i++) series.append(s(15 * i), histogramOf(Array.from({ length: 10 * i }, () => 1)));
  const [{ value }] = nativeIncrease(store, { name: 'duration' }, s(60), s(62));
  // Three samples from 15 to 60 s lie in the stretch from 2 s on, 13 s and 2 s short of its ends: 30 in 45 s, so 40 in 60.
  expect(value.count).toBeCloseTo(40, 9);
});

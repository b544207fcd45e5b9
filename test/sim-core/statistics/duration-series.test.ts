/** DurationSeries against the sorted observations of every interval. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DurationSeries } from '../../../sim-core/statistics/duration-series.ts';
import { SAMPLES_MIN } from '../../../sim-core/statistics/signal.ts';

const RELATIVE_ERROR = 0.01;

function near(found: number, exact: number): boolean {
  return Math.abs(found - exact) <= RELATIVE_ERROR * exact;
}

test('every interval has its own count, mean, quantiles, maximum and heat row', () => {
  const duration = fc.oneof(fc.nat(1e9), fc.nat(20_000), fc.constant(2e12));
  const observations = fc.array(fc.record({ time: fc.nat(400), duration }), { maxLength: 600, size: 'max' });
  fc.assert(
    fc.property(fc.integer({ min: 50, max: 400 }), observations, (interval, list) => {
      list.sort((a, b) => a.time - b.time);
      const intervals = Math.ceil(400 / interval);
      const series = new DurationSeries(interval, intervals);
      for (const { time, duration } of list) series.record(time, duration);
      series.close(400);
      for (let row = 0; row < intervals; row += 1) {
        const mine = list.filter(({ time }) => Math.min(Math.floor(time / interval), intervals - 1) === row);
        const sorted = mine.map((one) => one.duration).sort((a, b) => a - b);
        const n = sorted.length;
        expect(series.count[row]).toBe(n);
        expect(series.mean[row]).toBe(sorted.reduce((sum, one) => sum + one, 0) / n);
        expect(series.max[row]).toBe(n === 0 ? NaN : sorted[n - 1]);
        for (const [name, percent] of [
          ['p50', 50],
          ['p95', 95],
          ['p99', 99],
        ] as const) {
          const found = series[name][row];
          if (n < SAMPLES_MIN[name]) expect(found).toBeNaN();
          else expect(near(found, sorted[Math.ceil((percent * n) / 100) - 1]), `${name} of ${n}`).toBe(true);
        }
        const heat = series.heat.counts.subarray(row * series.heat.columns, (row + 1) * series.heat.columns);
        expect(heat.reduce((sum, count) => sum + count, 0)).toBe(n);
        expect(heat[0]).toBe(sorted.filter((one) => one < series.heat.edges[0]).length);
        expect(heat[heat.length - 1]).toBe(sorted.filter((one) => one >= 1e12 * 1.1).length);
      }
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['p50', 2],
  ['p95', 20],
  ['p99', 100],
] as const)('%s appears with observation %i of an interval', (name, samples) => {
  for (const n of [samples - 1, samples]) {
    const series = new DurationSeries(10, 1);
    for (let i = 0; i < n; i += 1) series.record(0, 1000);
    series.close(10);
    expect(series[name][0]).toBe(n < samples ? NaN : 1000);
  }
});

test('the default heat map spans 10 microseconds to 1,000 seconds', () => {
  const { edges } = new DurationSeries(10, 1).heat;
  expect(edges[0]).toBeLessThanOrEqual(10_000);
  expect(edges[1]).toBeGreaterThan(10_000);
  expect(edges[edges.length - 1]).toBeGreaterThanOrEqual(1e12);
});

test('refuses earlier intervals, times outside, negative durations, and anything after the close', () => {
  const series = new DurationSeries(10, 3);
  series.record(12, 1);
  expect(() => series.record(9, 1)).toThrow('9 ns is before 10 ns, the interval in progress');
  expect(() => series.record(31, 1)).toThrow('outside the series, from 0 to 30 ns');
  expect(() => series.record(12, -1)).toThrow('histogram value: -1');
  series.close(30);
  expect([...series.count]).toEqual([0, 1, 0]);
  expect(() => series.record(30, 1)).toThrow('after the duration series was closed');
});

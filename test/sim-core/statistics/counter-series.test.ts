/** CounterSeries against a filter over the stored observations. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CounterSeries } from '../../../sim-core/statistics/counter-series.ts';
import { intervalsIn } from '../../../sim-core/statistics/intervals.ts';

test('each interval counts what falls into it, the end of the run into the last', () => {
  const observation = fc.record({ time: fc.nat(100), amount: fc.nat(5) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(observation), (interval, observations) => {
      const intervals = intervalsIn(100, interval);
      const series = new CounterSeries(interval, intervals);
      for (const { time, amount } of observations) series.add(time, amount);
      for (let row = 0; row < intervals; row += 1) {
        const inside = observations.filter(({ time }) => Math.min(Math.floor(time / interval), intervals - 1) === row);
        expect(series.counts[row]).toBe(inside.reduce((sum, { amount }) => sum + amount, 0));
      }
      expect(series.total).toBe(observations.reduce((sum, { amount }) => sum + amount, 0));
    }),
  );
});

test('counts one by default, on either side of an edge', () => {
  const series = new CounterSeries(10, 3);
  for (const time of [0, 9, 10, 29, 30]) series.add(time);
  expect([...series.counts]).toEqual([2, 1, 2]);
});

test('finds the interval of instants as late as an exact clock goes', () => {
  const interval = 1_000_000_007;
  const intervals = Math.floor(Number.MAX_SAFE_INTEGER / interval);
  const series = new CounterSeries(interval, intervals);
  series.add((intervals - 1) * interval - 1);
  series.add((intervals - 1) * interval);
  expect(series.counts.slice(-2)).toEqual(Float64Array.of(1, 1));
});

test('refuses times outside, amounts that a counter cannot take, and axes without length', () => {
  const series = new CounterSeries(10, 3);
  expect(() => series.add(31)).toThrow('time: 31 ns is outside the series, from 0 to 30 ns');
  for (const bad of [-1, NaN]) expect(() => series.add(bad)).toThrow(`time: ${bad}`);
  for (const bad of [-1, NaN, Infinity]) expect(() => series.add(5, bad)).toThrow(`amount: ${bad}`);
  expect(series.total).toBe(0);
  for (const bad of [0, 1.5, NaN]) {
    expect(() => new CounterSeries(bad, 3)).toThrow(`interval: ${bad}`);
    expect(() => new CounterSeries(10, bad)).toThrow(`intervals: ${bad}`);
  }
});

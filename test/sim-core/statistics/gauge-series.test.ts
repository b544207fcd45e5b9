/** GaugeSeries against the path written out instant by instant. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GaugeSeries } from '../../../sim-core/statistics/gauge-series.ts';

interface Change {
  readonly time: number;
  readonly value: number;
}

/** What the row from `start` to `end` must say, from the list of changes alone. */
function rowOf(initial: number, changes: Change[], start: number, end: number, endBelongs: boolean): number[] {
  const at = (time: number) => changes.findLast((change) => change.time <= time)?.value ?? initial;
  const held = Array.from({ length: end - start }, (_, i) => at(start + i));
  const reached = changes.filter(({ time }) => time >= start && (time < end || (endBelongs && time === end)));
  return [
    held.reduce((sum, value) => sum + value, 0) / held.length,
    Math.max(...held, ...reached.map(({ value }) => value)),
    at(endBelongs ? end : end - 1),
  ];
}

test('mean, maximum and last value of every interval, cut ones and untouched ones included', () => {
  const value = fc.integer({ min: -9, max: 9 });
  const changeList = fc.array(fc.record({ after: fc.nat(25), value }), { maxLength: 30 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 15 }), value, changeList, fc.nat(120), (interval, initial, steps, length) => {
      const intervals = Math.ceil(120 / interval);
      const series = new GaugeSeries(interval, intervals, initial);
      const changes: Change[] = [];
      let now = 0;
      for (const step of steps) {
        now += step.after;
        if (now > length) break;
        changes.push({ time: now, value: step.value });
        series.set(now, step.value);
      }
      series.close(length);
      for (let row = 0; row < intervals; row += 1) {
        const start = row * interval;
        const end = Math.min(start + interval, length);
        const endBelongs = end < start + interval || row === intervals - 1;
        const expected = start < length ? rowOf(initial, changes, start, end, endBelongs) : [NaN, NaN, NaN];
        expect([series.mean[row], series.max[row], series.last[row]]).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});

test('a value replaced at the edge where the interval opens is not in that interval', () => {
  const series = new GaugeSeries(10, 2, 100);
  series.set(10, 1);
  series.close(20);
  expect([...series.max]).toEqual([100, 1]);
  expect([...series.last]).toEqual([100, 1]);
});

test('a value held for no time is in the maximum and weighs nothing', () => {
  const series = new GaugeSeries(10, 1, 0);
  series.add(5, 8);
  series.add(5, -8);
  series.close(10);
  expect([series.mean[0], series.max[0], series.last[0]]).toEqual([0, 8, 0]);
});

test('refuses time that runs backwards, leaves the axis or follows the close, and values that are not numbers', () => {
  const series = new GaugeSeries(10, 2, 0);
  series.set(7, 1);
  expect(() => series.set(6, 1)).toThrow('6 ns is before 7 ns');
  expect(() => series.set(21, 1)).toThrow('time: 21 ns is outside the series, from 0 to 20 ns');
  expect(() => series.set(NaN, 1)).toThrow('time: NaN');
  expect(() => series.set(8, NaN)).toThrow('gauge value: NaN');
  expect(() => new GaugeSeries(10, 2, Infinity)).toThrow('gauge value: Infinity');
  series.close(20);
  expect(() => series.set(20, 1)).toThrow('after the gauge series was closed');
});

test('a value set as the run ends is the last one', () => {
  const series = new GaugeSeries(10, 2, 4);
  series.set(20, 7);
  series.close(20);
  expect([series.mean[1], series.max[1], series.last[1]]).toEqual([4, 7, 7]);
});

test('the integral goes on over the ends of intervals', () => {
  const series = new GaugeSeries(10, 3, 2);
  series.set(5, 4);
  expect(series.integral(5)).toBe(10);
  expect(series.integral(12)).toBe(10 + 28);
  series.set(25, 0);
  expect(series.integral(30)).toBe(10 + 80);
});

test('many values at once do what one after the other does, also where intervals end among them', () => {
  const change = fc.record({ after: fc.nat(6), value: fc.integer({ min: -9, max: 9 }).map((ninths) => ninths / 9) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 15 }), fc.array(fc.array(change, { maxLength: 8 })), (interval, batches) => {
      const [one, many] = [0, 1].map(() => new GaugeSeries(interval, Math.ceil(500 / interval), 0));
      let now = 0;
      for (const batch of batches) {
        const times = Float64Array.from(batch, ({ after }) => (now += after));
        const values = Float64Array.from(batch, ({ value }) => value);
        for (let i = 0; i < batch.length; i++) one.set(times[i], values[i]);
        many.setAll(Float64Array.of(...times, 0), Float64Array.of(...values, NaN), batch.length);
        expect([many.value, many.integral(now)]).toEqual([one.value, one.integral(now)]);
      }
      one.close(500);
      many.close(500);
      expect([many.mean, many.max, many.last]).toEqual([one.mean, one.max, one.last]);
    }),
    { numRuns: 200 },
  );
  const series = new GaugeSeries(10, 2, 0);
  expect(() => series.setAll(Float64Array.of(3, 2), Float64Array.of(1, 1), 2)).toThrow('2 ns is before 3 ns');
  expect(() => series.setAll(Float64Array.of(3), Float64Array.of(NaN), 1)).toThrow('gauge value: NaN');
});

/** TimeWeighted against the path written out instant by instant. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeWeighted } from '../../../sim-core/statistics/time-weighted.ts';

const path = fc.record({
  start: fc.nat(1_000),
  initial: fc.integer({ min: -20, max: 20 }),
  changes: fc.array(fc.record({ after: fc.nat(30), value: fc.integer({ min: -20, max: 20 }) }), { maxLength: 30 }),
  rest: fc.nat(30),
});

test('weighs every value by the instants at which it was in force', () => {
  fc.assert(
    fc.property(path, ({ start, initial, changes, rest }) => {
      const gauge = new TimeWeighted(start, initial);
      const instants: number[] = []; // the value in force during each nanosecond since the start
      let value = initial;
      let now = start;
      for (const change of changes) {
        for (let i = 0; i < change.after; i += 1) instants.push(value);
        now += change.after;
        gauge.set(now, change.value);
        value = change.value;
      }
      for (let i = 0; i < rest; i += 1) instants.push(value);
      now += rest;
      const integral = instants.reduce((sum, one) => sum + one, 0);
      const mean = integral / instants.length;
      const variance = instants.reduce((sum, one) => sum + (one - mean) ** 2, 0) / instants.length;
      expect(gauge.integral(now)).toBe(integral);
      expect(gauge.value).toBe(value);
      expect(gauge.min).toBe(Math.min(initial, ...changes.map((change) => change.value)));
      expect(gauge.max).toBe(Math.max(initial, ...changes.map((change) => change.value)));
      if (now === start) {
        expect([gauge.mean(now), gauge.variance(now)]).toEqual([NaN, NaN]);
      } else {
        expect(gauge.mean(now)).toBe(mean);
        expect(gauge.variance(now)).toBeCloseTo(variance, 9);
      }
    }),
  );
});

test('a reset forgets what was before it and keeps the value in force', () => {
  fc.assert(
    fc.property(path, path, (before, after) => {
      const gauge = new TimeWeighted(0, before.initial);
      let now = 0;
      for (const change of before.changes) gauge.set((now += change.after), change.value);
      now += before.rest;
      gauge.resetAt(now);
      const fresh = new TimeWeighted(now, gauge.value);
      expect(gauge.from).toBe(now);
      for (const change of after.changes) {
        now += change.after;
        gauge.set(now, change.value);
        fresh.set(now, change.value);
      }
      now += after.rest;
      const figures = (one: TimeWeighted) => [one.integral(now), one.mean(now), one.variance(now), one.min, one.max];
      expect(figures(gauge)).toEqual(figures(fresh));
    }),
  );
});

test('asking in between changes nothing but the moment of asking', () => {
  const asked = new TimeWeighted(0, 3);
  const left = new TimeWeighted(0, 3);
  asked.add(10, 2);
  left.add(10, 2);
  expect(asked.mean(20)).toBe(4);
  expect(asked.mean(40)).toBe(4.5);
  expect(left.mean(40)).toBe(4.5);
});

test('refuses time that runs backwards and values that are not numbers', () => {
  const gauge = new TimeWeighted(5, 0);
  gauge.set(9, 1);
  expect(() => gauge.set(8, 1)).toThrow('8 is before 9');
  expect(() => gauge.mean(8)).toThrow('8 is before 9');
  expect(() => gauge.set(NaN, 1)).toThrow('NaN');
  expect(() => gauge.set(10, NaN)).toThrow('time-weighted value: NaN');
});

/** Confidence intervals worked by hand; that they cover what they promise is shown in `test/theory/`. */
import { expect, test } from 'vitest';
import { confidenceInterval } from '../../../sim-core/statistics/confidence.ts';
import { Tally } from '../../../sim-core/statistics/tally.ts';

test('five values by hand: mean 5, variance 10, t(4) = 2.776', () => {
  const values = [1, 3, 5, 7, 9];
  const interval = confidenceInterval(values);
  expect(interval).toMatchObject({ mean: 5, n: 5, level: 0.95 });
  expect(interval.halfWidth).toBeCloseTo(2.7764451 * Math.sqrt(10 / 5), 6);
  expect([interval.low, interval.high]).toEqual([5 - interval.halfWidth, 5 + interval.halfWidth]);
  expect(confidenceInterval(values, 0.99).halfWidth).toBeCloseTo(4.6040949 * Math.sqrt(2), 6);
});

test('a tally and a typed array give the interval of the same values', () => {
  const tally = new Tally();
  for (const value of [4, 8, 15]) tally.add(value);
  expect(confidenceInterval(tally)).toEqual(confidenceInterval([4, 8, 15]));
  expect(confidenceInterval(Float64Array.of(4, 8, 15))).toEqual(confidenceInterval([4, 8, 15]));
});

test('one value says nothing of the spread, none says nothing at all', () => {
  expect(confidenceInterval([7])).toEqual({
    mean: 7,
    halfWidth: Infinity,
    low: -Infinity,
    high: Infinity,
    n: 1,
    level: 0.95,
  });
  expect(() => confidenceInterval([])).toThrow('no values');
  expect(() => confidenceInterval([1, 2], 95)).toThrow('level: 95');
  expect(() => confidenceInterval([1, NaN])).toThrow('NaN');
});

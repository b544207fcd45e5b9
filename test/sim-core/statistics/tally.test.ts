/** Tally against the textbook's two passes over the stored values. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tally } from '../../../sim-core/statistics/tally.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 });

function tallyOf(list: number[]): Tally {
  const tally = new Tally();
  for (const value of list) tally.add(value);
  return tally;
}

function expectMoments(tally: Tally, list: number[]): void {
  const n = list.length;
  const mean = list.reduce((sum, value) => sum + value, 0) / n;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const scale = Math.max(1, ...list.map(Math.abs));
  expect(tally.count).toBe(n);
  if (n === 0) {
    expect([tally.mean, tally.min, tally.max, tally.variance]).toEqual([NaN, NaN, NaN, NaN]);
    return;
  }
  expect(Math.abs(tally.mean - mean)).toBeLessThan(1e-12 * scale);
  expect(Math.abs(tally.sum - mean * n)).toBeLessThan(1e-11 * scale * n);
  expect(tally.min).toBe(Math.min(...list));
  expect(tally.max).toBe(Math.max(...list));
  if (n === 1) expect(tally.variance).toBeNaN();
  else expect(Math.abs(tally.variance - variance)).toBeLessThan(1e-12 * scale * scale);
}

test('has the moments and extremes of the values added', () => {
  fc.assert(fc.property(values, (list) => expectMoments(tallyOf(list), list)));
});

test('merging equals adding everything to one tally, whatever is empty', () => {
  fc.assert(
    fc.property(values, values, (first, second) => {
      const merged = tallyOf(first);
      merged.merge(tallyOf(second));
      expectMoments(merged, [...first, ...second]);
    }),
  );
});

test('does not cancel when the mean is huge beside the spread', () => {
  const tally = tallyOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
  expect(tally.variance).toBe(30);
  expect(tally.standardDeviation).toBe(Math.sqrt(30));
});

test('refuses what is not a number', () => {
  for (const bad of [NaN, Infinity, -Infinity]) expect(() => new Tally().add(bad)).toThrow(`tally value: ${bad}`);
});

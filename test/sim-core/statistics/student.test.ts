/**
 * Student's t against its closed forms for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4) and
 * against the tables that every textbook prints.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { studentQuantile, studentTails } from '../../../sim-core/statistics/student.ts';

/** P(|T| <= t) as a finite trigonometric sum; `nu` is whole. */
function centralByTrigonometry(t: number, nu: number): number {
  const theta = Math.atan(t / Math.sqrt(nu));
  const square = Math.cos(theta) ** 2;
  const odd = nu % 2 === 1;
  let term = odd ? Math.cos(theta) : 1;
  let sum = nu === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < nu; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

const TABLE: [degreesOfFreedom: number, at90: string, at95: string, at99: string][] = [
  [1, '6.314', '12.706', '63.657'],
  [2, '2.920', '4.303', '9.925'],
  [5, '2.015', '2.571', '4.032'],
  [10, '1.812', '2.228', '3.169'],
  [30, '1.697', '2.042', '2.750'],
  [100, '1.660', '1.984', '2.626'],
  [Infinity, '1.645', '1.960', '2.576'],
];

test.each(TABLE)('with %d degrees of freedom the printed quantiles', (degreesOfFreedom, ...printed) => {
  expect([0.9, 0.95, 0.99].map((level) => studentQuantile(level, degreesOfFreedom).toFixed(3))).toEqual(printed);
});

test('the closed quantiles of one, two and infinitely many degrees of freedom', () => {
  for (const level of [0.001, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999]) {
    expect(studentQuantile(level, 1) / Math.tan((level * Math.PI) / 2), `1, ${level}`).toBeCloseTo(1, 10);
    expect(studentQuantile(level, 2) / (level * Math.sqrt(2 / (1 - level * level))), `2, ${level}`).toBeCloseTo(1, 10);
  }
  expect(studentQuantile(0.9, Infinity)).toBeCloseTo(1.644853626951, 8);
  expect(studentQuantile(0.95, Infinity)).toBeCloseTo(1.95996398454, 8);
  expect(studentQuantile(0.99, Infinity)).toBeCloseTo(2.575829303549, 8);
});

test('the tails are what the closed forms leave', () => {
  fc.assert(
    fc.property(fc.nat(8000), fc.integer({ min: 1, max: 400 }), (milli, nu) => {
      const t = milli / 1000;
      expect(Math.abs(studentTails(t, nu) - (1 - centralByTrigonometry(t, nu)))).toBeLessThan(1e-12);
    }),
    { numRuns: 500 },
  );
});

test('the quantile leaves the tails asked for, whole degrees of freedom or not', () => {
  const level = fc.double({ min: 0.0001, max: 0.9999, noNaN: true });
  const nu = fc.oneof(fc.double({ min: 1, max: 50, noNaN: true }), fc.double({ min: 50, max: 100_000, noNaN: true }));
  fc.assert(
    fc.property(level, nu, (level, nu) => {
      const tails = studentTails(studentQuantile(level, nu), nu);
      expect(Math.abs(tails / (1 - level) - 1)).toBeLessThan(1e-8);
    }),
  );
});

test('falls as the degrees of freedom rise, through the join with the normal expansion', () => {
  for (const level of [0.5, 0.95, 0.999]) {
    let previous = Infinity;
    for (const nu of [1, 1.5, 2, 7.3, 40, 5000, 99_999, 100_000, 100_001, 1e6, 1e9, Infinity]) {
      const quantile = studentQuantile(level, nu);
      expect(quantile).toBeLessThan(previous);
      previous = quantile;
    }
  }
});

test('the ends and what is not a distribution', () => {
  expect([studentTails(0, 3), studentTails(Infinity, 3)]).toEqual([1, 0]);
  for (const bad of [0, 1, -0.5, NaN]) expect(() => studentQuantile(bad, 3)).toThrow(`level: ${bad}`);
  for (const bad of [0, 0.9, NaN]) expect(() => studentQuantile(0.95, bad)).toThrow(`degreesOfFreedom: ${bad}`);
  for (const bad of [-1, NaN]) expect(() => studentTails(bad, 3)).toThrow(`t: ${bad}`);
});

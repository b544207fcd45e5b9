/** Differences of means worked by hand and by their definitions. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidenceInterval } from '../../../sim-core/statistics/confidence.ts';
import { pairedDifference, welchDifference } from '../../../sim-core/statistics/paired.ts';
import { studentQuantile } from '../../../sim-core/statistics/student.ts';

const value = fc.double({ min: -1000, max: 1000, noNaN: true });

test('a paired difference is the interval of the differences, first minus second', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 2 }), (pairs) => {
      const difference = pairedDifference(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
      );
      expect(difference).toMatchObject(confidenceInterval(pairs.map(([a, b]) => a - b)));
    }),
  );
});

test('exchanging the systems turns the sign and nothing else', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 2 }), fc.array(value, { minLength: 2 }), (a, b) => {
      const [forth, back] = [welchDifference(a, b), welchDifference(b, a)];
      expect(back.mean).toBeCloseTo(-forth.mean, 9);
      expect(back.halfWidth).toBeCloseTo(forth.halfWidth, 9);
    }),
  );
});

test('the correlation says what pairing gained', () => {
  const a = [10, 14, 9, 20, 17];
  expect(
    pairedDifference(
      a,
      a.map((one) => one - 2),
    ),
  ).toMatchObject({ mean: 2, halfWidth: 0, low: 2, high: 2 });
  expect(
    pairedDifference(
      a,
      a.map((one) => one - 2),
    ).correlation,
  ).toBeCloseTo(1, 12);
  expect(
    pairedDifference(
      a,
      a.map((one) => -one),
    ).correlation,
  ).toBeCloseTo(-1, 12);
  expect(pairedDifference([1, 2, 3, 4], [1, -1, -1, 1]).correlation).toBe(0);
  expect(pairedDifference([1, 2], [5, 5]).correlation).toBeNaN();
});

test("Welch's difference by hand: variances 1 and 4 of 3 values each", () => {
  // Squared standard errors 1/3 and 4/3: degrees of freedom (5/3)² / ((1/3)²/2 + (4/3)²/2) = 50/17, between 2 and 4.
  const difference = welchDifference([1, 2, 3], [10, 12, 14]);
  expect(difference).toMatchObject({ mean: -10, n: 6, level: 0.95 });
  expect(difference.degreesOfFreedom).toBeCloseTo(50 / 17, 12);
  expect(difference.halfWidth).toBeCloseTo(studentQuantile(0.95, 50 / 17) * Math.sqrt(5 / 3), 12);
});

test('refuses what cannot be compared', () => {
  expect(() => pairedDifference([1, 2], [1])).toThrow('2 values cannot be paired with 1');
  expect(() => welchDifference([1], [1, 2])).toThrow('samples of 1 and 2 values, each takes at least 2');
  expect(welchDifference([3, 3], [5, 5])).toMatchObject({ mean: -2, halfWidth: 0, degreesOfFreedom: 2 });
});

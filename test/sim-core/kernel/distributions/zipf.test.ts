/** Zipf’s law: its normaliser against sums, its sampler at the edges of keys and exponents. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generalizedHarmonic, zipf } from '../../../../sim-core/kernel/distributions/zipf.ts';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';

/** From the smallest term up, so that little is lost. */
function sum(n: number, s: number): number {
  let total = 0;
  for (let i = 1; i <= n; i++) total += (s > 0 ? n + 1 - i : i) ** -s;
  return total;
}

describe('the generalized harmonic number', () => {
  it('is the sum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: -2, max: 6, noNaN: true }), (n, s) => {
        expect(Math.abs(generalizedHarmonic(n, s) / sum(n, s) - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  it('passes smoothly through exponent 1', () => {
    for (const s of [1 - 1e-9, 1 - 1e-15, 1, 1 + 1e-15, 1 + 1e-9]) {
      expect(generalizedHarmonic(1e8, s) / generalizedHarmonic(1e8, 1)).toBeCloseTo(1, 7);
    }
    // ln n + Euler's constant + 1 / 2n.
    expect(generalizedHarmonic(1e8, 1)).toBeCloseTo(Math.log(1e8) + 0.5772156649015329 + 5e-9, 12);
  });

  it('tends to the zeta function', () => {
    expect(generalizedHarmonic(2 ** 32, 2)).toBeCloseTo(Math.PI ** 2 / 6 - 2 ** -32, 14);
    expect(generalizedHarmonic(2 ** 32, 4)).toBeCloseTo(Math.PI ** 4 / 90, 14);
  });
});

describe('zipf', () => {
  it('stays within the keys for any exponent and any number of keys', () => {
    const random = new RandomStreams(1).stream('x');
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2 ** 32 })),
        fc.oneof(
          fc.double({ min: 0, max: 5, noNaN: true }),
          fc.constantFrom(0, 1, 1 - 2 ** -53, 1 + 2 ** -52, 50, 1000, 1e300),
        ),
        (keys, exponent) => {
          const distribution = zipf(keys, exponent);
          for (let i = 0; i < 20; i++) {
            const key = distribution.sample(random);
            expect(Number.isInteger(key) && key >= 0 && key < keys).toBe(true);
          }
        },
      ),
    );
  });

  it('has one answer for one key', () => {
    const random = new RandomStreams(1).stream('x');
    for (const exponent of [0, 0.5, 1, 3]) expect(zipf(1, exponent).sample(random)).toBe(0);
  });

  it('has the mean and variance of the sums', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 3, noNaN: true }), (keys, exponent) => {
        let [total, first, second] = [0, 0, 0];
        for (let key = 0; key < keys; key++) {
          const weight = (key + 1) ** -exponent;
          total += weight;
          first += key * weight;
          second += key * key * weight;
        }
        const { mean, variance } = zipf(keys, exponent);
        expect(Math.abs(mean - first / total)).toBeLessThan(1e-9 * keys);
        expect(Math.abs(variance! - (second / total - (first / total) ** 2))).toBeLessThan(1e-9 * keys * keys);
      }),
    );
  });

  it('needs about one trial a sample: the uniforms it takes do not grow with keys or exponent', () => {
    for (const keys of [2, 1000, 1e8]) {
      for (const exponent of [0.1, 0.99, 1, 1.2, 3, 10]) {
        let asked = 0;
        const random = new RandomStreams(1).stream('x');
        const counting = { next: () => (asked++, random.next()), integer: (bound: number) => random.integer(bound) };
        const distribution = zipf(keys, exponent);
        for (let i = 0; i < 10_000; i++) distribution.sample(counting);
        expect(asked / 10_000).toBeLessThan(1.05);
      }
    }
  });
});

/** Exact maths: the same bits everywhere, and close to the true values. */
import stdlibExp from '@stdlib/math-base-special-exp';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, expm1, ln, lnGamma, log1p, pow } from '../../../sim-core/kernel/maths.ts';

/** Arguments over the whole range of doubles, made by integer arithmetic and exact scaling alone. */
function* words(): Generator<number> {
  let state = 1;
  for (;;) yield (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
}

function digest(f: (a: number, b: number) => number): string {
  const source = words();
  const word = (): number => source.next().value as number;
  const view = new DataView(new ArrayBuffer(8 * 10_000));
  for (let i = 0; i < 10_000; i++) {
    const a = word() / 2 ** 32 + word() / 2 ** 64;
    const b = word() / 2 ** 32;
    view.setFloat64(8 * i, f(a, b), true);
  }
  return bytesToHex(sha256(new Uint8Array(view.buffer))).slice(0, 16);
}

/** a in (0, 1) moved to any power of two from 2^-40 to 2^40 by b. */
const scaled = (a: number, b: number): number => a * 2 ** Math.floor(b * 81 - 40);

describe('the bits of 10,000 results, which every engine must reproduce', () => {
  it.each([
    ['ln', (a: number, b: number) => ln(scaled(a, b)), '7e4542197ee59c84'],
    ['exp', (a: number) => exp(a * 1400 - 700), '12bf13b38e1f034f'],
    ['pow', (a: number, b: number) => pow(scaled(a, b), a * 8 - 4), 'f4900ea1bb843141'],
    ['expm1', (a: number) => expm1(a * 4 - 2), '1758640e981a7621'],
    ['log1p', (a: number) => log1p(a * 4 - 1), '27b15ccc14c3ae38'],
    ['lnGamma', (a: number, b: number) => lnGamma(scaled(a, b)), '2041a96e3f3c65e9'],
  ])('%s', (_, f, golden) => {
    expect(digest(f)).toBe(golden);
  });
});

it('exp gives the bits of the port of fdlibm, also beside the arguments at which it changes its way', () => {
  const whole = fc.double({ min: -50, max: 50, noNaN: true });
  const halves = fc.tuple(fc.integer({ min: -140, max: 140 }), fc.double({ min: -1e-12, max: 1e-12, noNaN: true }));
  const nearHalfStep = halves.map(([steps, beside]) => (steps * Math.LN2) / 2 + beside);
  const edge = fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 44, -44, 1 / 268_435_456, -1 / 268_435_456, 710, -750);
  fc.assert(
    fc.property(fc.oneof(whole, nearHalfStep, edge), (x) => {
      expect(exp(x)).toBe(stdlibExp(x));
    }),
    { numRuns: 5000 },
  );
});

describe('agreement with the engine, which is within 1 unit in the last place', () => {
  const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });

  it('of ln, exp and pow', () => {
    fc.assert(
      fc.property(
        positive,
        fc.double({ min: -600, max: 600, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (x, y, z) => {
          expect(closeTo(ln(x), Math.log(x), 2)).toBe(true);
          expect(closeTo(exp(y), Math.exp(y), 3)).toBe(true);
          expect(closeTo(pow(x, z), x ** z, 3)).toBe(true);
        },
      ),
    );
  });

  it('of expm1 and log1p, down to the smallest arguments', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.999, max: 30, noNaN: true }), fc.integer({ min: 0, max: 1000 }), (x, scale) => {
        const small = x / 2 ** scale;
        for (const argument of [x, small]) {
          expect(closeTo(expm1(argument), Math.expm1(argument), 5)).toBe(true);
          expect(closeTo(log1p(argument), Math.log1p(argument), 5)).toBe(true);
        }
      }),
    );
  });
});

describe('special arguments', () => {
  it('follow the mathematical limits', () => {
    expect([ln(0), ln(1), ln(Infinity), ln(-1)]).toEqual([-Infinity, 0, Infinity, Number.NaN]);
    expect([exp(-Infinity), exp(0), exp(710), exp(Number.NaN)]).toEqual([0, 1, Infinity, Number.NaN]);
    expect([pow(0, 0), pow(2, 10), pow(0, -1), pow(-8, 1 / 3)]).toEqual([1, 1024, Infinity, Number.NaN]);
    expect([expm1(0), expm1(-Infinity), expm1(Infinity), expm1(1e-300)]).toEqual([0, -1, Infinity, 1e-300]);
    expect([log1p(0), log1p(-1), log1p(Infinity), log1p(-2), log1p(1e-300)]).toEqual([
      0,
      -Infinity,
      Infinity,
      Number.NaN,
      1e-300,
    ]);
  });
});

describe('lnGamma', () => {
  it('is the logarithm of the factorials', () => {
    let factorial = 1;
    for (let n = 1; n <= 170; n++) {
      expect(Math.abs(lnGamma(n) - Math.log(factorial))).toBeLessThan(1e-13 * Math.max(1, Math.log(factorial)));
      factorial *= n;
    }
  });

  it('is right at the halves and near 0', () => {
    expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
    expect(lnGamma(2.5)).toBeCloseTo(Math.log(0.75 * Math.sqrt(Math.PI)), 14);
    expect(lnGamma(1e-10)).toBeCloseTo(Math.log(1e10) - 0.5772156649015329e-10, 13);
  });

  it.each([0, -1, Number.NaN])('refuses %s', (x) => {
    expect(() => lnGamma(x)).toThrow(`x must be above 0, got ${x}`);
  });
});

function closeTo(value: number, reference: number, ulps: number): boolean {
  return Math.abs(value - reference) <= ulps * Math.max(Math.abs(reference) * 2 ** -52, 2 ** -1074);
}

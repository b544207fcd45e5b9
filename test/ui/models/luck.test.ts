/** Is it luck: the interval is Student's, over pairs of one seed, and what could not be told is left out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidenceInterval } from '../../../sim-core/index.ts';
import { luckOf, type Pair } from '../../../ui/models/luck.ts';

const signal = { name: 'x', kind: 'gauge', unit: '1' } as const;
const pair = (seed: number, a: number, b: number): Pair => {
  const summary = (mean: number) => ({ signals: [{ ...signal, summary: { mean } }], pass: true });
  return { seed, a: summary(a), b: summary(b) };
};

describe('luck', () => {
  it('is Student’s interval over the differences, B minus A', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 }), (values) => {
        const luck = luckOf(
          values.map(([a, b], i) => pair(i, a, b)),
          signal,
        );
        const naive = confidenceInterval(
          values.map(([a, b]) => b - a),
          0.95,
        );
        expect(luck.mean).toBe(naive.mean);
        expect(luck.halfWidth).toBe(naive.halfWidth);
        const outside = Math.abs(naive.mean) > naive.halfWidth;
        expect(luck.verdict === 'higher' || luck.verdict === 'lower').toBe(outside);
      }),
    );
  });

  it('says the same of equal runs, and nothing of one seed', () => {
    expect(luckOf([pair(1, 3, 3), pair(2, 5, 5)], signal).verdict).toBe('same');
    expect(luckOf([pair(1, 3, 9)], signal).verdict).toBe('untold');
  });

  it('leaves out seeds on which either could not be told', () => {
    const luck = luckOf([pair(1, 3, 4), pair(2, NaN, 4), pair(3, 3, 5)], signal);
    expect(luck.differences.map(({ seed }) => seed)).toEqual([1, 3]);
  });
});

/** Sizes of caches as the command line takes them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectsOf, parseSize } from '../../../../scenarios/cli/cachesim/sizes.ts';

describe('parseSize', () => {
  it.each([
    ['1', 1],
    ['500', 500],
    ['10K', 10_000],
    ['2m', 2_000_000],
  ])('%s is %i objects, whatever the trace has', (text, objects) => {
    expect(objectsOf(parseSize(text), 7)).toBe(objects);
  });

  it('takes a percentage of the objects, rounded down but to 1 at least, without a rounding of its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 1e9 }), (thousandths, objects) => {
        const text = `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}%`;
        const exact = (BigInt(objects) * BigInt(thousandths)) / 100_000n;
        expect(objectsOf(parseSize(text), objects)).toBe(Math.max(1, Number(exact)));
      }),
    );
    expect(objectsOf(parseSize('100%'), 12)).toBe(12);
    expect(objectsOf(parseSize('0.1%'), 12)).toBe(1);
  });

  it.each(['', '0', '0%', '100.1%', '-1', '1.5', '1e3', '10 K', '5G', '1%%', '1001M', 'all'])(
    'refuses "%s" by name',
    (text) => {
      expect(() => parseSize(text)).toThrow(`"${text}"`);
    },
  );
});

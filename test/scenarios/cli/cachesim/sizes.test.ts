/** Sizes of caches as the command line takes them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitsOf, parseSize } from '../../../../scenarios/cli/cachesim/sizes.ts';

describe('parseSize', () => {
  it.each([
    ['1', 1],
    ['500', 500],
    ['10K', 10_000],
    ['2m', 2_000_000],
  ])('%s is %i objects, whatever the trace has', (text, objects) => {
    expect(unitsOf(parseSize(text), 7)).toBe(objects);
  });

  it('takes a percentage of the objects, rounded down but to 1 at least, without a rounding of its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 1e9 }), (thousandths, objects) => {
        const text = `${Math.floor(thousandths / 1000)}.${String(thousandths % 1000).padStart(3, '0')}%`;
        const exact = (BigInt(objects) * BigInt(thousandths)) / 100_000n;
        expect(unitsOf(parseSize(text), objects)).toBe(Math.max(1, Number(exact)));
      }),
    );
    expect(unitsOf(parseSize('100%'), 12)).toBe(12);
    expect(unitsOf(parseSize('0.1%'), 12)).toBe(1);
  });

  it.each([
    ['1', 1],
    ['500B', 500],
    ['10K', 10_000],
    ['10KB', 10_000],
    ['10KiB', 10_240],
    ['3mib', 3_145_728],
    ['4GiB', 4_294_967_296],
    ['2T', 2_000_000_000_000],
  ])('%s is %i bytes', (text, bytes) => {
    expect(unitsOf(parseSize(text, 'bytes'), 7)).toBe(bytes);
  });

  it('takes a percentage of more bytes than objects can be, exactly', () => {
    expect(unitsOf(parseSize('99.9%', 'bytes'), Number.MAX_SAFE_INTEGER)).toBe(8_998_192_055_486_250);
  });

  it.each(['0', '0KiB', '9008T', '5x', 'Ki', '1.5G', '-1'])('refuses "%s" bytes by name', (text) => {
    expect(() => parseSize(text, 'bytes')).toThrow(`"${text}"`);
  });

  it.each(['', '0', '0%', '100.1%', '-1', '1.5', '1e3', '10 K', '5G', '1%%', '1001M', 'all'])(
    'refuses "%s" by name',
    (text) => {
      expect(() => parseSize(text)).toThrow(`"${text}"`);
    },
  );
});

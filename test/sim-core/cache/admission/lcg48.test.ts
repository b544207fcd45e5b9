/** The 48-bit generator against java.util.Random’s documented recurrence. */
import { describe, expect, it } from 'vitest';
import { Lcg48 } from '../../../../sim-core/cache/admission/lcg48.ts';

/** java.util.Random's nextFloat, by its documented recurrence in big integers. */
function javaFloats(seed: bigint, count: number): number[] {
  const mask = (1n << 48n) - 1n;
  let state = (seed ^ 0x5deece66dn) & mask;
  return Array.from({ length: count }, () => {
    state = (state * 0x5deece66dn + 11n) & mask;
    return Number(state >> 24n) / 2 ** 24;
  });
}

describe('48-bit congruential stream', () => {
  it.each([0, 1, 42, 1_033_096_058, 2 ** 31, 2 ** 48 - 1])('is java.util.Random(%d)', (seed) => {
    const stream = new Lcg48(seed);
    const floats = javaFloats(BigInt(seed), 1000);
    expect(Array.from({ length: 1000 }, () => stream.next())).toEqual(floats);
  });

  it('begins at seed 42 as java.util.Random does: nextInt there is -1170105035, then 234785527', () => {
    const stream = new Lcg48(42);
    expect(stream.next()).toBe(((-1_170_105_035 >>> 8) & 0xffffff) / 2 ** 24);
    expect(stream.next()).toBe((234_785_527 >>> 8) / 2 ** 24);
  });

  it('starts from the seed of the configuration that the simulator ships with', () => {
    expect(new Lcg48().next()).toBe(new Lcg48(1_033_096_058).next());
  });

  it('draws integers below their bound', () => {
    const stream = new Lcg48(3);
    const drawn = new Set(Array.from({ length: 500 }, () => stream.integer(7)));
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

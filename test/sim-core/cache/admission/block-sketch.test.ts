/** The library's sketch against a naive twin, and what its block layout must and must not do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSketch } from '../../../../sim-core/cache/admission/block-sketch.ts';
import { NaiveBlockSketch } from './naive-sketch.ts';

const anyKey = fc.oneof(fc.nat(40), fc.integer(), fc.constantFrom(0, -1, 1, 0x7fffffff, -0x80000000));

describe('block sketch', () => {
  it('counts as the naive sketch does, through agings', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(anyKey, { maxLength: 900 }), (entries, keys) => {
        const sketch = new BlockSketch({ entries });
        const naive = new NaiveBlockSketch(entries);
        for (const key of keys) {
          sketch.increment(key);
          naive.increment(key);
          expect(sketch.frequency(key)).toBe(naive.frequency(key));
        }
        for (const key of new Set(keys)) expect(sketch.frequency(key)).toBe(naive.frequency(key));
      }),
      { numRuns: 60 },
    );
  });

  it('locates the block of any 32-bit hash in a wide table', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 200 }), (keys) => {
        const sketch = new BlockSketch({ entries: 2 ** 20 });
        const naive = new NaiveBlockSketch(2 ** 20);
        for (const key of keys.slice(1)) {
          sketch.increment(key);
          naive.increment(key);
        }
        for (const key of keys) expect(sketch.frequency(key)).toBe(naive.frequency(key));
      }),
      { numRuns: 10 },
    );
  });

  it('has room for the entries rounded up to a power of two, and for one block at least', () => {
    expect([1, 8, 9, 512, 513].map((entries) => new BlockSketch({ entries }).entries)).toEqual([8, 8, 16, 512, 1024]);
  });

  it('is halved after ten increments an entry, not a slot: sooner than its table is wide', () => {
    let halvings = 0;
    const sketch = new BlockSketch({ entries: 33, onHalving: () => halvings++ });
    for (let key = 0; key < 329; key++) sketch.increment(key * 7919);
    expect(halvings).toBe(0);
    sketch.increment(-1);
    expect(halvings).toBe(1);
  });

  it('says when a key cannot be counted higher', () => {
    const sketch = new BlockSketch({ entries: 64 });
    const counted = Array.from({ length: 20 }, () => sketch.increment(7));
    expect(counted).toEqual(Array.from({ length: 20 }, (_, request) => request < 15));
    expect(sketch.frequency(7)).toBe(15);
  });

  it('never tells less than the truth before the first aging, up to 15', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 319 }), (keys) => {
        const sketch = new BlockSketch({ entries: 32 });
        const truth = new Map<number, number>();
        for (const key of keys) {
          sketch.increment(key);
          truth.set(key, (truth.get(key) ?? 0) + 1);
        }
        for (const [key, count] of truth) expect(sketch.frequency(key)).toBeGreaterThanOrEqual(Math.min(count, 15));
      }),
    );
  });
});

/**
 * Both frequency sketches against naive twins in big integers, and the bounds that a count-min sketch keeps; then what
 * each of the two does by itself: when it is halved, and how much it has room for.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSketch } from '../../../../sim-core/cache/admission/block-sketch.ts';
import { frequencySketches } from '../../../../sim-core/cache/admission/sketches.ts';
import { UniformSketch } from '../../../../sim-core/cache/admission/uniform-sketch.ts';
import { NaiveBlockSketch, NaiveSketch } from './naive-sketch.ts';

const anyKey = fc.oneof(fc.nat(40), fc.integer(), fc.constantFrom(0, -1, 1, 0x7fffffff, -0x80000000));
const naive = { uniform: NaiveSketch, block: NaiveBlockSketch } as const;

describe.each(['uniform', 'block'] as const)('the %s sketch', (name) => {
  const create = frequencySketches[name];

  it('counts as the naive sketch does, through agings', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(anyKey, { maxLength: 900 }), (entries, keys) => {
        const sketch = create({ entries });
        const twin = new naive[name](entries);
        for (const key of keys) {
          sketch.increment(key);
          twin.increment(key);
          expect(sketch.frequency(key)).toBe(twin.frequency(key));
        }
        for (const key of new Set(keys)) expect(sketch.frequency(key)).toBe(twin.frequency(key));
      }),
      { numRuns: 60 },
    );
  });

  it('locates the counters of any 32-bit hash exactly, in a table as wide as the hash can tell apart', () => {
    // In a wide table hardly any two keys share a counter, so a wrong slot would show as a frequency other than 1 or 0.
    const entries = 2 ** 22;
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 200 }), (keys) => {
        const sketch = create({ entries });
        const twin = new naive[name](entries);
        for (const key of keys.slice(1)) {
          sketch.increment(key);
          twin.increment(key);
        }
        for (const key of keys) expect(sketch.frequency(key)).toBe(twin.frequency(key));
      }),
      { numRuns: 100 },
    );
  });

  it('never tells less than the truth before the first aging, up to 15', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 319 }), (keys) => {
        const sketch = create({ entries: 32 });
        const truth = new Map<number, number>();
        for (const key of keys) {
          sketch.increment(key);
          truth.set(key, (truth.get(key) ?? 0) + 1);
        }
        for (const [key, count] of truth) expect(sketch.frequency(key)).toBeGreaterThanOrEqual(Math.min(count, 15));
      }),
    );
  });

  it('says when a key cannot be counted higher, which the next halving ends', () => {
    let halvings = 0;
    const sketch = create({ entries: 64, onHalving: () => halvings++ });
    const counted = Array.from({ length: 20 }, () => sketch.increment(7));
    expect(counted).toEqual(Array.from({ length: 20 }, (_, request) => request < 15));
    for (let other = 1000; halvings === 0; other++) {
      if (sketch.increment(7)) expect.unreachable('counted above 15');
      sketch.increment(other);
    }
    expect([sketch.frequency(7), sketch.increment(7), sketch.frequency(7), halvings]).toEqual([7, true, 8, 1]);
  });
});

it('the uniform sketch halves every counter after ten increments a slot', () => {
  const sketch = new UniformSketch({ entries: 64 });
  for (let i = 0; i < 12; i++) sketch.increment(7);
  for (let i = 12; i < 639; i++) sketch.increment(1000 + i);
  const before = sketch.frequency(7);
  sketch.increment(5000);
  expect(before).toBeGreaterThanOrEqual(12);
  expect(sketch.frequency(7)).toBe(Math.floor(before / 2));
});

it('the block sketch is halved after ten increments an entry, not a slot: sooner than its table is wide', () => {
  let halvings = 0;
  const sketch = new BlockSketch({ entries: 33, onHalving: () => halvings++ });
  for (let key = 0; key < 329; key++) sketch.increment(key * 7919);
  expect(halvings).toBe(0);
  sketch.increment(-1);
  expect(halvings).toBe(1);
});

it('the block sketch has room for the entries rounded up to a power of two, and for one block at least', () => {
  expect([1, 8, 9, 512, 513].map((entries) => new BlockSketch({ entries }).entries)).toEqual([8, 8, 16, 512, 1024]);
});

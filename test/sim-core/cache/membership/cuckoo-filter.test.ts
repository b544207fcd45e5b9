/** What only the cuckoo filter does: forget, and be full. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CuckooFilter } from '../../../../sim-core/cache/membership/cuckoo-filter.ts';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';

const random = new RandomStreams(1).stream('filter');

it('forgets what is removed, and only that: beside a multiset of what it holds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.nat({ max: 60 }), adds: fc.boolean() }), { maxLength: 300 }),
      (operations) => {
        const filter = new CuckooFilter({ keys: 40, falsePositives: 0.001, random });
        const held = new Map<number, number>();
        for (const { key, adds } of operations) {
          const count = held.get(key) ?? 0;
          if (adds && filter.add(key)) held.set(key, count + 1);
          if (!adds && count > 0) {
            expect(filter.remove(key)).toBe(true);
            held.set(key, count - 1);
          }
          for (const [one, times] of held) if (times > 0) expect(filter.mayContain(one)).toBe(true);
        }
        for (const [key, times] of held) for (let i = 0; i < times; i++) expect(filter.remove(key)).toBe(true);
        // All is gone: no key leaves a trace behind.
        for (let key = 0; key <= 60; key++) expect(filter.mayContain(key)).toBe(false);
        expect(filter.falsePositiveRate()).toBe(0);
      },
    ),
  );
});

it('is full some time, says so, and still knows all that it took in', () => {
  const filter = new CuckooFilter({ keys: 1000, falsePositives: 0.001, random });
  const taken: number[] = [];
  for (let key = 0; filter.add(key); key++) taken.push(key);
  // Buckets of four: the paper's load of 95 % and more, of 2048 places.
  expect(taken.length).toBeGreaterThan(0.95 * 2048);
  expect(taken.length).toBeLessThanOrEqual(2048 + 1);
  expect(taken.filter((key) => !filter.mayContain(key))).toEqual([]);
  expect(filter.add(5000)).toBe(false);
  // A place that comes free is the homeless one's, and then there is room again.
  for (const key of taken.splice(0, 50)) filter.remove(key);
  expect(filter.add(5000)).toBe(true);
  expect(taken.filter((key) => !filter.mayContain(key))).toEqual([]);
});

it('has no fingerprints of more than 16 bits', () => {
  expect(() => new CuckooFilter({ keys: 10, falsePositives: 1e-6, random })).toThrow(/falsePositives: 0.000001/);
});

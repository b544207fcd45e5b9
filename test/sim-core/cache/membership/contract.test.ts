/** What every membership filter keeps to, whatever it is asked; beside a set that knows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { membershipFilters } from '../../../../sim-core/cache/membership/filters.ts';
import { confidenceInterval } from '../../../../sim-core/statistics/confidence.ts';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';

const random = new RandomStreams(1).stream('filter');

describe.each(Object.entries(membershipFilters))('%s', (_name, { create }) => {
  const options = fc.record({
    keys: fc.integer({ min: 1, max: 300 }),
    falsePositives: fc.double({ min: 0.0005, max: 0.5, noNaN: true }),
  });
  const keys = fc.array(fc.nat({ max: 100_000_000 }), { maxLength: 400 });

  it('never says no of a key that it took in', () => {
    fc.assert(
      fc.property(options, keys, (given, added) => {
        const filter = create({ ...given, random });
        const known = new Set<number>();
        for (const key of added) {
          if (filter.add(key)) known.add(key);
          for (const one of known) expect(filter.mayContain(one)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes in all keys that it was built for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat({ max: 1_000_000 }), (count, first) => {
        const filter = create({ keys: count, falsePositives: 0.01, random });
        for (let key = 0; key < count; key++) {
          if (!filter.add(first + key * 97)) expect.unreachable(`key ${key} of ${count} is not taken in`);
        }
      }),
    );
  });

  it('is copied as it stands: what is added to one does not show in the other', () => {
    fc.assert(
      fc.property(options, keys, fc.nat({ max: 100_000_000 }), (given, added, late) => {
        const filter = create({ ...given, random });
        for (const key of added) filter.add(key);
        const copy = filter.copy();
        const answers = [...added, late].map((key) => copy.mayContain(key));
        filter.add(late);
        expect([...added, late].map((key) => copy.mayContain(key))).toEqual(answers);
        expect(copy.bits).toBe(filter.bits);
      }),
      { numRuns: 60 },
    );
  });

  it('says how many it takes wrongly: nothing while it is empty, more the fuller it is', () => {
    const filter = create({ keys: 1000, falsePositives: 0.01, random });
    expect(filter.falsePositiveRate()).toBe(0);
    let before = 0;
    for (let key = 0; key < 1000; key++) {
      filter.add(key);
      expect(filter.falsePositiveRate()).toBeGreaterThan(before);
      before = filter.falsePositiveRate();
    }
    expect(before).toBeLessThan(0.0105);
  });

  it.each([
    [0.25, 0.02],
    [1, 0.02],
    [1, 0.1],
  ])(
    'filled by %d of the keys that it was built for, with %d of mistakes, makes as many as it says',
    (full, falsePositives) => {
      const [keys, asked] = [500, 2500];
      const draws = new RandomStreams(5).stream('keys');
      const differences = Array.from({ length: 100 }, () => {
        const filter = create({ keys, falsePositives, random });
        const known = new Set<number>();
        while (known.size < full * keys) known.add(draws.integer(1e9));
        for (const key of known) filter.add(key);
        let mistaken = 0;
        for (let i = 0; i < asked; i++) {
          let absent = draws.integer(1e9);
          while (known.has(absent)) absent = draws.integer(1e9);
          if (filter.mayContain(absent)) mistaken++;
        }
        expect(mistaken / asked).toBeLessThan(2 * falsePositives);
        return mistaken / asked - filter.falsePositiveRate();
      });
      const { mean, halfWidth } = confidenceInterval(differences, 0.9999);
      expect(Math.abs(mean)).toBeLessThan(halfWidth);
      // So narrow that it would find a tenth too many or too few where the filter is full.
      expect(halfWidth).toBeLessThan(0.1 * falsePositives);
    },
  );

  it.each([
    [{ keys: 0, falsePositives: 0.01 }, /keys: 0/],
    [{ keys: 1.5, falsePositives: 0.01 }, /keys: 1.5/],
    [{ keys: 10, falsePositives: 0 }, /falsePositives: 0/],
    [{ keys: 10, falsePositives: 0.7 }, /falsePositives: 0.7/],
  ])('refuses %j', (given, message) => {
    expect(() => create({ ...given, random })).toThrow(message);
  });
});

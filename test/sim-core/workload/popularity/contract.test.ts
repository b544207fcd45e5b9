/** What every law of popularity of the table keeps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { popularities, RandomStreams } from '../../../../sim-core/index.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const options = fc
  .record({
    keys: fc.integer({ min: 2, max: 5000 }),
    exponent: fc.double({ min: 0, max: 2.5, noNaN: true }),
    hotShare: share,
    newShare: share,
    cold: fc.integer({ min: 1, max: 5000 }),
    every: fc.integer({ min: 2, max: 300 }),
    scanned: share,
  })
  .map(({ scanned, ...given }) => ({ ...given, scanLength: 1 + Math.floor(scanned * (given.every - 2)) }));
const NEVER_DISTURBED = { newShare: 0.2, cold: 100, every: 1_000_000, scanLength: 1 };

describe.each(Object.entries(popularities))('%s', (_name, { create }) => {
  it('has as many keys as were asked for, cold ones beside them if any, and asks for no other', () => {
    fc.assert(
      fc.property(options, fc.nat(1000), (given, seed) => {
        const popularity = create(given);
        const lots = (popularity.keys - given.keys) / given.cold;
        expect([0, 1, 2]).toContain(lots);
        const random = new RandomStreams(seed).stream('keys');
        const keys = Array.from({ length: 400 }, (_, number) => popularity.draw(random, number));
        expect(keys.filter((key) => !(Number.isInteger(key) && key >= 0 && key < popularity.keys))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('draws by its stream and the number alone: the same from a law made again, whatever others drew', () => {
    fc.assert(
      fc.property(options, fc.nat(1000), (given, seed) => {
        const [one, again] = [create(given), create(given)];
        const all = new RandomStreams(seed).keyed('keys');
        const odd = new RandomStreams(seed).keyed('keys');
        for (let request = 0; request < 60; request++) {
          const key = one.draw(all.of(request), request);
          if (request % 2 === 1) expect(again.draw(odd.of(request), request)).toBe(key);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has the most popular keys first, while nothing disturbs them', () => {
    const keys = 64;
    const popularity = create({ keys, exponent: 1, hotShare: 0.5, ...NEVER_DISTURBED });
    const random = new RandomStreams(3).stream('keys');
    const draws = 40_000;
    const counts = Array.from({ length: 7 }, () => 0);
    // Block b holds the keys from 2^b - 1 on, 2^b of them: each is asked for no more than the one before, a key.
    let cold = 0;
    for (let i = 0; i < draws; i++) {
      const key = popularity.draw(random, i);
      if (key < keys) counts[Math.floor(Math.log2(key + 1))]++;
      else cold++;
    }
    const perKey = counts.map((count, block) => count / Math.min(2 ** block, keys - 2 ** block + 1));
    for (let block = 1; block < 6; block++) {
      const chance = 4.5 * Math.sqrt(counts[block] + counts[block - 1]) * (1 / 2 ** (block - 1));
      expect(perKey[block]).toBeLessThanOrEqual(perKey[block - 1] + chance);
    }
    expect(counts.reduce((sum, count) => sum + count, cold)).toBe(draws);
  });
});

it('the hot key has its share, and the uniform law none that is hot', () => {
  const given = { keys: 100, exponent: 1, hotShare: 0.3, ...NEVER_DISTURBED };
  const draws = 20_000;
  const shareOfFirst = (name: string): number => {
    const popularity = popularities[name].create(given);
    const random = new RandomStreams(9).stream('keys');
    let count = 0;
    for (let i = 0; i < draws; i++) if (popularity.draw(random, i) === 0) count++;
    return count / draws;
  };
  const deviation = (share: number): number => 4.5 * Math.sqrt((share * (1 - share)) / draws);
  expect(Math.abs(shareOfFirst('hot-key') - 0.3)).toBeLessThan(deviation(0.3));
  expect(Math.abs(shareOfFirst('uniform') - 0.01)).toBeLessThan(deviation(0.01));
});

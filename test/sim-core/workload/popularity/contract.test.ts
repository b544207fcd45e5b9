/** What every law of popularity of the table keeps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { popularities, RandomStreams } from '../../../../sim-core/index.ts';

const options = fc.record({
  keys: fc.integer({ min: 2, max: 5000 }),
  exponent: fc.double({ min: 0, max: 2.5, noNaN: true }),
  hotShare: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe.each(Object.entries(popularities))('%s', (_name, { create }) => {
  it('has as many keys as were asked for, and asks for no other', () => {
    fc.assert(
      fc.property(options, fc.nat(1000), (given, seed) => {
        const popularity = create(given);
        expect(popularity.keys).toBe(given.keys);
        const random = new RandomStreams(seed).stream('keys');
        for (let i = 0; i < 200; i++) {
          const key = popularity.draw(random);
          expect(Number.isInteger(key) && key >= 0 && key < given.keys).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('draws by its stream alone: the same from a law made again, and for a request whatever others drew', () => {
    fc.assert(
      fc.property(options, fc.nat(1000), (given, seed) => {
        const [one, again] = [create(given), create(given)];
        const all = new RandomStreams(seed).keyed('keys');
        const odd = new RandomStreams(seed).keyed('keys');
        for (let request = 0; request < 60; request++) {
          const key = one.draw(all.of(request));
          if (request % 2 === 1) expect(again.draw(odd.of(request))).toBe(key);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has the most popular keys first', () => {
    const keys = 64;
    const popularity = create({ keys, exponent: 1, hotShare: 0.5 });
    const random = new RandomStreams(3).stream('keys');
    const draws = 40_000;
    const counts = Array.from({ length: 7 }, () => 0);
    // Block b holds the keys from 2^b - 1 on, 2^b of them: each is asked for no more than the one before, a key.
    for (let i = 0; i < draws; i++) counts[Math.floor(Math.log2(popularity.draw(random) + 1))]++;
    const perKey = counts.map((count, block) => count / Math.min(2 ** block, keys - 2 ** block + 1));
    for (let block = 1; block < 6; block++) {
      const chance = 4.5 * Math.sqrt(counts[block] + counts[block - 1]) * (1 / 2 ** (block - 1));
      expect(perKey[block]).toBeLessThanOrEqual(perKey[block - 1] + chance);
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(draws);
  });
});

it('the hot key has its share, and the uniform law none that is hot', () => {
  const given = { keys: 100, exponent: 1, hotShare: 0.3 };
  const draws = 20_000;
  const shareOfFirst = (name: string): number => {
    const popularity = popularities[name].create(given);
    const random = new RandomStreams(9).stream('keys');
    let count = 0;
    for (let i = 0; i < draws; i++) if (popularity.draw(random) === 0) count++;
    return count / draws;
  };
  const deviation = (share: number): number => 4.5 * Math.sqrt((share * (1 - share)) / draws);
  expect(Math.abs(shareOfFirst('hot-key') - 0.3)).toBeLessThan(deviation(0.3));
  expect(Math.abs(shareOfFirst('uniform') - 0.01)).toBeLessThan(deviation(0.01));
});

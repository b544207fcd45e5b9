/** What each law of popularity that depends on the request's number says of itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  loop,
  mixture,
  moved,
  RandomStreams,
  scans,
  shifting,
  zipfPopularity,
  type Popularity,
} from '../../../../sim-core/index.ts';

const keysOf = (law: Popularity, requests: number, seed = 1): number[] => {
  const draws = new RandomStreams(seed).keyed('keys');
  return Array.from({ length: requests }, (_, number) => law.draw(draws.of(number), number));
};

it('a loop asks for every key in turn', () => {
  expect(keysOf(loop(3), 8)).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
});

describe('scans', () => {
  it('read cold keys in order at the end of every period, and nothing else does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (every, cold, part) => {
          const length = 1 + Math.floor(part * (every - 1));
          fc.pre(length < every);
          const others = zipfPopularity(20, 1);
          const plain = keysOf(others, 200);
          let scanned = 0;
          keysOf(scans(others, { every, length, cold }), 200).forEach((key, number) => {
            const isScan = number % every >= every - length;
            expect(key).toBe(isScan ? 20 + (scanned++ % cold) : plain[number]);
          });
        },
      ),
    );
  });

  it('say what is wrong with a scan that leaves no room', () => {
    const others = zipfPopularity(20, 1);
    expect(() => scans(others, { every: 5, length: 5, cold: 9 })).toThrow('length is 5; it must be less than every, 5');
    expect(() => scans(others, { every: 5, length: 1, cold: 0 })).toThrow('cold is 0; it must be an integer from 1');
  });
});

it('a mixture with a loop asks for new keys as often as it says, and for none of them twice', () => {
  const requests = 20_000;
  const fresh = keysOf(mixture(zipfPopularity(50, 1), loop(requests), 0.3), requests).filter((key) => key >= 50);
  expect(new Set(fresh).size).toBe(fresh.length);
  expect(Math.abs(fresh.length / requests - 0.3)).toBeLessThan(4.5 * Math.sqrt((0.3 * 0.7) / requests));
});

describe('a popularity that moves', () => {
  it('asks for other keys, each rank for one of its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(1_000_000), (keys, moves) => {
        // The loop's draw is the number itself, so this goes through the ranks.
        const after = keysOf(moved(loop(keys), moves), keys);
        expect(new Set(after).size).toBe(keys);
        expect(after.every((key) => key >= 0 && key < keys)).toBe(true);
      }),
    );
  });

  it('keeps the hot sets of successive moves apart', () => {
    const keys = 1000;
    const hot = (moves: number): number[] => keysOf(moved(loop(keys), moves), 100);
    for (let moves = 0; moves < 4; moves++) {
      const seen = new Set([...Array(moves).keys()].flatMap(hot));
      expect(hot(moves).filter((key) => seen.has(key))).toEqual([]);
    }
  });

  it('moves by itself after so many requests', () => {
    const law = zipfPopularity(100, 1);
    const by = (moves: number): number[] => keysOf(moved(law, moves), 30);
    expect(keysOf(shifting(law, 10), 30)).toEqual([...by(0).slice(0, 10), ...by(1).slice(10, 20), ...by(2).slice(20)]);
  });
});

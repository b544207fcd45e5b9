/** One and the same remedy has to hold on every seed: several that hold here and there are none. */
import { expect, it } from 'vitest';
import { furtherSeeds, seedsHeld, solvedOnAll } from '../../../../sim-core/index.ts';

const seeds = [['a'], ['a', 'b'], ['b'], ['a']].map((solves, i) => ({ seed: furtherSeeds({ seed: 7 })[i], solves }));

it('counts the seeds of the best single remedy, and solves by one that has them all', () => {
  expect(seeds.map(({ seed }) => seed)).toEqual([8, 9, 10, 11]);
  expect(solvedOnAll(['a', 'b'], seeds)).toEqual([]);
  expect(seedsHeld(['a', 'b'], seeds)).toBe(3);
  expect(seedsHeld(['b'], seeds)).toBe(2);
  expect(solvedOnAll(['a', 'b'], seeds.slice(0, 2))).toEqual(['a']);
});

it('counts none of a remedy that fails on the scenario’s own seed', () => {
  expect(seedsHeld([], seeds)).toBe(0);
  expect(solvedOnAll([], [])).toEqual([]);
});

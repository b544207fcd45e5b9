/** Laws made of others: which keys they ask for, and how often. */
import { expect, it } from 'vitest';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';
import { inTurn } from '../../../../sim-core/workload/popularity/in-turn.ts';
import { mixture } from '../../../../sim-core/workload/popularity/mixture.ts';
import { zipfPopularity } from '../../../../sim-core/workload/popularity/zipf.ts';

const random = new RandomStreams(1).stream('keys');

it('a mixture asks for the second law’s keys by its share, behind those of the first', () => {
  const law = mixture(zipfPopularity(10, 1), zipfPopularity(5, 0), 0.3);
  expect(law.keys).toBe(15);
  const counts = Array.from({ length: 15 }, () => 0);
  const draws = 50_000;
  for (let i = 0; i < draws; i++) counts[law.draw(random, i)]++;
  const second = counts.slice(10).reduce((sum, count) => sum + count, 0);
  expect(Math.abs(second - 0.3 * draws)).toBeLessThan(4.5 * Math.sqrt(0.21 * draws));
  for (const count of counts.slice(10)) {
    expect(Math.abs(count - 0.06 * draws)).toBeLessThan(4.5 * Math.sqrt(0.06 * draws));
  }
  expect(counts[0]).toBeGreaterThan(counts[9]);
});

it.each([-0.1, 1.5, NaN])('a mixture has no share of %d', (share) => {
  expect(() => mixture(zipfPopularity(2, 0), zipfPopularity(2, 0), share)).toThrow(`mixture: the share is ${share}`);
});

it('a list is worked through in its order, and again', () => {
  const law = inTurn([7, 3, 9]);
  expect(law.keys).toBe(10);
  expect(Array.from({ length: 5 }, (_, number) => law.draw(random, number))).toEqual([7, 3, 9, 7, 3]);
  expect(() => inTurn([])).toThrow('inTurn: there are no keys');
});

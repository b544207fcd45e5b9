/** Where a producer sends records with a key and without one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';
import { partitionOfKey } from '../../../../sim-core/messaging/log/murmur2.ts';
import { Partitioner, stickyWeights } from '../../../../sim-core/messaging/log/partitioner.ts';

const nothingWaits = (): number => 0;
const random = () => new RandomStreams(1).stream('partitioner');

it('gives a key one partition, that of its decimal digits', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
      const partitioner = new Partitioner(partitions, 100, random());
      const expected = partitionOfKey(new TextEncoder().encode(String(key)), partitions);
      expect(partitioner.choose(key, 1, nothingWaits)).toBe(expected);
      expect(partitioner.choose(key, 1, nothingWaits)).toBe(expected);
    }),
  );
});

it('sends records without a key to one partition until a batch of bytes has gone there', () => {
  const partitioner = new Partitioner(1000, 100, random());
  const chosen = Array.from({ length: 40 }, () => partitioner.choose(undefined, 10, nothingWaits));
  for (let batch = 0; batch < 4; batch++) expect(new Set(chosen.slice(batch * 10, batch * 10 + 10)).size).toBe(1);
  expect(new Set(chosen).size).toBe(4);
});

it('draws the next one with weights that fall with what waits there', () => {
  expect(stickyWeights([0, 3, 1])).toEqual([4, 1, 3]);
  const partitioner = new Partitioner(3, 1, random());
  const counts = [0, 0, 0];
  for (let i = 0; i < 8000; i++) counts[partitioner.choose(undefined, 1, (partition) => [0, 3, 1][partition])]++;
  // Binomial: five standard deviations of a share of 1/2 among 8,000 are 224.
  [4000, 1000, 3000].forEach((expected, partition) => expect(Math.abs(counts[partition] - expected)).toBeLessThan(224));
});

it('asks for a partition at least', () => {
  expect(() => new Partitioner(0, 1, random())).toThrow('partitions is 0; it must be an integer of at least 1');
});

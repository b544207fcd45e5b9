/**
 * LRU of objects of different sizes under the independent reference model: Che's approximation with the sizes as weights,
 * by requests and by bytes, against simulation. The cache is never quite full: what is unused is less than the largest
 * object, so that the hit ratio lies between those of the theory for the capacity and for one smaller by that.
 */
import { describe, expect, it } from 'vitest';
import { sizedHitRatios, zipfProbabilities } from '../../sim-core/cache/miss-ratio/che.ts';
import { evictionPolicies } from '../../sim-core/cache/eviction/policies.ts';
import { testStream, zipfRanks } from '../sim-core/cache/eviction/traces.ts';

/** What the approximation errs by here, and chance in so many requests. */
const ERROR = 0.005;
const KEYS = 2000;
const [WARM_UP, REQUESTS] = [100_000, 400_000];

function simulated(sizes: readonly number[], exponent: number, capacity: number): { requests: number; bytes: number } {
  const rank = zipfRanks(KEYS, exponent);
  const stream = testStream(17);
  const cache = evictionPolicies.lru.create({ capacity, sizeOf: (id) => sizes[id], objects: KEYS });
  const [hits, asked] = [
    { requests: 0, bytes: 0 },
    { requests: 0, bytes: 0 },
  ];
  for (let request = 0; request < WARM_UP + REQUESTS; request++) {
    const id = rank(stream);
    const isHit = cache.request(id);
    if (request < WARM_UP) continue;
    for (const count of isHit ? [hits, asked] : [asked]) {
      count.requests++;
      count.bytes += sizes[id];
    }
  }
  return { requests: hits.requests / asked.requests, bytes: hits.bytes / asked.bytes };
}

describe.each([
  [0.8, 20],
  [0.9, 100],
  [1.1, 400],
])('LRU of objects by Zipf’s law of exponent %d, the largest %d times the smallest', (exponent, spread) => {
  const draws = testStream(5);
  const sizes = Array.from({ length: KEYS }, () => Math.round(1000 * spread ** draws.next()));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const probabilities = zipfProbabilities(KEYS, exponent);

  it.each([0.05, 0.1, 0.3])('hits as theory has it with room for a share of %d', (share) => {
    const capacity = Math.round(share * total);
    const measured = simulated(sizes, exponent, capacity);
    const most = sizedHitRatios(probabilities, sizes, capacity);
    const least = sizedHitRatios(probabilities, sizes, capacity - Math.max(...sizes));
    for (const by of ['requests', 'bytes'] as const) {
      expect(measured[by], by).toBeGreaterThan(least[by] - ERROR);
      expect(measured[by], by).toBeLessThan(most[by] + ERROR);
      // And the bracket is no wide one.
      expect(most[by] - least[by]).toBeLessThan(0.05);
    }
  });
});

it('with one size is what it is without sizes', () => {
  const probabilities = zipfProbabilities(500, 0.9);
  const { requests, bytes } = sizedHitRatios(probabilities, Array<number>(500).fill(7), 350);
  expect(requests).toBeCloseTo(bytes, 12);
  expect(requests).toBeCloseTo(sizedHitRatios(probabilities, Array<number>(500).fill(1), 50).requests, 9);
});

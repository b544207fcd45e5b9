/**
 * False positives of membership filters beside their theory: (1 - exp(-k n / m))^k for Bloom's, 1 - (1 - 1/p)^(8 a) for the
 * cuckoo's with p fingerprints and a load of a. Filters over other keys are replications.
 */
import { describe, expect, it } from 'vitest';
import { BloomFilter } from '../../sim-core/cache/membership/bloom-filter.ts';
import { CuckooFilter } from '../../sim-core/cache/membership/cuckoo-filter.ts';
import type { MembershipFilter } from '../../sim-core/cache/membership/membership-filter.ts';
import { membershipFilters } from '../../sim-core/cache/membership/filters.ts';
import { RandomStreams } from '../../sim-core/kernel/random-streams.ts';
import { confidenceInterval } from '../../sim-core/statistics/confidence.ts';

const random = new RandomStreams(1).stream('filter');
const ASKED = 40_000;

/** The share of other keys that each of twenty filters takes for its own. */
function falsePositives(make: () => MembershipFilter, keys: number): number[] {
  return Array.from({ length: 20 }, (_, replication) => {
    const filter = make();
    const first = replication * 4_000_000;
    for (let key = 0; key < keys; key++) filter.add(first + key);
    let wrong = 0;
    for (let key = 0; key < ASKED; key++) if (filter.mayContain(first + 1_000_000 + key)) wrong++;
    return wrong / ASKED;
  });
}

describe.each(Object.entries(membershipFilters))('%s', (_name, { create }) => {
  it.each([
    [500, 500, 0.01],
    [5000, 5000, 0.01],
    [5000, 2500, 0.01],
    [2000, 2000, 0.05],
    [2000, 1900, 0.001],
  ])('built for %d keys and holding %d, of a share of %d', (capacity, keys, share) => {
    const make = (): MembershipFilter => create({ keys: capacity, falsePositives: share, random });
    const { mean, halfWidth } = confidenceInterval(falsePositives(make, keys), 0.999);
    const filled = make();
    for (let key = 0; key < keys; key++) filled.add(key);
    const expected = filled.falsePositiveRate();
    expect(Math.abs(mean - expected)).toBeLessThan(halfWidth);
    // And no more than it was asked for, but for the rounding of probes to a whole number.
    expect(mean - halfWidth).toBeLessThanOrEqual(share * 1.02);
  });
});

it('a Bloom filter takes 9.6 bits a key for 1 %, with 7 probes', () => {
  const filter = new BloomFilter({ keys: 10_000, falsePositives: 0.01, random });
  expect(filter.bits / 10_000).toBeCloseTo(9.585, 3);
  expect(filter.probes).toBe(7);
});

it('beyond the keys that it was built for a Bloom filter grows wrong as the formula says', () => {
  const make = (): MembershipFilter => new BloomFilter({ keys: 1000, falsePositives: 0.01, random });
  const { mean, halfWidth } = confidenceInterval(falsePositives(make, 3000), 0.999);
  const expected = (1 - Math.exp((-7 * 3000) / 9586)) ** 7;
  expect(Math.abs(mean - expected)).toBeLessThan(halfWidth);
});

it('a cuckoo filter takes fingerprints of 10 bits for 1 %: 8 / 2^10 is the first below', () => {
  expect(new CuckooFilter({ keys: 1000, falsePositives: 0.01, random }).fingerprintBits).toBe(10);
});

/**
 * The orderings that the handbook's table of policies, and the guide of the scenario, claim: on the same requests, over 20
 * seeds, by a paired test.
 */
import { describe, expect, it } from 'vitest';
import eviction from '../../../scenarios/caching/eviction.ts';
import { capacityOf, scanLength, type Values } from '../../../scenarios/caching/eviction/params.ts';
import {
  evictionPolicies,
  pairedDifference,
  popularities,
  RandomStreams,
  resolveParameters,
} from '../../../sim-core/index.ts';

const SEEDS = 20;
const REQUESTS = 20_000;
/** All claims below hold together with probability 0.99. */
const LEVEL = 0.9997;
const defaults = resolveParameters(eviction, 'lru', {}) as Values;

const known = new Map<string, readonly number[]>();

/** The share of misses on each seed. */
function misses(policy: string, workload: string, percent: number): readonly number[] {
  const name = `${policy} ${workload} ${percent}`;
  let shares = known.get(name);
  if (shares === undefined) {
    shares = Array.from({ length: SEEDS }, (_, seed) => missesOf(policy, workload, percent, seed + 500));
    known.set(name, shares);
  }
  return shares;
}

function missesOf(policy: string, workload: string, percent: number, seed: number): number {
  const law = popularities[workload].create({ ...defaults, hotShare: 0, scanLength: scanLength(defaults) });
  const draws = new RandomStreams(seed).keyed('keys');
  const cache = evictionPolicies[policy].create({
    capacity: capacityOf(percent, defaults.keys),
    random: new RandomStreams(seed).stream('eviction'),
  });
  let missed = 0;
  for (let number = 0; number < REQUESTS; number++) if (!cache.request(law.draw(draws.of(number), number))) missed++;
  return missed / REQUESTS;
}

const CLAIMS: readonly (readonly [better: string, worse: string, workload: string, percent: number])[] = [
  // Strength and weakness of LRU and LFU.
  ['lru', 'fifo', 'zipf', 10],
  ['lru', 'random', 'zipf', 10],
  ['lfu', 'lru', 'zipf', 10],
  ['lfu', 'lru', 'scan', 10],
  ['lru', 'lfu', 'shift', 10],
  ['lfu-aging', 'lfu', 'shift', 10],
  ['lfu', 'lfu-aging', 'scan', 10],
  // Frequent scans: segmented LRU or 2Q. High cardinality and churn: TinyLFU.
  ['slru', 'lru', 'scan', 10],
  ['2q', 'lru', 'scan', 10],
  ['w-tinylfu', 'lru', 'churn', 10],
  // W-TinyLFU beside the others of the table.
  ...['zipf', 'scan', 'shift', 'churn', 'mix'].flatMap((workload) =>
    ['lru', 'lfu', 'fifo', 'random'].map((other) => ['w-tinylfu', other, workload, 10] as const),
  ),
  // Where that ends.
  ['lru', 'w-tinylfu', 'shift', 50],
  ['lirs', 'w-tinylfu', 'mix', 10],
  ['s3-fifo', 'w-tinylfu', 'mix', 10],
];

describe('on the same requests', () => {
  it.each(CLAIMS)('%s misses less than %s on %s, at %d %% of the keys', (better, worse, workload, percent) => {
    const { mean, halfWidth } = pairedDifference(
      misses(worse, workload, percent),
      misses(better, workload, percent),
      LEVEL,
    );
    expect(mean - halfWidth).toBeGreaterThan(0);
  });

  it('Random and FIFO are not told apart under independent requests', () => {
    const { mean, halfWidth } = pairedDifference(misses('random', 'zipf', 10), misses('fifo', 'zipf', 10), LEVEL);
    expect(Math.abs(mean)).toBeLessThanOrEqual(halfWidth);
    expect(halfWidth).toBeLessThan(0.005);
  });
});

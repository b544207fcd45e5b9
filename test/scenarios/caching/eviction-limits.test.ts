/** What is claimed of the policies in closed form, against the plainest simulation, and at the ends of all sliders. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import eviction from '../../../scenarios/caching/eviction.ts';
import * as limits from '../../../scenarios/caching/eviction/limits.ts';
import { capacityOf, params, scanLength, SIZES, type Values } from '../../../scenarios/caching/eviction/params.ts';
import { bytesOf, isInBytes, sizeOf } from '../../../scenarios/caching/eviction/sizes.ts';
import {
  evictionPolicies,
  judge,
  popularities,
  RandomStreams,
  resolveParameters,
  Run,
  run,
  s,
  type Limit,
} from '../../../sim-core/index.ts';
import { limitFor } from '../trials.ts';

const valuesOf = (variant: string, given: Partial<Values> = {}): Values =>
  resolveParameters(eviction, variant, given) as Values;

const limitOf = (limit: Limit, p: Values): number => limitFor(limit, p);

/** The share of misses of a policy on a workload, of one seed. */
function misses(policy: string, p: Values, percent: number, seed: number): number {
  return missed(policy, p, percent, seed).requests;
}

/** And that of the bytes asked for. */
function missed(policy: string, p: Values, percent: number, seed: number): { requests: number; bytes: number } {
  const requests = Math.floor((p.rate * p.length) / s(1));
  const law = popularities[p.workload].create({ ...p, hotShare: 0, scanLength: scanLength(p) });
  const draws = new RandomStreams(seed).keyed('keys');
  const size = isInBytes(p) ? sizeOf(p) : () => 1;
  const cache = evictionPolicies[policy].create({
    capacity: isInBytes(p) ? bytesOf(percent, p) : capacityOf(percent, p.keys),
    ...(isInBytes(p) && { sizeOf: size }), // keys are asked for as they are
    random: new RandomStreams(seed).stream('eviction'),
  });
  const count = { requests: 0, bytes: 0, all: 0 };
  for (let number = 0; number < requests; number++) {
    const key = law.draw(draws.of(number), number);
    count.all += size(key);
    if (cache.request(key)) continue;
    count.requests++;
    count.bytes += size(key);
  }
  return { requests: count.requests / requests, bytes: count.bytes / count.all };
}

const SEEDS = Array.from({ length: 8 }, (_, seed) => seed + 100);

describe('closed forms', () => {
  it('a scan flushes LRU and FIFO of every size up to its length, and the claim is near for the largest', () => {
    const p = valuesOf('lru');
    const claimed = limitOf(limits.flushed, p);
    for (const seed of SEEDS) {
      for (const policy of ['lru', 'fifo']) {
        for (const percent of SIZES) expect(misses(policy, p, percent, seed)).toBeGreaterThan(claimed);
      }
      // All keys fit, and only the scans empty the cache: then the count is exact, but for the scans' own chance.
      expect(misses('lru', p, 100, seed) - claimed).toBeLessThan(0.03);
    }
  });

  it('claims of a scan that is shorter than the cache only that its own keys are missed', () => {
    expect(limitOf(limits.flushed, valuesOf('lru', { scanShare: 0.01 }))).toBe(0.01);
  });

  it.each([20, 50])('Random on a loop, with room for %d %% of it', (percent) => {
    const p = valuesOf('random-on-a-loop', { length: s(200) });
    const [most, least] = [limits.randomMissesMost(percent), limits.randomMissesLeast(percent)].map((limit) =>
      limitOf(limit, p),
    );
    const middle = (most + least) / 2;
    for (const seed of SEEDS.slice(0, 4))
      expect(Math.abs(misses('random', p, percent, seed) - middle)).toBeLessThan(0.01);
  });

  it('LRU in bytes, by Che with the sizes as weights', () => {
    for (const [spread, percent] of [
      [2, 5],
      [100, 10],
      [1000, 20],
    ]) {
      const p = valuesOf('lru-in-bytes', { spread, size: String(percent) });
      for (const seed of SEEDS.slice(0, 4)) {
        const { requests, bytes } = missed('lru', p, percent, seed);
        expect(requests).toBeGreaterThan(limitOf(limits.sizedMissesLeast(percent), p));
        expect(requests).toBeLessThan(limitOf(limits.sizedMissesMost(percent), p));
        expect(bytes).toBeGreaterThan(limitOf(limits.byteMissesLeast, p));
        expect(bytes).toBeLessThan(limitOf(limits.byteMissesMost, p));
      }
    }
  });

  it('sizes lie evenly between the smallest and the largest on the scale of logarithms, whatever stretch of the keys', () => {
    for (const from of [0, 1000, 77_777]) {
      const sizes = Array.from({ length: 300 }, (_, index) => sizeOf({ spread: 100 })(from + index));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1000);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(100_000);
      expect(sizes.filter((size) => size < 10_000).length / 300).toBeCloseTo(0.5, 1);
    }
  });

  it('LRU with new keys, by Che', () => {
    for (const newShare of [0, 0.3, 0.7]) {
      const p = valuesOf('lru-on-churn', { newShare });
      for (const percent of [1, 10, 50]) {
        for (const seed of SEEDS.slice(0, 3)) {
          const missed = misses('lru', p, percent, seed);
          expect(missed).toBeGreaterThan(limitOf(limits.lruMissesLeast(percent), p));
          expect(missed).toBeLessThan(limitOf(limits.lruMissesMost(percent), p));
        }
      }
    }
  });
});

it('what misses less than OPT fails the claim', () => {
  const recording = run(eviction, { variant: 'lru-on-a-loop' });
  const better = recording.signals.map((signal) =>
    signal.name.startsWith('cache.miss_ratio.policy')
      ? { ...signal, summary: { ...signal.summary, mean: 0.4 } }
      : signal,
  );
  expect(judge(eviction, 'opt', { header: recording.header, signals: better }).some(({ pass }) => !pass)).toBe(true);
});

it('runs at the ends of all sliders, whatever the workload', () => {
  const { workload, eviction: policy } = params;
  const ends = <T>(low: T, high: T) => fc.constantFrom(low, high);
  fc.assert(
    fc.property(
      fc.constantFrom(...workload.choices),
      fc.constantFrom(...policy.choices),
      ends(100, 3000),
      ends(0, 3),
      ends(10, 100_000),
      ends(0.01, 0.9),
      ends(0, 1),
      ends(100, 20_000),
      ends(1, 1000),
      (law, name, keys, exponent, every, scanShare, newShare, cold, spread) => {
        const given = {
          spread,
          workload: law,
          eviction: name,
          keys,
          exponent,
          every,
          scanShare,
          newShare,
          cold,
          length: s(1),
        };
        const whole = new Run(eviction, { variant: 'clock', params: given });
        whole.advance(Infinity);
        expect(whole.violations()).toEqual([]);
        const { signals } = whole.finish();
        if (spread > 1) return; // OPT is a bound where entries are of one size
        const mean = (line: string, percent: number): number =>
          signals.find((signal) => signal.name === `cache.miss_ratio.${line}.${percent}`)!.summary.mean;
        for (const percent of SIZES) expect(mean('policy', percent)).toBeGreaterThanOrEqual(mean('opt', percent));
      },
    ),
    { numRuns: 40 },
  );
});

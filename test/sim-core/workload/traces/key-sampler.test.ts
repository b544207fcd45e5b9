/** SHARDS: which keys it takes, and how near the curve of a sample comes to the whole trace's. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruCurve } from '../../../../sim-core/cache/miss-ratio/lru-curve.ts';
import { confidenceInterval } from '../../../../sim-core/statistics/confidence.ts';
import { estimatedHits, KeySampler } from '../../../../sim-core/workload/traces/key-sampler.ts';
import { KeyTable } from '../../../../sim-core/workload/traces/key-table.ts';
import { linesReader } from '../../../../sim-core/workload/traces/lines.ts';
import { shapedTrace } from '../../cache/eviction/traces.ts';

/** The dense ids of a trace's keys, of those in the sample where there is one. */
function ids(keys: readonly (string | number)[], sampler?: KeySampler): number[] {
  const table = new KeyTable();
  const all: number[] = [];
  for (const batch of linesReader().read(Buffer.from(`${keys.join('\n')}\n`))) {
    const chosen = sampler?.select(batch) ?? batch;
    const found = new Int32Array(chosen.count);
    table.intern(chosen, found, 0);
    all.push(...found);
  }
  return all;
}

describe('key sampler', () => {
  it('takes all requests for a key or none, whatever shape the key has', () => {
    const shapes = ['', 'k', 'user:profile:', '99999'];
    const keys = Array.from({ length: 4000 }, (_, index) => `${shapes[index % 4]}${index}`);
    const once = new KeySampler(0.3);
    const twice = new KeySampler(0.3);
    const sampled = ids(keys, once);
    expect(new Set(sampled).size).toBe(sampled.length);
    expect(new Set(ids([...keys, ...keys], twice)).size).toBe(sampled.length);
    expect([once.requests, twice.requests]).toEqual([sampled.length, 2 * sampled.length]);
  });

  it.each([1, 8, 4096, 4_294_967_296])('takes about its share of keys that are %d apart', (stride) => {
    for (const rate of [0.5, 0.1, 0.01]) {
      const keys = Array.from({ length: 20_000 }, (_, index) => index * stride);
      const share = ids(keys, new KeySampler(rate)).length / keys.length;
      const deviation = Math.sqrt((rate * (1 - rate)) / keys.length);
      expect(Math.abs(share - rate)).toBeLessThan(5 * deviation);
    }
  });

  it('takes everything at a rate of 1, and refuses what is no share', () => {
    const keys = Array.from({ length: 1000 }, (_, index) => index * 31);
    expect(ids(keys, new KeySampler(1))).toEqual(ids(keys));
    for (const rate of [0, -1, 1.1, Number.NaN]) expect(() => new KeySampler(rate)).toThrow(/^rate: .* is not a share/);
  });

  it('estimates the curve: over many samples right on average, and nearer with the correction than without', () => {
    const ranks = shapedTrace('zipf', 20_000, 60_000, 5);
    const capacities = [200, 1000, 5000, 10_000];
    const whole = new LruCurve();
    for (const id of ids(ranks)) whole.request(id);
    const exact = whole.hits(capacities).map((hits) => hits / ranks.length);
    const samples = Array.from({ length: 16 }, (_, index) => {
      const sampler = new KeySampler(0.1);
      const part = new LruCurve();
      // Other names for the objects are another sample of them.
      for (const id of ids(
        ranks.map((rank) => rank + index * 1_000_000),
        sampler,
      ))
        part.request(id);
      const sampled = part.hits(capacities.map((capacity) => capacity * 0.1));
      return sampled.map((hits) => ({
        corrected: estimatedHits(ranks.length, 0.1, sampler.requests, hits) / ranks.length,
        raw: hits / sampler.requests,
      }));
    });
    for (const [index, truth] of exact.entries()) {
      const estimates = samples.map((sample) => sample[index]);
      const { mean, halfWidth } = confidenceInterval(
        estimates.map((estimate) => estimate.corrected),
        0.999,
      );
      expect(Math.abs(mean - truth)).toBeLessThan(halfWidth);
      const error = (of: 'corrected' | 'raw'): number =>
        estimates.reduce((sum, estimate) => sum + Math.abs(estimate[of] - truth), 0);
      expect(error('corrected')).toBeLessThan(0.7 * error('raw'));
    }
  });
});

describe('estimated hits', () => {
  it('are the hits where everything was sampled, and between none and all in any case', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.double({ min: 0.01, max: 1, noNaN: true }), (one, other, rate) => {
        const [hits, requests] = [Math.min(one, other), Math.max(one, other)];
        expect(estimatedHits(requests, 1, requests, hits)).toBe(hits);
        const estimate = estimatedHits(requests, rate, other, Math.min(hits, other));
        expect(estimate >= 0 && estimate <= requests).toBe(true);
      }),
    );
  });
});

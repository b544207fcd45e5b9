/** What the handbook's table says of the patterns beside each other, by paired differences over 20 seeds. */
import { describe, expect, it } from 'vitest';
import cachePatterns from '../../../scenarios/caching/cache-patterns.ts';
import { pairedDifference, s, type RecordedSignal } from '../../../sim-core/index.ts';
import { trialled } from '../trials.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);

describe('over 20 seeds', () => {
  const signals = new Map<string, readonly (readonly RecordedSignal[])[]>();

  function of(name: string): readonly (readonly RecordedSignal[])[] {
    if (!signals.has(name)) {
      const all = SEEDS.map(
        (seed) => trialled(cachePatterns, { variant: name, seed, params: { length: s(14), rate: 600 } }).signals,
      );
      signals.set(name, all);
    }
    return signals.get(name)!;
  }

  const measured = (variant: string, signal: string, field: string): number[] =>
    of(variant).map((all) => all.find(({ name }) => name === signal)!.summary[field]);

  /** `less` is below `more` at 99.9 %. */
  it.each<[what: string, less: string, more: string, signal: string, field: string]>([
    ['write-behind acknowledges faster', 'write-behind', 'write-through', 'http.client.request.duration.write', 'mean'],
    [
      'write-behind writes the store more rarely',
      'write-behind',
      'cache-aside',
      'db.client.operation.rate.write',
      'mean',
    ],
    ['refresh-ahead spares readers of hot keys the load', 'refresh-ahead', 'read-through', 'cache.misses.hot', 'total'],
    ['refresh-ahead reads faster', 'refresh-ahead', 'read-through', 'http.client.request.duration.read', 'mean'],
    ['at the price of more loads', 'read-through', 'refresh-ahead', 'db.client.operation.rate.read', 'mean'],
    ['write-through keeps what was written: more hits', 'read-through', 'write-through', 'cache.hit_ratio', 'mean'],
    ['and evicts more for it', 'read-through', 'write-through', 'cache.evictions', 'total'],
    ['a deleted entry is not read: less is stale', 'cache-aside', 'cache-aside-ttl-only', 'read.stale_ratio', 'mean'],
    ['and hits are what that costs', 'cache-aside', 'cache-aside-ttl-only', 'cache.hit_ratio', 'mean'],
    ['a facade lets one load through', 'read-through', 'cache-aside', 'cache.loads.redundant', 'total'],
  ])('%s: %s below %s', (_what, less, more, signal, field) => {
    const { mean, halfWidth } = pairedDifference(measured(less, signal, field), measured(more, signal, field), 0.999);
    expect(mean + halfWidth).toBeLessThan(0);
  });

  it('write-through is no faster than cache-aside at writing, and no slower: both wait for the store', () => {
    const write = 'http.client.request.duration.write';
    const aside = measured('cache-aside', write, 'mean');
    const { mean, halfWidth } = pairedDifference(measured('write-through', write, 'mean'), aside, 0.999);
    // Equivalent: whatever the difference is, it lies within a twentieth of what a write takes.
    expect(Math.abs(mean) + halfWidth).toBeLessThan((0.05 * aside.reduce((sum, each) => sum + each, 0)) / SEEDS.length);
  });
});

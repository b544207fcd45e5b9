/** The cache under each policy beside a map of what was stored last. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cache, cacheEvicted, cacheLookup } from '../../../sim-core/cache/cache.ts';
import type { CacheEntry } from '../../../sim-core/cache/entry.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

const policies = ['lru', 'fifo', 'lfu', 'random', 'clock', 'slru', 'w-tinylfu'];

const step = fc.record({
  wait: fc.nat(5),
  act: fc.constantFrom('get', 'get', 'set', 'set', 'delete'),
  key: fc.nat(12),
  soft: fc.nat(20),
  more: fc.nat(20),
});

function entryOf(key: number, now: number, soft: number, more: number, value: number): CacheEntry<number> {
  return { key, value, storedAt: now, softExpiresAt: now + soft, expiresAt: now + soft + more, loadDuration: 1 };
}

describe('a cache', () => {
  it.each(policies)('under %s serves what was stored last, never past its time, and keeps its capacity', (eviction) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 150 }), (capacity, steps) => {
        const sim = new Simulation();
        const cache = new Cache<number>(sim, { name: 'cache', capacity, eviction });
        const outcomes: string[] = [];
        sim.facts.channel(cacheLookup).listen(({ outcome }) => outcomes.push(outcome));
        const last = new Map<number, CacheEntry<number>>();
        steps.forEach(({ wait, act, key, soft, more }, i) => {
          const now = sim.now + wait;
          sim.runUntil(now);
          if (act === 'set') {
            const entry = entryOf(key, now, soft, more, i);
            last.set(key, entry);
            cache.set(entry, 0);
          } else if (act === 'delete') {
            cache.delete(key);
            last.delete(key);
          } else {
            const found = cache.get(key, 0);
            const truth = last.get(key);
            if (found !== undefined) {
              expect(found).toBe(truth);
              expect(now).toBeLessThan(found.expiresAt);
              expect(outcomes.at(-1)).toBe(now < found.softExpiresAt ? 'hit' : 'stale');
            } else {
              expect(['miss', 'expired']).toContain(outcomes.at(-1));
              if (outcomes.at(-1) === 'expired') expect(truth!.expiresAt).toBeLessThanOrEqual(now);
              // Gone for good, whether expired or evicted: only a store brings it back.
              last.delete(key);
            }
          }
          expect(cache.violations()).toEqual([]);
          expect(cache.size).toBeLessThanOrEqual(capacity);
        });
        cache.clear();
        expect([cache.size, cache.violations()]).toEqual([0, []]);
      }),
      { numRuns: 40 },
    );
  });

  it('with room for all keys evicts none: each lives its time', () => {
    const sim = new Simulation();
    const cache = new Cache<number>(sim, { name: 'cache', capacity: 3, eviction: 'lru' });
    for (const key of [1, 2, 3]) cache.set(entryOf(key, 0, 5, 5, key), 0);
    sim.runUntil(9);
    expect([1, 2, 3].map((key) => cache.get(key, 0)?.value)).toEqual([1, 2, 3]);
    sim.runUntil(10);
    // The lifetime's last instant is excluded. Until somebody asks, what has expired takes up room.
    expect([cache.size, cache.get(1, 0), cache.size]).toEqual([3, undefined, 2]);
  });

  it('shrinks to a share of its capacity at first, evicting for it, and grows back', () => {
    const sim = new Simulation();
    const cache = new Cache<number>(sim, { name: 'cache', capacity: 10, eviction: 'lru' });
    const evicted: number[] = [];
    sim.facts.channel(cacheEvicted).listen(({ key }) => evicted.push(key));
    for (let key = 0; key < 10; key++) cache.set(entryOf(key, 0, 5, 5, key), 0);
    cache.resize(0.34);
    expect([cache.capacity, cache.size, evicted, cache.violations()]).toEqual([3, 3, [0, 1, 2, 3, 4, 5, 6], []]);
    cache.resize(0.001);
    expect([cache.capacity, cache.size]).toEqual([1, 1]);
    cache.resize(1);
    for (let key = 0; key < 20; key++) cache.set(entryOf(key, 0, 5, 5, key), 0);
    expect([cache.capacity, cache.size, cache.violations()]).toEqual([10, 10, []]);
  });

  it('names the policies when it is asked for another', () => {
    expect(() => new Cache(new Simulation(), { name: 'cache', capacity: 1, eviction: 'best' })).toThrow(
      /cache: there is no eviction policy 'best'; there are .*lru/,
    );
  });
});

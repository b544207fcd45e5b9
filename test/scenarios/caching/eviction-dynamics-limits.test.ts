/** What is claimed of the scan, of sharing and of the move, against the plainest simulation, and at the ends of all sliders. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import dynamics from '../../../scenarios/caching/eviction-dynamics.ts';
import * as alert from '../../../scenarios/caching/eviction-dynamics/alert.ts';
import * as limits from '../../../scenarios/caching/eviction-dynamics/limits.ts';
import type { Values } from '../../../scenarios/caching/eviction-dynamics/params.ts';
import {
  evictionPolicies,
  RandomStreams,
  resolveParameters,
  Run,
  s,
  toSeconds,
  zipfPopularity,
  type Limit,
} from '../../../sim-core/index.ts';
import { limitFor } from '../trials.ts';

const valuesOf = (variant: string, given: Partial<Values> = {}): Values =>
  resolveParameters(dynamics, variant, given) as Values;
const limitOf = (limit: Limit, p: Values): number => limitFor(limit, p);

/** Hit ratios of users and batch over requests of both, after a warm-up; the batch asks for new keys or by its law. */
function hitRatios(p: Values, capacity: number, batchShare: number, isNew: boolean): { users: number; batch: number } {
  const random = new RandomStreams(11).stream('keys');
  const [users, batch] = [zipfPopularity(p.keys, p.exponent), zipfPopularity(p.batchKeys, p.batchExponent)];
  const cache = evictionPolicies.lru.create({ capacity });
  const counts = { users: [0, 0], batch: [0, 0] };
  for (let number = -20_000; number < 200_000; number++) {
    const isBatch = random.next() < batchShare;
    const fresh = p.keys + number + 20_000;
    const key = !isBatch ? users.draw(random, number) : isNew ? fresh : p.keys + batch.draw(random, number);
    const hit = cache.request(key);
    if (number < 0) continue;
    const count = isBatch ? counts.batch : counts.users;
    count[0] += hit ? 1 : 0;
    count[1]++;
  }
  return { users: counts.users[0] / counts.users[1], batch: counts.batch[0] / counts.batch[1] };
}

describe('theory', () => {
  it('LRU loses in a scan at least what is claimed, and is back after a move within its time', () => {
    const p = valuesOf('lru');
    const [quiet, scanned] = [0, p.batchRate / (p.rate + p.batchRate)].map(
      (share) => hitRatios(p, p.capacity, share, true).users,
    );
    const claimed = limitOf(limits.scanDepth, p);
    expect(claimed).toBeGreaterThan(0);
    expect(claimed).toBeLessThan(quiet - scanned);
    expect(limitOf(limits.scanSeen, p)).toBeGreaterThan(limitOf(limits.scanHardlySeen, p));
  });

  it('LRU dips after a move no deeper, and LFU deeper, than is claimed; and the batch’s law is LFU’s', () => {
    const p = valuesOf('lru');
    const law = zipfPopularity(p.keys, p.exponent);
    /** Of the first watched lookups after all keys have become others, the share that hits less than one before. */
    const dip = (eviction: string): number => {
      const random = new RandomStreams(5).stream('keys');
      const cache = evictionPolicies[eviction].create({ capacity: p.capacity });
      let hits = 0;
      for (let number = -9600; number < 0; number++)
        if (cache.request(law.draw(random, number)) && number >= -4800) hits++;
      let after = 0;
      for (let number = 0; number < p.watched; number++) if (cache.request(p.keys + law.draw(random, number))) after++;
      return hits / 4800 - after / p.watched;
    };
    expect(dip('lru')).toBeLessThan(limitOf(limits.lruMoveDepth, p));
    expect(dip('lfu')).toBeGreaterThan(limitOf(limits.lfuMoveDepth, p));
    const [lru, lfu] = ['lru', 'lfu'].map((eviction) => {
      const values = valuesOf('separate-evictions');
      const cache = evictionPolicies[eviction].create({ capacity: Math.round(values.capacity * 0.15) });
      const random = new RandomStreams(6).stream('keys');
      const batch = zipfPopularity(values.batchKeys, values.batchExponent);
      let hits = 0;
      for (let number = -1200; number < 6600; number++)
        if (cache.request(batch.draw(random, number)) && number >= 0) hits++;
      return hits / 6600;
    });
    const claimed = limitOf(limits.batchByFrequency, valuesOf('separate-evictions'));
    expect(claimed).toBeGreaterThan(lru);
    expect(claimed).toBeLessThan(lfu);
  });

  it('users and batch share a cache as Che says, and each alone does too', () => {
    const p = valuesOf('separate-caches');
    const together = hitRatios(p, p.capacity, p.batchRate / (p.rate + p.batchRate), false);
    expect(together.users).toBeLessThan(limitOf(limits.usersShared, p));
    expect(together.batch).toBeGreaterThan(limitOf(limits.batchShared, p));
    const own = Math.round(p.capacity * p.usersShare);
    expect(hitRatios(p, own, 0, false).users).toBeGreaterThan(limitOf(limits.usersSeparate, p));
    expect(hitRatios(p, p.capacity - own, 1, false).batch).toBeLessThan(limitOf(limits.batchSeparate, p));
    // And the two are told apart.
    expect(limitOf(limits.usersSeparate, p)).toBeGreaterThan(together.users);
    expect(limitOf(limits.batchSeparate, p)).toBeLessThan(together.batch);
  });

  it('entries that expire are hit as often as is claimed, by the plainest simulation', () => {
    const p = valuesOf('one-ttl');
    const random = new RandomStreams(7).stream('times');
    const law = zipfPopularity(p.batchKeys, p.batchExponent);
    const storedAt = new Map<number, number>();
    const [counted, until] = [100, 600];
    let [now, hits, requests] = [0, 0, 0];
    const loaded = new Set<number>();
    let firstLoads = 0;
    for (let number = 0; now < until; number++) {
      now -= Math.log(1 - random.next()) / p.batchRate;
      const key = law.draw(random, number);
      const isHit = now < (storedAt.get(key) ?? -Infinity) + toSeconds(p.ttl);
      if (!isHit) storedAt.set(key, now);
      if (!loaded.has(key) && now > 4 && now <= 26) firstLoads++;
      loaded.add(key);
      if (now < counted) continue;
      requests++;
      if (isHit) hits++;
    }
    const claimed = limitOf(limits.batchExpiring, p);
    expect(hits / requests).toBeLessThan(claimed);
    expect(hits / requests).toBeGreaterThan(claimed - 0.05); // the claim's room for chance in a shorter run
    const once = limitOf(limits.batchLoadedOnce, valuesOf('a-ttl-for-each'));
    expect(1 - firstLoads / (p.batchRate * 22)).toBeGreaterThan(once);
    expect(1 - firstLoads / (p.batchRate * 22)).toBeLessThan(once + 0.06);
  });

  it('claims nothing of expiry where entries outlive the warm-up, and of loads where there is no room for all keys', () => {
    expect(limitOf(limits.batchExpiring, valuesOf('one-ttl', { ttl: s(5) }))).toBeGreaterThanOrEqual(1);
    expect(limitOf(limits.batchLoadedOnce, valuesOf('a-ttl-for-each', { capacity: 3000 }))).toBe(0);
    expect(limitOf(limits.batchLoadedOnce, valuesOf('a-ttl-for-each', { batchTtl: s(20) }))).toBe(0);
  });

  it('claims an alert where scan and quiet lie on either side of the threshold by more than chance, and nothing elsewhere', () => {
    const of = (params: Partial<Values>) => {
      const p = valuesOf('lru', params);
      return [limitOf(alert.firesInScan, p), limitOf(alert.silentUntilTheMove, p)];
    };
    // The scan begins at 8 s and lasts for three, the move comes at 16 s, and the run ends at 26 s.
    const [fires, silent] = of({});
    expect(fires).toBeLessThan(3);
    expect(silent).toBe(8);
    for (const hitRatioLeast of [0.58, 0.9]) expect(of({ hitRatioLeast })).toEqual([18, 0]);
    expect(of({ hitRatioLeast: 0.45 })).toEqual([18, 8]);
    expect(of({ alertFor: s(1) })).toEqual([18, 8]);
  });

  it('claims nothing of a scan that is over before the cache is full of it', () => {
    const p = valuesOf('lru', { scanLasts: s(0.2) });
    expect([limitOf(limits.scanDepth, p), limitOf(limits.scanSeen, p)]).toEqual([0, 0]);
  });
});

it('runs, and has a limit for everything, at the ends of all sliders', () => {
  const ends = <T>(low: T, high: T) => fc.constantFrom(low, high);
  const [, ...variants] = Object.keys(dynamics.variants);
  fc.assert(
    fc.property(
      fc.constantFrom('lru', ...variants),
      ends(10, 1000),
      ends(100, 3000),
      ends(0, 3),
      ends(10, 5000),
      ends(0.1, 0.9),
      ends(1, 1000),
      ends(100, 20_000),
      ends(0, 3),
      (variant, rate, keys, exponent, capacity, usersShare, batchRate, batchKeys, batchExponent) => {
        const params = {
          rate,
          keys,
          exponent,
          capacity,
          usersShare,
          batchRate,
          batchKeys,
          batchExponent,
          length: s(10),
        };
        const { eviction, layout, batch } = valuesOf(variant);
        const whole = new Run(dynamics, { variant: 'lru', params: { ...params, eviction, layout, batch } });
        whole.advance(Infinity);
        expect(whole.violations()).toEqual([]);
        const p = valuesOf('lru', { ...params, eviction, layout, batch });
        for (const [name, limit] of Object.entries(limits)) {
          if (typeof limit === 'function') expect([name, Number.isFinite(limitOf(limit, p))]).toEqual([name, true]);
        }
      },
    ),
    { numRuns: 25 },
  );
});

/**
 * The hot key over random parameters: what is claimed of the remedies that wait for the alert, and of the lease, holds
 * whatever the crowd, the writes and the threads.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import hotKey from '../../../scenarios/caching/hot-key.ts';
import { ms, s, Trial, us } from '../../../sim-core/index.ts';

const given = fc.record({
  rate: fc.integer({ min: 100, max: 1000 }),
  crowd: fc.integer({ min: 100, max: 1500 }),
  crowdAt: fc.integer({ min: 50, max: 80 }).map((tenth) => s(tenth / 10)),
  writes: fc.integer({ min: 1, max: 60 }),
  commandTime: fc.integer({ min: 100, max: 1500 }).map(us),
  replicas: fc.integer({ min: 2, max: 16 }),
  localTtl: fc.integer({ min: 100, max: 2000 }).map(ms),
  throttle: fc.integer({ min: 100, max: 2000 }).map(ms),
  hotFor: fc.constantFrom(s(2), s(60)),
  counters: fc.integer({ min: 1, max: 30 }),
  sharding: fc.constantFrom('slot-map' as const, 'modulo' as const, 'consistent-hash' as const),
});

/** A counter that is hot by its writes, with batches and deaths at any time. */
const counted = fc.record({
  rate: fc.integer({ min: 100, max: 800 }),
  crowd: fc.integer({ min: 100, max: 800 }),
  writes: fc.integer({ min: 100, max: 700 }),
  instances: fc.integer({ min: 1, max: 8 }),
  commandTime: fc.integer({ min: 100, max: 1000 }).map(us),
  localTtl: fc.integer({ min: 100, max: 2000 }).map(ms),
  throttle: fc.integer({ min: 50, max: 2000 }).map(ms),
});

describe('whatever the crowd', () => {
  it.each(['key-replication', 'local-cache', 'write-throttle', 'lease'])('%s does what is claimed of it', (variant) => {
    fc.assert(
      fc.property(given, fc.nat(1000), (params, seed) => {
        const trial = new Trial(hotKey, { variant, seed, params: { ...params, length: s(15) } });
        while (!trial.advance(20_000)) expect(trial.violations()).toEqual([]);
        const { expectations } = trial.finish();
        expect(expectations.filter(({ pass }) => !pass)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it.each(['counter-batched', 'batch-lost'])('%s does what is claimed of it', (variant) => {
    const death = fc.integer({ min: 7000, max: 9500 }).map(ms);
    fc.assert(
      fc.property(counted, death, fc.nat(1000), (params, crashAt, seed) => {
        const own = variant === 'batch-lost' ? { crashAt } : {};
        const trial = new Trial(hotKey, { variant, seed, params: { ...params, ...own, length: s(10) } });
        while (!trial.advance(20_000)) expect(trial.violations()).toEqual([]);
        const { expectations } = trial.finish();
        expect(expectations.filter(({ pass }) => !pass)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});

/**
 * The stale-set race over random parameters: what the definition claims of a lease and of a version check holds whatever
 * the load.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import staleSetRace from '../../../scenarios/caching/stale-set-race.ts';
import { ms, s, Trial } from '../../../sim-core/index.ts';
import { failed, totalOf } from '../trials.ts';

const load = fc.record({
  reads: fc.integer({ min: 50, max: 400 }),
  writes: fc.integer({ min: 10, max: 200 }),
  keys: fc.integer({ min: 2, max: 40 }),
  prepareTime: fc.integer({ min: 0, max: 80 }).map(ms),
  queryTime: fc.integer({ min: 1, max: 10 }).map(ms),
  abortShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
});

describe('whatever the load', () => {
  it.each(['lease', 'version-check'])('%s serves nobody what had been replaced, and no phantom', (variant) => {
    fc.assert(
      fc.property(load, fc.integer({ min: 100, max: 10_000 }), fc.nat(1000), (given, ttl, seed) => {
        const trial = new Trial(staleSetRace, { variant, seed, params: { ...given, length: s(6), ttl: ms(ttl) } });
        while (!trial.advance(5000)) expect(trial.violations()).toEqual([]);
        const recording = trial.finish();
        expect(totalOf(recording, 'stale_set_race.lasting')).toBe(0);
        expect(totalOf(recording, 'read.phantoms')).toBe(0);
        expect(totalOf(recording, 'read.stale')).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('a version check with tombstones does so too where entries are gone before slow readers store, and without them not', () => {
    let withoutTombstones = 0;
    fc.assert(
      fc.property(load, fc.integer({ min: 100, max: 500 }), fc.nat(1000), (given, ttl, seed) => {
        const stale = (tombstone: number): number => {
          const params = { ...given, prepareTime: ms(300), ttl: ms(ttl), tombstone, length: s(7) };
          const trial = new Trial(staleSetRace, { variant: 'version-check', seed, params });
          while (!trial.advance(Infinity));
          const recording = trial.finish();
          expect(failed(recording)).toEqual([]);
          return totalOf(recording, 'read.stale');
        };
        expect(stale(s(600))).toBe(0);
        withoutTombstones += stale(0);
      }),
      { numRuns: 30 },
    );
    expect(withoutTombstones).toBeGreaterThan(0);
  });

  it('double delete serves nothing that was replaced longer ago than its delay, unless a reader is slower than that', () => {
    fc.assert(
      fc.property(load, fc.nat(1000), (given, seed) => {
        const changed = { ...given, prepareTime: 0, secondDelete: ms(200), length: s(6) };
        const trial = new Trial(staleSetRace, { variant: 'double-delete', seed, params: changed });
        while (!trial.advance(Infinity));
        const { signals } = trial.finish();
        const age = signals.find(({ name }) => name === 'read.staleness')!.summary['max'];
        expect(Number.isNaN(age) || age <= 0.2 + 0.001).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

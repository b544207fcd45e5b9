/**
 * "Nobody is served the old value" is a matter of distance: with the same reads and writes those who are nearer than the news
 * of a write are served it, as often as the claim allows at most, and those who are farther are not.
 */
import { expect, it } from 'vitest';
import invalidation from '../../../scenarios/caching/invalidation.ts';
import multiRegion from '../../../scenarios/caching/multi-region.ts';
import staleSetRace from '../../../scenarios/caching/stale-set-race.ts';
import { ms, s, Trial, us, type ParameterValues, type Scenario } from '../../../sim-core/index.ts';

/** Few keys, so that reads and writes of one meet often enough. */
const crowded = { keys: 5 };

it.each<[string, Scenario, string, ParameterValues]>([
  ['an acknowledged bus', invalidation, 'write-invalidate', { ...crowded, writes: 100, length: s(14) }],
  ['versioned keys', invalidation, 'versioned-keys', { ...crowded, writes: 100, length: s(14) }],
  ['a lease', staleSetRace, 'lease', { ...crowded, length: s(10) }],
  ['a version check', staleSetRace, 'version-check', { ...crowded, length: s(10) }],
  ['the cache of a single region', multiRegion, 'single-region-cache', { ...crowded, writes: 100, length: s(16) }],
])('%s: whoever is nearer than the news is served the old value, and nobody else', (_, scenario, variant, given) => {
  const staleFrom = (distance: number): number => {
    const trial = new Trial(scenario, { variant, seed: 1, params: { ...given, distance } });
    while (!trial.advance(100_000)) expect(trial.violations()).toEqual([]);
    const { signals, expectations } = trial.finish();
    expect(expectations.filter(({ pass }) => !pass)).toEqual([]);
    return signals.find(({ name }) => name === 'read.stale')!.summary['total'];
  };
  expect(staleFrom(us(10))).toBeGreaterThan(0);
  expect(staleFrom(ms(2))).toBe(0);
});

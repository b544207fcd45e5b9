/** Invalidation over random parameters: no way that promises a bound serves anything older. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import invalidation from '../../../scenarios/caching/invalidation.ts';
import { announcedMost, hitRatioOf, newsMost, staleRatioOf } from '../../../scenarios/caching/invalidation/limits.ts';
import type { Values } from '../../../scenarios/caching/invalidation/params.ts';
import { overtakenLeast, overtakenMost } from '../../../scenarios/caching/invalidation/pushes.ts';
import {
  confidenceInterval,
  ms,
  resolveParameters,
  Trial,
  s,
  Tally,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';

function runOf(variant: string, seed: number, given: ParameterValues): Trialled {
  const trial = new Trial(invalidation, { variant, seed, params: given });
  while (!trial.advance(20_000)) expect(trial.violations()).toEqual([]);
  return trial.finish();
}
const summaryOf = (recording: Trialled, name: string) => recording.signals.find((one) => one.name === name)!.summary;

const load = fc.record({
  reads: fc.integer({ min: 50, max: 300 }),
  writes: fc.integer({ min: 5, max: 60 }),
  imports: fc.integer({ min: 5, max: 60 }),
  keys: fc.integer({ min: 2, max: 60 }),
  ttl: fc.integer({ min: 500, max: 4000 }).map(ms),
  instances: fc.integer({ min: 1, max: 6 }),
  capacity: fc.integer({ min: 1, max: 100 }),
});

describe('a bound on staleness', () => {
  it.each([
    ['ttl', (p: Values) => p.ttl],
    ['missed-path', (p: Values) => p.ttl],
    ['pubsub-invalidate', (p: Values) => p.ttl],
    ['soft-ttl', (p: Values) => p.ttl * p.hardFactor],
    ['log-invalidate', (p: Values) => p.poll + ms(0.9)],
    ['write-invalidate', () => 0],
    ['versioned-keys', () => 0],
    ['push-unversioned', (p: Values) => p.ttl + announcedMost(p)],
    ['push-values', announcedMost],
    ['push-deltas', announcedMost],
    ['log-updates', (p: Values) => p.poll + 3 * newsMost(p)],
  ])('of %s is kept, whatever the load', (variant, boundOf) => {
    fc.assert(
      fc.property(load, fc.integer({ min: 1, max: 500 }), fc.nat(1000), (given, poll, seed) => {
        const recording = runOf(variant, seed, { ...given, poll: ms(poll), hardFactor: 3, length: s(14) });
        const bound = boundOf(recording.header.params as Values);
        const stale = summaryOf(recording, 'read.stale')['total'];
        if (bound === 0) expect(stale).toBe(0);
        else if (stale > 0) expect(summaryOf(recording, 'read.staleness')['max']).toBeLessThanOrEqual(bound / s(1));
      }),
      { numRuns: 16 },
    );
  });
});

it('news is overtaken as often as the distances say', () => {
  const late = new Tally();
  const params = { length: s(20) };
  for (let seed = 1; seed <= 8; seed++) {
    late.add(summaryOf(runOf('push-values', seed, params), 'invalidation.pushes.late')['total']);
  }
  const values = resolveParameters(invalidation, 'push-values', params) as Values;
  const around = confidenceInterval(late, 0.999);
  expect(around.high).toBeGreaterThan(overtakenLeast(values));
  expect(around.low).toBeLessThan(overtakenMost(values));
  expect(overtakenMost(values)).toBeLessThan(1.2 * overtakenLeast(values));
});

it('the shares of hits and of stale reads are those of the closed form', () => {
  const stale = new Tally();
  const hits = new Tally();
  for (let seed = 1; seed <= 8; seed++) {
    const recording = runOf('ttl', seed, {});
    stale.add(summaryOf(recording, 'read.stale_ratio')['mean']);
    hits.add(summaryOf(recording, 'cache.hit_ratio')['mean']);
  }
  const values = resolveParameters(invalidation, 'ttl', {}) as Values;
  const around = confidenceInterval(stale, 0.999);
  expect(staleRatioOf(values)).toBeGreaterThan(around.low);
  expect(staleRatioOf(values)).toBeLessThan(around.high);
  // A cycle is longer by the time of its load, and reads that come meanwhile miss as well.
  expect(hits.mean).toBeLessThan(hitRatioOf(values));
  expect(hits.mean).toBeGreaterThan(hitRatioOf(values) - 0.005);
});

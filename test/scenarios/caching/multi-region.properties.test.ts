/** Multi-region over random parameters: bounds on staleness are kept, lost writes follow their product. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import multiRegion from '../../../scenarios/caching/multi-region.ts';
import { fannedOut, lostOnTheWay, ttlAndWay } from '../../../scenarios/caching/multi-region/limits.ts';
import type { Values } from '../../../scenarios/caching/multi-region/params.ts';
import {
  confidenceInterval,
  ms,
  resolveParameters,
  Run,
  s,
  Tally,
  type Limit,
  type ParameterValues,
  type Recording,
} from '../../../sim-core/index.ts';

function runOf(variant: string, seed: number, given: ParameterValues): Recording {
  const run = new Run(multiRegion, { variant, seed, params: given });
  while (!run.advance(20_000)) expect(run.violations()).toEqual([]);
  return run.finish();
}
const summaryOf = (recording: Recording, name: string) => recording.signals.find((one) => one.name === name)!.summary;
const valueOf = (limit: Limit, values: ParameterValues): number => (typeof limit === 'number' ? limit : limit(values));

const load = fc.record({
  reads: fc.integer({ min: 20, max: 100 }),
  writes: fc.integer({ min: 1, max: 40 }),
  keys: fc.integer({ min: 1, max: 60 }),
  virginiaHongKong: fc.integer({ min: 1, max: 500 }).map(ms),
  virginiaCapeTown: fc.integer({ min: 1, max: 500 }).map(ms),
  hongKongCapeTown: fc.integer({ min: 1, max: 500 }).map(ms),
  partition: fc.integer({ min: 0, max: 4 }).map(s),
  ttl: fc.integer({ min: 200, max: 4000 }).map(ms),
});

describe('whatever the load and the ways,', () => {
  it.each([
    ['single-region-cache', 0],
    ['region-local-ttl', ttlAndWay],
    ['fanout-under-partition', fannedOut],
  ] as const)('%s serves nothing that was replaced longer ago than its bound', (variant, bound) => {
    fc.assert(
      fc.property(load, fc.nat(1000), (given, seed) => {
        const recording = runOf(variant, seed, { ...given, length: s(22) });
        const stale = summaryOf(recording, 'read.stale')['total'];
        if (bound === 0) expect(stale).toBe(0);
        else if (stale > 0) {
          expect(summaryOf(recording, 'read.staleness')['max']).toBeLessThanOrEqual(
            valueOf(bound, recording.header.params),
          );
        }
      }),
      { numRuns: 6 },
    );
  });
});

it('as many writes are lost on the way as there are that cross', () => {
  const lost = new Tally();
  for (let seed = 1; seed <= 10; seed++) {
    lost.add(summaryOf(runOf('region-local-write-fanout', seed, { reads: 1 }), 'region.lost_updates')['total']);
  }
  const claimed = lostOnTheWay(resolveParameters(multiRegion, 'region-local-write-fanout', {}) as Values);
  const { low, high } = confidenceInterval(lost, 0.999);
  // The product takes every way at its longest, 5 % above the shortest, and counts a write twice that crosses with two.
  expect(claimed).toBeGreaterThan(low);
  expect(claimed).toBeLessThan(high * 1.1);
});

/** Multi-region over random parameters: bounds on staleness are kept, lost writes follow their product. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import multiRegion from '../../../scenarios/caching/multi-region.ts';
import {
  convergedMost,
  fannedOut,
  JITTER,
  lostOnTheWay,
  REGIONS,
  toldTheCaches,
  ttlAndWay,
} from '../../../scenarios/caching/multi-region/limits.ts';
import type { Values } from '../../../scenarios/caching/multi-region/params.ts';
import * as regional from '../../../scenarios/caching/multi-region/regional-limits.ts';
import { hitRatioIn, stalenessIn } from '../../../scenarios/caching/multi-region/signals.ts';
import {
  atEnd,
  atMost,
  confidenceInterval,
  ms,
  resolveParameters,
  Trial,
  s,
  Tally,
  type Limit,
  type ParameterValues,
  type Trialled,
} from '../../../sim-core/index.ts';
import { limitFor } from '../trials.ts';

function runOf(variant: string, seed: number, given: ParameterValues): Trialled {
  const trial = new Trial(multiRegion, { variant, seed, params: given });
  while (!trial.advance(20_000)) expect(trial.violations()).toEqual([]);
  return trial.finish();
}
const summaryOf = (recording: Trialled, name: string) => recording.signals.find((one) => one.name === name)!.summary;
const valueOf = (limit: Limit, values: ParameterValues): number => limitFor(limit, values);

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
    ['region-local-cache-fanout', toldTheCaches],
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
      { numRuns: 25 },
    );
  });
});

describe('whatever the load and the ways, each region', () => {
  it.each([
    ['region-local-ttl', regional.hitsByOwnWrites, regional.ttlAndWayTo],
    ['region-local-cache-fanout', regional.hitsByAllWrites, regional.toldTheCacheOf],
  ] as const)(
    'has in %s the hits of its own way to Virginia, and nothing older than its own bound',
    (variant, hits, age) => {
      fc.assert(
        fc.property(load, fc.nat(1000), (given, seed) => {
          const recording = runOf(variant, seed, { ...given, length: s(22) });
          const { params } = recording.header;
          for (const region of REGIONS) {
            const hitRatio = summaryOf(recording, hitRatioIn(region))['mean'];
            expect(hitRatio).toBeGreaterThanOrEqual(valueOf(hits(region), params));
            const stale = summaryOf(recording, stalenessIn(region));
            if (stale['count'] > 0) expect(stale['max']).toBeLessThanOrEqual(valueOf(age(region), params));
          }
        }),
        { numRuns: 15 },
      );
    },
  );

  it('has in its cache the more the nearer it is, and the most where everybody renews it', () => {
    const [own, all] = ['region-local-ttl', 'region-local-cache-fanout'].map((variant) => {
      const mean = (region: (typeof REGIONS)[number]) => {
        const of = new Tally();
        for (let seed = 1; seed <= 3; seed++) of.add(summaryOf(runOf(variant, seed, {}), hitRatioIn(region))['mean']);
        return of.mean;
      };
      return REGIONS.map(mean);
    });
    expect(own[0]).toBeGreaterThan(own[1]);
    expect(own[1]).toBeGreaterThan(own[2]);
    REGIONS.forEach((_, i) => expect(all[i]).toBeGreaterThan(own[i]));
  });
});

it('as many writes are lost on the way as there are that cross', () => {
  const lost = new Tally();
  for (let seed = 1; seed <= 10; seed++) {
    lost.add(summaryOf(runOf('region-local-write-fanout', seed, { reads: 1 }), 'region.lost_updates')['total']);
  }
  const values = resolveParameters(multiRegion, 'region-local-write-fanout', {}) as Values;
  // A way is as much longer than half a round trip as chance has it, evenly up to JITTER.
  const claimed = lostOnTheWay(values, (1 + JITTER) / 2);
  const { low, high } = confidenceInterval(lost, 0.999);
  expect(claimed).toBeGreaterThan(low);
  expect(claimed).toBeLessThan(high);
});

it('a cut that the run does not outlast is not claimed to have been made good', () => {
  const claim = atMost(atEnd('region.divergent_keys'), convergedMost);
  const divergence = (partition: number) =>
    claim.judge(runOf('fanout-under-partition', 1, { partition: s(partition), length: s(22) }));
  expect(divergence(4)).toMatchObject({ pass: true });
  expect(divergence(4).limit).toBeLessThan(50);
  expect(divergence(10).actual).toBeGreaterThan(divergence(4).limit);
  expect(divergence(10)).toMatchObject({ pass: true, limit: 200 });
});

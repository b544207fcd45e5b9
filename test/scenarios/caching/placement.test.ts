/** Placement beside its closed forms, over random parameters, and where an instance's memory no longer suffices. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import placement from '../../../scenarios/caching/placement.ts';
import { hitRatioOf } from '../../../scenarios/caching/placement/limits.ts';
import { ASSETS, type Values } from '../../../scenarios/caching/placement/params.ts';
import { cacheEvicted } from '../../../sim-core/cache/cache.ts';
import {
  cacheLookup,
  characteristicTime,
  confidenceInterval,
  heldByLru,
  judge,
  LAYERS,
  ms,
  pairedDifference,
  s,
  Trial,
  zipfProbabilities,
  type ParameterValues,
  type Scenario,
  type Trialled,
} from '../../../sim-core/index.ts';

function runOf(variant: string, seed: number, params: ParameterValues): Trialled {
  const trial = new Trial(placement, { variant, seed, params });
  while (!trial.advance(20_000)) expect(trial.violations()).toEqual([]);
  return trial.finish();
}
const meanOf = (recording: Trialled, name: string): number =>
  recording.signals.find((one) => one.name === name)!.summary['mean'];
const shareOf = (recording: Trialled, layer: string): number => meanOf(recording, `layer.share.${layer}`);

it('the layers answer everything, and claims hold, whatever the times to live and the load', () => {
  const seconds = (most: number) => fc.integer({ min: 1, max: most }).map(s);
  const load = fc.record({
    rate: fc.integer({ min: 150, max: 300 }),
    users: fc.integer({ min: 1, max: 50 }),
    keys: fc.integer({ min: 1, max: 200 }),
    maxAge: seconds(12),
    sMaxAge: seconds(12),
    whileRevalidate: fc.integer({ min: 0, max: 3 }).map(s),
    appTtl: seconds(12),
    sharedTtl: seconds(12),
    reloads: fc.double({ min: 0, max: 1, noNaN: true }),
    instances: fc.integer({ min: 1, max: 6 }),
    appCapacity: fc.integer({ min: 1, max: 200 }),
    clientCapacity: fc.integer({ min: 1, max: 300 }),
    edgeCapacity: fc.integer({ min: 1, max: 300 }),
    gatewayCapacity: fc.integer({ min: 1, max: 300 }),
    gatewayTtl: fc.integer({ min: 0, max: 12 }).map(s),
  });
  fc.assert(
    fc.property(load, fc.constantFrom(...Object.keys(placement.variants)), fc.nat(1000), (given, variant, seed) => {
      const recording = runOf(variant, seed, { ...given, length: s(20) });
      const sum = LAYERS.reduce((total, layer) => total + shareOf(recording, layer.replace('-', '_')), 0);
      expect(sum).toBeCloseTo(1, 9);
      expect(judge(placement, variant, recording).filter(({ pass }) => !pass)).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 60_000);

describe('closed forms', () => {
  const seeds = [1, 2, 3, 4, 5, 6];
  const fast = { queryTime: ms(0.1), readTime: ms(0.1), writes: 0.1, keys: 200, rate: 300, length: s(40) };

  it.each([1, 8])('an instance’s cache hits l T of 1 + l T, with %d of them that warm each by itself', (instances) => {
    const given = { ...fast, instances, appCapacity: 1000, appTtl: s(4) };
    const recordings = seeds.map((seed) => runOf('app-local', seed, given));
    const values = recordings[0].header.params as Values;
    const { mean, halfWidth } = confidenceInterval(
      recordings.map((one) => shareOf(one, 'app')),
      0.999,
    );
    expect(Math.abs(mean - hitRatioOf(values, values.rate / instances, values.appTtl, ms(1)))).toBeLessThan(halfWidth);
  });

  it('a full cache that never expires hits as by Che’s approximation', () => {
    const given = { ...fast, instances: 1, appCapacity: 40, appTtl: s(600), assetShare: 0 };
    const hits = seeds.map((seed) => shareOf(runOf('app-local', seed, given), 'app'));
    const { mean, halfWidth } = confidenceInterval(hits, 0.999);
    const expected = characteristicTime(zipfProbabilities(200, 0.8), 40, heldByLru).hitRatio;
    expect(Math.abs(mean - expected)).toBeLessThan(halfWidth + 0.01);
  });
});

describe('over 20 seeds, of an instance’s memory beside a shared cache with the room of all four', () => {
  const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
  // Neither expires what it holds: room alone decides.
  const given = { instances: 4, appCapacity: 100, sharedCapacity: 400, appTtl: s(600), sharedTtl: s(600), rate: 300 };
  const tried = (variant: string, entries: number): ((signal: string) => number[]) => {
    const trials = SEEDS.map((seed) => {
      const params = { ...given, keys: entries - ASSETS, length: s(18) };
      const trial = new Trial(placement, { variant, seed, params });
      trial.advance(Infinity);
      return trial.finish();
    });
    return (signal) => trials.map(({ signals }) => signals.find(({ name }) => name === signal)!.summary['mean']);
  };
  const [WAIT, QUERIES] = ['http.client.request.duration', 'db.client.operation.rate'];

  it('users wait less while the working set fits into it, and longer once it does not; and the store is spared no more', () => {
    const gap = (entries: number, signal: string) => {
      const { mean, halfWidth } = pairedDifference(
        tried('app-local', entries)(signal),
        tried('distributed', entries)(signal),
        0.9999,
      );
      return { least: mean - halfWidth, most: mean + halfWidth };
    };
    expect(gap(100, WAIT).most).toBeLessThan(0);
    expect(gap(400, WAIT).least).toBeGreaterThan(0);
    // In queries a second: the larger part of all requests.
    expect(gap(400, QUERIES).least).toBeGreaterThan(0.3 * given.rate);
  });
});

/** Of the caches of a layer, by the start of their names: the share of lookups that were hits, and what was evicted. */
function roomOf(layer: string, params: ParameterValues): { hits: number; evicted: number; evictedElsewhere: number } {
  const count = { hits: 0, lookups: 0, evicted: 0, evictedElsewhere: 0 };
  const isOf = (cache: string): boolean => cache.startsWith(layer);
  const listening: Scenario = {
    ...placement,
    system(sim, values) {
      placement.system(sim, values);
      sim.facts.channel(cacheLookup).listen(({ cache, outcome }) => {
        if (!isOf(cache)) return;
        count.lookups++;
        if (outcome === 'hit' || outcome === 'stale') count.hits++;
      });
      sim.facts.channel(cacheEvicted).listen(({ cache }) => count[isOf(cache) ? 'evicted' : 'evictedElsewhere']++);
    },
  };
  const trial = new Trial(listening, {
    variant: 'all-six-layers',
    seed: 1,
    params: { rate: 300, ...params, length: s(16) },
  });
  trial.advance(Infinity);
  expect(count.lookups).toBeGreaterThan(200);
  return { ...count, hits: count.hits / count.lookups };
}

it.each([
  ['browsers', 'clientCapacity', 3],
  ['edge', 'edgeCapacity', 60],
  ['gateway', 'gatewayCapacity', 60],
])('%s with little room evicts, where it did not, and finds less of what it is asked for', (layer, capacity, room) => {
  const roomy = roomOf(layer, {});
  const narrow = roomOf(layer, { [capacity]: room });
  expect([roomy.evicted, roomy.evictedElsewhere, narrow.evictedElsewhere]).toEqual([0, 0, 0]);
  expect(narrow.evicted).toBeGreaterThan(100);
  expect(narrow.hits).toBeLessThan(0.8 * roomy.hits);
});

it('a gateway with a time to live of its own shows what is older than s-maxage, or nothing that is as old', () => {
  const oldest = (gatewayTtl: number): number =>
    runOf('all-six-layers', 1, { gatewayTtl, whileRevalidate: 0, app: false, distributed: false }).signals.find(
      ({ name }) => name === 'layer.staleness.gateway',
    )!.summary['max'];
  expect(oldest(s(2))).toBeLessThan(2.2);
  expect(oldest(0)).toBeGreaterThan(2.2);
  expect(oldest(0)).toBeLessThan(8.2);
  expect(oldest(s(20))).toBeGreaterThan(8.2);
});

it('a purge of the edge alone is undone by what the layers behind it still have; one from the inside out is not', () => {
  const oldest = (variant: string, purge: string): number =>
    runOf(variant, 1, { purge }).signals.find(({ name }) => name === 'layer.staleness.edge')!.summary['max'];
  expect(oldest('cdn-app-distributed', 'edge')).toBeGreaterThan(8);
  expect(oldest('cdn-app-distributed', 'inside-out')).toBeLessThan(0.05);
});

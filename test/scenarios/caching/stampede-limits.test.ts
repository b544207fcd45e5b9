/** The claims about the stampede, against the plainest simulation of what they describe, and at the ends of all sliders. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import stampede from '../../../scenarios/caching/stampede.ts';
import { linearCycle, xfetchCycle } from '../../../scenarios/caching/stampede/limits.ts';
import { params, type Values } from '../../../scenarios/caching/stampede/params.ts';
import { judge, ms, resolveParameters, s, type ParameterValues, type Recording } from '../../../sim-core/index.ts';

const CYCLES = 4000;

/** Mulberry32, since what is tested must not share its draws with what it is tested by. */
function uniformSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Readers come by a Poisson process and reload with a chance that depends on the gap to the expiry, from `from` before it
 * on, until the first load has ended. Counts the loads of one cycle, all in seconds.
 */
function loadsOfCycle(random: () => number, rate: number, load: number, from: number, chance: (gap: number) => number) {
  let loads = 0;
  let ends = Infinity;
  for (let gap = from; ;) {
    gap += Math.log(1 - random()) / rate;
    if (from - gap > ends) return loads;
    if (random() >= chance(gap)) continue;
    loads++;
    if (loads === 1) ends = from - gap + load;
  }
}

function moments(count: (random: () => number) => number): { mean: number; variance: number } {
  const random = uniformSource(7);
  const counts = Array.from({ length: CYCLES }, () => count(random));
  const mean = counts.reduce((sum, n) => sum + n, 0) / CYCLES;
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (CYCLES - 1);
  return { mean, variance };
}

const valuesOf = (given: ParameterValues): Values => resolveParameters(stampede, 'none', given) as Values;

describe('loads of one cycle', () => {
  it.each([
    [0.5, 60],
    [1, 60],
    [1, 120],
    [2, 60],
  ])('by XFetch with beta %d and loads of %d ms have the mean e^(1/beta), whatever the load time', (beta, load) => {
    const rate = 600;
    const delta = load / 1000;
    // Long enough before the expiry that a reload has a chance of 10^-7; and past it everybody loads.
    const { mean, variance } = moments((random) =>
      loadsOfCycle(random, rate, delta, 16 * beta * delta, (gap) => Math.exp(-Math.max(0, gap) / (beta * delta))),
    );
    const claimed = xfetchCycle(valuesOf({ beta }));
    expect(Math.abs(mean - claimed.mean)).toBeLessThan(4.5 * Math.sqrt(claimed.variance / CYCLES));
    expect(variance / claimed.variance).toBeCloseTo(1, 0);
  });

  it.each([20, 60, 120])(
    'by the printed rule with loads of %d ms have the mean and the variance of the area',
    (load) => {
      const values = valuesOf({ loadTime: ms(load), ttl: s(10) });
      const { mean, variance } = moments((random) => loadsOfCycle(random, 600, load / 1000, 1, (gap) => 1 - gap));
      const claimed = linearCycle(values);
      expect(Math.abs(mean - claimed.mean)).toBeLessThan(4.5 * Math.sqrt(claimed.variance / CYCLES));
      expect(variance / claimed.variance).toBeCloseTo(1, 0);
    },
  );
});

it('every limit is a number at the ends of every slider', () => {
  const ends = Object.fromEntries(
    Object.entries(params).flatMap(([name, parameter]) =>
      'min' in parameter ? [[name, fc.constantFrom(parameter.min, parameter.default, parameter.max)]] : [],
    ),
  );
  const evidence = (values: ParameterValues): Recording =>
    ({
      header: { params: values },
      signals: [
        'stampede.hot_key.reads',
        'cache.loads.active',
        'db.client.connection.count',
        'db.client.operation.rate',
      ]
        .concat('http.client.request.duration', 'http.client.request.error_ratio', 'http.client.request.errors')
        .concat('cache.stale_ratio')
        .map((name) => ({ name, summary: { total: 0, max: 0, mean: 0, p999: 0 } })),
    }) as unknown as Recording;
  fc.assert(
    fc.property(fc.record(ends), fc.constantFrom(...Object.keys(stampede.variants)), (given, variant) => {
      const values = resolveParameters(stampede, variant, given as ParameterValues);
      for (const { text, limit } of judge(stampede, variant, evidence(values))) {
        expect(Number.isFinite(limit) && limit >= 0, `${text} with ${JSON.stringify(given)}`).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});

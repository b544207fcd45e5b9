/** The claims about the stampede, against the plainest simulation of what they describe. */
import { describe, expect, it } from 'vitest';
import stampede from '../../../scenarios/caching/stampede.ts';
import { linearCycle, xfetchCycle } from '../../../scenarios/caching/stampede/early-limits.ts';
import type { Values } from '../../../scenarios/caching/stampede/params.ts';
import { ms, resolveParameters, s, type ParameterValues } from '../../../sim-core/index.ts';

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

/** The claims about the stampede, against the plainest simulation of what they describe. */
import { describe, expect, it } from 'vitest';
import stampede from '../../../scenarios/caching/stampede.ts';
import { earliest, linearCycle, oncePerLife, xfetchCycle } from '../../../scenarios/caching/stampede/early-limits.ts';
import { slowestQuiet } from '../../../scenarios/caching/stampede/limits.ts';
import { firstRefresh, lateReads } from '../../../scenarios/caching/stampede/printed-limits.ts';
import type { Values } from '../../../scenarios/caching/stampede/params.ts';
import { ms, resolveParameters, s, toSeconds, type Limit, type ParameterValues } from '../../../sim-core/index.ts';

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

/** What a limit claims; NaN where it claims nothing. */
const claimOf = (limit: Limit, values: Values): number => {
  const claim = typeof limit === 'number' ? limit : limit(values);
  return typeof claim === 'number' ? claim : NaN;
};

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

describe('loads of XFetch behind a mutex', () => {
  it('come earlier than is claimed no more often than is claimed', () => {
    const [values, oneIn] = [valuesOf({ beta: 1, jitters: true }), 20];
    const [gap, scale] = [earliest(values, oneIn), slowestQuiet(values)];
    const { mean } = moments((random) => {
      // The first who reloads, of readers who come from long before the gap on.
      let at = gap + 6 * scale;
      do at += Math.log(1 - random()) / 600;
      while (random() >= Math.exp(-Math.max(0, at) / scale));
      return at > gap ? 1 : 0;
    });
    const expected = 1 - Math.exp(-1 / oneIn);
    expect(Math.abs(mean - expected)).toBeLessThan(4.5 * Math.sqrt((expected * (1 - expected)) / CYCLES));
  });

  it.each([0, 0.1, 0.4])('are one a life of the entry at most, with a spread of %d', (spread) => {
    const values = valuesOf({ spread, jitters: true, keys: 1, length: s(120) });
    const random = uniformSource(11);
    const most = Math.max(
      ...Array.from({ length: 20 }, () => {
        let loads = 0;
        const load = (): number => 0.06 * (0.5 + random());
        const store = (at: number, took: number) => ({
          took,
          expires: at + 10 * (1 + spread * (2 * random() - 1)),
        });
        let entry = store(0, 0.06);
        for (let now = 0; now < 120;) {
          now -= Math.log(1 - random()) / 600;
          if (now + entry.took * -Math.log(1 - random()) < entry.expires) continue;
          const took = load();
          loads++;
          // Everybody else is served, or waits, until the one who has the lock has stored.
          now += took;
          entry = store(now, took);
        }
        return loads;
      }),
    );
    const claim = claimOf(oncePerLife, values);
    expect(most).toBeLessThanOrEqual(claim);
    // And it is no idle claim: of lives of mean length there are no more than a few times fewer.
    expect(claim).toBeLessThan(3 * most);
  });
});

/** Late reads at an expiry that all processes have at once, each until one of its refreshes is through; in steps of a tenth of a millisecond. */
function lateReadsOfExpiry(random: () => number, p: Values): number {
  const step = 1e-4;
  const processes = Array.from({ length: p.instances }, () => ({ left: [] as number[], waiting: 0, isLate: true }));
  let late = 0;
  while (processes.some(({ isLate }) => isLate)) {
    if (random() < p.rate * p.hotShare * step) {
      const one = processes[Math.floor(random() * p.instances)];
      if (one.isLate) [late, one.waiting] = [late + 1, one.waiting + 1];
    }
    for (const one of processes) {
      for (; one.waiting > 0 && one.left.length < p.threads; one.waiting--) {
        // A gamma variable of shape 25, as the demand of a query is.
        let demand = 0;
        for (let i = 0; i < 25; i++) demand -= (Math.log(1 - random()) * toSeconds(p.loadTime)) / 25;
        one.left.push(demand);
      }
    }
    const active = processes.reduce((sum, { left }) => sum + left.length, 0);
    const done = step * Math.min(1, p.cores / active);
    for (const one of processes) {
      one.left = one.left.map((left) => left - done);
      if (one.left.some((left) => left <= 0)) one.isLate = false;
      one.left = one.left.filter((left) => left > 0);
    }
  }
  return late;
}

describe('late reads of the printed class at its first expiry', () => {
  it.each([
    ['pools that fill up', {}],
    ['pools with room', { rate: 400 }],
    ['less than a core for all', { rate: 300, cores: 2, threads: 2 }],
    ['a core for each', { rate: 500, threads: 2 }],
  ] as const)('with %s are as many as are claimed at least', (_, given) => {
    // One expiry after the warm-up.
    const values = valuesOf({ ...given, keys: 1, length: s(15) });
    const random = uniformSource(5);
    const counts = Array.from({ length: 60 }, () => lateReadsOfExpiry(random, values));
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const expected = values.rate * values.hotShare * firstRefresh(values);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(claimOf(lateReads, values));
    // The first of several refreshes to be through is not the one of mean demand.
    expect(mean / expected).toBeGreaterThan(0.7);
    expect(mean / expected).toBeLessThan(1.3);
  });
});

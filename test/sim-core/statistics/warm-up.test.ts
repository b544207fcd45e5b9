/** MSER against its definition evaluated for every truncation point, and on transients whose end is known. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normal } from '../../../sim-core/kernel/distributions/normal.ts';
import { RandomStreams } from '../../../sim-core/kernel/random-streams.ts';
import { dropBefore, mser } from '../../../sim-core/statistics/warm-up.ts';

/** The squared standard error that MSER minimises, with the first `dropped` batches gone. */
function standardError(batchMeans: number[], dropped: number): number {
  const kept = batchMeans.slice(dropped);
  const mean = kept.reduce((sum, one) => sum + one, 0) / kept.length;
  return kept.reduce((sum, one) => sum + (one - mean) ** 2, 0) / kept.length ** 2;
}

function noise(seed: number, length: number): number[] {
  const random = new RandomStreams(seed).stream('noise');
  const bell = normal(0, 1);
  return Array.from({ length }, () => bell.sample(random));
}

test('drops the batches that make the standard error of the rest smallest', () => {
  const observations = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 50, maxLength: 200, size: 'max' });
  fc.assert(
    fc.property(observations, fc.integer({ min: 1, max: 5 }), (list, size) => {
      const batches = Math.floor(list.length / size);
      const means = Array.from(
        { length: batches },
        (_, i) => list.slice(i * size, (i + 1) * size).reduce((sum, one) => sum + one, 0) / size,
      );
      const { drop, settled } = mser(list, size);
      const candidates = Array.from({ length: batches - 4 }, (_, dropped) => standardError(means, dropped));
      expect(drop % size).toBe(0);
      expect(candidates[drop / size]).toBeCloseTo(Math.min(...candidates), 6);
      expect(settled).toBe(drop / size <= batches / 2);
    }),
  );
});

describe('a transient whose end is known', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is dropped and little else (seed %i)', (seed) => {
    const run = noise(seed, 2000).map((one, i) => (i < 300 ? one + 4 : one));
    const { drop, settled } = mser(run);
    expect(settled).toBe(true);
    expect(drop).toBeGreaterThanOrEqual(295);
    expect(drop).toBeLessThan(600);
  });

  test('that lasts the whole run is not believed to be over', () => {
    const ramp = noise(1, 1000).map((one, i) => one + i / 20);
    expect(mser(ramp).settled).toBe(false);
  });

  test('that was long but slight is dropped once it costs more than the data it spoils', () => {
    const decay = noise(3, 4000).map((one, i) => one + 6 * Math.exp(-i / 100));
    const { drop } = mser(decay);
    const meanFrom = (start: number) => decay.slice(start).reduce((sum, one) => sum + one, 0) / (decay.length - start);
    expect(drop).toBeGreaterThan(100);
    expect(Math.abs(meanFrom(drop))).toBeLessThan(Math.abs(meanFrom(0)));
  });
});

test('constant runs lose nothing', () => {
  expect(mser(Array.from({ length: 60 }, () => 7))).toEqual({ drop: 0, settled: true });
});

test('a fixed warm-up drops what was observed before it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.nat(60), (list, warmUp) => {
      const times = list.sort((a, b) => a - b);
      expect(dropBefore(warmUp, times)).toBe(times.filter((time) => time < warmUp).length);
    }),
  );
});

test('refuses runs too short to judge and what is not a number', () => {
  expect(() => mser(noise(1, 49))).toThrow('MSER: 49 observations, it takes at least 50');
  expect(() => mser([...noise(1, 60), NaN, 1, 1, 1, 1])).toThrow('observations 60 to 64 are not all finite');
  expect(() => mser(noise(1, 60), 0)).toThrow('batchSize: 0');
});

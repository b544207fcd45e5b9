/** Every backoff within what its formula allows, in its mean, and by its own draws alone; and against AWS's table of bounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import type { BackoffOptions } from '../../../../../sim-core/network/resilience/backoff/backoff.ts';
import { backoffs, type BackoffName } from '../../../../../sim-core/network/resilience/backoff/backoffs.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

/** Least and most of a wait, by the formula. */
type Range = (options: BackoffOptions, retry: number, previous: number) => readonly [number, number];
const doubled = ({ base, cap }: BackoffOptions, retry: number): number => Math.min(cap, base * 2 ** retry);
const ranges: Readonly<Record<BackoffName, Range>> = {
  immediate: () => [0, 0],
  exponential: (options, retry) => [doubled(options, retry), doubled(options, retry)],
  'full-jitter': (options, retry) => [0, doubled(options, retry)],
  'equal-jitter': (options, retry) => [doubled(options, retry) / 2, doubled(options, retry)],
  'decorrelated-jitter': ({ base, cap }, _, previous) => [Math.min(cap, base), Math.min(cap, 3 * previous)],
};

const options = fc
  .tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 1_000 }))
  .map(([base, times]) => ({ base: ms(base), cap: ms(base * times) }));

describe.each(Object.keys(backoffs) as BackoffName[])('%s', (name) => {
  const stream = (seed: number) => new Simulation({ seed }).random('backoff');

  it('stays within its formula, in whole nanoseconds, for any retry', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 0, max: 1_100 }), fc.nat(), (options, retries, seed) => {
        const backoff = backoffs[name](options);
        const random = stream(seed);
        let previous = options.base;
        for (let retry = 0; retry <= Math.min(retries, 40); retry++) {
          const wait = backoff.wait(retry, previous, random);
          const [least, most] = ranges[name](options, retry, previous);
          expect(Number.isSafeInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(Math.floor(least));
          expect(wait).toBeLessThanOrEqual(Math.ceil(most));
          previous = wait;
        }
        expect(backoff.wait(retries, previous, random)).toBeLessThanOrEqual(options.cap);
      }),
    );
  });

  it('has the mean of a uniform number between its bounds', () => {
    const settings = { base: ms(100), cap: s(100) };
    const backoff = backoffs[name](settings);
    const random = stream(1);
    const [least, most] = ranges[name](settings, 3, ms(500));
    const draws = 20_000;
    let sum = 0;
    for (let i = 0; i < draws; i++) sum += backoff.wait(3, ms(500), random);
    // Five standard deviations of the mean.
    const room = (5 * (most - least)) / Math.sqrt(12 * draws);
    expect(Math.abs(sum / draws - (least + most) / 2)).toBeLessThanOrEqual(room + 1);
  });

  it('gives the same waits for the same draws', () => {
    const backoff = backoffs[name]({ base: ms(10), cap: s(10) });
    const waits = (seed: number): number[] => {
      const random = stream(seed);
      return Array.from({ length: 8 }, (_, retry) => backoff.wait(retry, ms(20), random));
    };
    expect(waits(7)).toEqual(waits(7));
  });
});

interface Bounds {
  readonly base: number;
  readonly cap: number;
  readonly n: number;
  readonly expo: number;
  readonly full: readonly [number, number];
  readonly equal: readonly [number, number];
  readonly decorrelated_max: number;
}

const vectors = sharedVectors<{ bounds: readonly Bounds[] }>('backoff_jitter.json');

it.skipIf(vectors.isLeftOut)('has the bounds of AWS’s simulator', () => {
  const { bounds } = vectors.read();
  let longest = bounds[0].base;
  for (const { base, cap, n, expo, full, equal, decorrelated_max } of bounds) {
    const settings = { base, cap };
    const random = { next: () => 1, integer: () => 0 };
    const none = { next: () => 0, integer: () => 0 };
    expect(backoffs.exponential(settings).wait(n, 0, random)).toBe(expo);
    const drawn = (name: BackoffName): number[] =>
      [none, random].map((draw) => backoffs[name](settings).wait(n, longest, draw));
    expect(drawn('full-jitter')).toEqual(full);
    expect(drawn('equal-jitter')).toEqual(equal);
    longest = backoffs['decorrelated-jitter'](settings).wait(n, longest, random);
    expect(longest).toBe(decorrelated_max);
  }
  expect(bounds.length).toBeGreaterThan(10);
});

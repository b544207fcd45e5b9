/**
 * What replications say beside theory: for each point of an experiment Student's interval, whether it holds theory's
 * value, and how many intervals do. Observations come one replication at a time, for all points together.
 */
import { confidenceInterval } from '../../sim-core/index.ts';
import type { Point } from './experiments.ts';

/** Of the intervals that are drawn. */
export const LEVEL = 0.95;

export interface Estimate extends Point {
  readonly n: number;
  readonly mean: number;
  /** NaN while there are fewer than two replications. */
  readonly low: number;
  readonly high: number;
  readonly holds: boolean;
}

/** `observed` holds, for each point, one value a replication. */
export function estimatesOf(points: readonly Point[], observed: readonly (readonly number[])[]): Estimate[] {
  return points.flatMap((point, i) => {
    const values = observed[i] ?? [];
    if (values.length === 0) return [];
    const { mean, low, high } = confidenceInterval(values, LEVEL);
    const isTold = values.length > 1;
    return [
      {
        ...point,
        n: values.length,
        mean,
        low: isTold ? low : NaN,
        high: isTold ? high : NaN,
        holds: isTold && low <= point.theory && point.theory <= high,
      },
    ];
  });
}

/** How many intervals hold theory's value, of how many, and how many are expected to. */
export function tally(estimates: readonly Estimate[]): { holding: number; told: number; expected: number } {
  const told = estimates.filter(({ low }) => !Number.isNaN(low));
  return { holding: told.filter(({ holds }) => holds).length, told: told.length, expected: LEVEL * told.length };
}

/**
 * The least and the most of `count` independent intervals that hold the truth, but for a chance of at most 1 % on either
 * side, if each does with probability `LEVEL`: quantiles of the binomial distribution.
 */
export function plausibleRange(count: number): readonly [least: number, most: number] {
  const tail = 0.01;
  let probability = (1 - LEVEL) ** count;
  let sum = 0;
  let least = 0;
  let most = count;
  for (let k = 0; k <= count; k++) {
    if (sum + probability <= tail) least = k + 1;
    if (1 - sum <= tail) most = Math.min(most, k - 1);
    sum += probability;
    probability *= ((count - k) / (k + 1)) * (LEVEL / (1 - LEVEL));
  }
  return [least, most];
}

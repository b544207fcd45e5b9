/**
 * A confidence interval for a mean from independent, roughly normal observations (the results of replications, or
 * batch means), by Student's t. Of intervals made this way a fraction `level` covers the true mean. The observations
 * of a single run, one after the other, are not independent: see `batch-means.ts`.
 */
import { studentQuantile } from './student.ts';
import { Tally } from './tally.ts';

export interface ConfidenceInterval {
  readonly mean: number;
  /** Half the interval's width; Infinity when a single observation says nothing of the spread. */
  readonly halfWidth: number;
  readonly low: number;
  readonly high: number;
  /** How many observations the mean is of. */
  readonly n: number;
  /** The confidence level, a fraction. */
  readonly level: number;
}

/** The interval of the mean of `values`, or of what a tally has seen. Throws a RangeError when there are none. */
export function confidenceInterval(values: ArrayLike<number> | Tally, level = 0.95): ConfidenceInterval {
  const { count, mean, variance } = values instanceof Tally ? values : tallyOf(values);
  if (count === 0) throw new RangeError('confidence interval: there are no values, it takes at least 1');
  return count === 1
    ? intervalAround(mean, Infinity, count, level)
    : intervalAround(mean, studentQuantile(level, count - 1) * Math.sqrt(variance / count), count, level);
}

/** The interval mean ± halfWidth. */
export function intervalAround(mean: number, halfWidth: number, n: number, level: number): ConfidenceInterval {
  return { mean, halfWidth, low: mean - halfWidth, high: mean + halfWidth, n, level };
}

/** A tally of all the values. */
export function tallyOf(values: ArrayLike<number>): Tally {
  const tally = new Tally();
  for (let i = 0; i < values.length; i += 1) tally.add(values[i]);
  return tally;
}

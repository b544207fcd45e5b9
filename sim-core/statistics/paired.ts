/**
 * Is one system better than another? The difference of their means with a confidence interval: the systems differ, at
 * that level, when it leaves out 0. The sign is first minus second throughout.
 *
 * Runs of both on the same seeds are compared pair by pair: common random numbers make the pairs go up and down
 * together, and what they share cancels (Law, Simulation Modeling and Analysis, on comparing two systems). Runs on
 * different seeds are independent and compared by Welch's test (Biometrika 34, 1947), whose variances need not be equal.
 */
import { confidenceInterval, intervalAround, tallyOf, type ConfidenceInterval } from './confidence.ts';
import { studentQuantile } from './student.ts';

export interface PairedDifference extends ConfidenceInterval {
  /** Pearson's correlation of the pairs, −1 to 1; the nearer to 1 the more pairing gained. NaN if either is constant. */
  readonly correlation: number;
}

/** The mean of a[i] − b[i]; a[i] and b[i] come from the same seed. */
export function pairedDifference(a: ArrayLike<number>, b: ArrayLike<number>, level = 0.95): PairedDifference {
  if (a.length !== b.length) {
    throw new RangeError(
      `paired difference: ${a.length} values cannot be paired with ${b.length}, there must be as many`,
    );
  }
  const interval = confidenceInterval(
    Array.from(a, (value, i) => value - b[i]),
    level,
  );
  return { ...interval, correlation: correlation(a, b) };
}

export interface WelchDifference extends ConfidenceInterval {
  /** The degrees of freedom by Welch and Satterthwaite; they need not be whole. */
  readonly degreesOfFreedom: number;
}

/** mean(a) − mean(b) of independent samples of at least 2 values each; `n` is the number of values in both. */
export function welchDifference(a: ArrayLike<number>, b: ArrayLike<number>, level = 0.95): WelchDifference {
  if (a.length < 2 || b.length < 2) {
    throw new RangeError(`Welch's difference: samples of ${a.length} and ${b.length} values, each takes at least 2`);
  }
  const [first, second] = [tallyOf(a), tallyOf(b)];
  const [m, n] = [a.length, b.length];
  const squaredError = first.variance / m + second.variance / n;
  const share = first.variance / m / squaredError;
  // Two constant samples have no spread whatever the degrees of freedom are.
  const degreesOfFreedom =
    squaredError === 0 ? m + n - 2 : 1 / ((share * share) / (m - 1) + ((1 - share) * (1 - share)) / (n - 1));
  const halfWidth = studentQuantile(level, degreesOfFreedom) * Math.sqrt(squaredError);
  return { ...intervalAround(first.mean - second.mean, halfWidth, m + n, level), degreesOfFreedom };
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const meanA = tallyOf(a).mean;
  const meanB = tallyOf(b).mean;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [da, db] = [a[i] - meanA, b[i] - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}

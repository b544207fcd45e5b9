/**
 * A distribution of numbers: durations, sizes, ranks. The seam of this folder: every other file makes one or two of
 * them. A distribution holds no state and no stream, so one may serve many models at once. Samples have the unit of
 * the parameters; a caller who wants whole nanoseconds rounds.
 */
import type { RandomStream } from '../random-stream.ts';

/** What a model draws from. Factories throw RangeError with the field, the value and the range. */
export interface Distribution {
  /** The exact mean; Infinity where the integral diverges. */
  readonly mean: number;
  /** The exact variance; Infinity where it diverges, absent where nobody knows it. */
  readonly variance?: number;
  sample(random: RandomStream): number;
  /** The name and parameters for people, such as `exponential(mean 5)`. */
  describe(): string;
}

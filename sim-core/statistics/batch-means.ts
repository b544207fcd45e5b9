/**
 * A confidence interval from one long run. Successive observations of a run resemble each other, so treating them as
 * independent gives an interval far too narrow; the means of long enough batches of them hardly do, and Student's t
 * applies to those (Conway 1963; Law, Simulation Modeling and Analysis, on batch means). The warm-up is to be removed
 * first (`warm-up.ts`).
 *
 * Whether the batches were long enough shows in their lag-1 autocorrelation: for independent ones it lies within
 * about ±2/√batches. Well above, the interval is too narrow: take fewer batches, or a longer run.
 */
import { confidenceInterval, type ConfidenceInterval } from './confidence.ts';

export interface BatchMeansInterval extends ConfidenceInterval {
  /** How many observations a batch has; `n` is the number of batches. */
  readonly batchSize: number;
  /** The lag-1 autocorrelation of the batch means, −1 to 1; NaN when they are all equal. */
  readonly lag1: number;
  /** How many observations after the last full batch were left out. */
  readonly leftOut: number;
}

/** Cuts the observations into `batches` equal batches, 2 at least; what is left over at the end is left out. */
export function batchMeans(observations: ArrayLike<number>, batches = 20, level = 0.95): BatchMeansInterval {
  if (!(Number.isInteger(batches) && batches >= 2)) {
    throw new RangeError(`batches: ${batches} is not a whole number of at least 2`);
  }
  const batchSize = Math.floor(observations.length / batches);
  if (batchSize === 0) {
    throw new RangeError(`batch means: ${observations.length} observations do not fill ${batches} batches`);
  }
  const means = new Float64Array(batches);
  for (let batch = 0, i = 0; batch < batches; batch += 1) {
    let sum = 0;
    for (const end = i + batchSize; i < end; i += 1) sum += observations[i];
    means[batch] = sum / batchSize;
  }
  return judge(means, batchSize, observations.length - batches * batchSize, level);
}

/**
 * Batch means of a run whose length is not known beforehand, in constant memory: when twice `batches` batches are
 * full, neighbours are joined and the batches are twice as long from then on.
 */
export class BatchMeans {
  readonly #sums: Float64Array;
  #full = 0;
  #batchSize = 1;
  #sum = 0;
  #filled = 0;

  /** There will be from `batches` to 2 · `batches` − 1 batches once as many observations came; a whole number from 2. */
  constructor(batches = 20) {
    if (!(Number.isInteger(batches) && batches >= 2)) {
      throw new RangeError(`batches: ${batches} is not a whole number of at least 2`);
    }
    this.#sums = new Float64Array(2 * batches);
  }

  /** Takes the next observation. */
  add(value: number): void {
    if (!Number.isFinite(value)) throw new RangeError(`batch means value: ${value} is not a finite number`);
    this.#sum += value;
    this.#filled += 1;
    if (this.#filled < this.#batchSize) return;
    this.#sums[this.#full] = this.#sum;
    this.#full += 1;
    this.#sum = 0;
    this.#filled = 0;
    if (this.#full === this.#sums.length) this.#join();
  }

  /** The interval as of now. Throws a RangeError below 2 observations. */
  interval(level = 0.95): BatchMeansInterval {
    if (this.#full < 2) throw new RangeError(`batch means: ${this.#full} observations, it takes at least 2`);
    const means = this.#sums.slice(0, this.#full).map((sum) => sum / this.#batchSize);
    return judge(means, this.#batchSize, this.#filled, level);
  }

  #join(): void {
    this.#full /= 2;
    for (let i = 0; i < this.#full; i += 1) this.#sums[i] = this.#sums[2 * i] + this.#sums[2 * i + 1];
    this.#batchSize *= 2;
  }
}

function judge(means: Float64Array, batchSize: number, leftOut: number, level: number): BatchMeansInterval {
  const interval = confidenceInterval(means, level);
  return { ...interval, batchSize, lag1: lag1Autocorrelation(means, interval.mean), leftOut };
}

function lag1Autocorrelation(values: Float64Array, mean: number): number {
  let products = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const deviation = values[i] - mean;
    squares += deviation * deviation;
    if (i > 0) products += deviation * (values[i - 1] - mean);
  }
  return products / squares;
}

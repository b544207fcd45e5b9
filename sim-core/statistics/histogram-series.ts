/**
 * A coarse histogram per interval: the rows and columns of a heat map. Columns are the log-linear buckets of
 * `log-linear-buckets.ts` with few to an octave, one for everything below them (zero included) and one for everything
 * above. Because coarse buckets are unions of fine ones, a row can be summed from a `LogLinearHistogram` of the same
 * interval without looking at the observations again, and loses none.
 *
 * Two buckets an octave are 6.6 a decade; their edges are powers of two and the middles between them, so on a
 * logarithmic axis their heights alternate between 0.58 and 0.42 octave.
 */
import type { LogLinearHistogram } from './histogram.ts';
import { bucketOf, lowestOf } from './log-linear-buckets.ts';

export interface HistogramSeriesOptions {
  /** Values from here are told apart; rounded down to a bucket's edge. Positive, in the values' unit. */
  readonly lowest: number;
  /** Values up to here are told apart; rounded up to a bucket's edge. */
  readonly highest: number;
  /** An octave has 2^subBucketBits columns; at most as many as the fine histogram has buckets. */
  readonly subBucketBits: number;
}

export class HistogramSeries {
  readonly intervals: number;
  /** Columns in a row: the buckets, one below and one above. */
  readonly columns: number;
  /** The lower edges of columns 1 to columns − 1; column 0 holds what is below the first. Ascending, half-open. */
  readonly edges: Float64Array;
  /** Row after row: the count of interval i and column j is `counts[i * columns + j]`. */
  readonly counts: Uint32Array;
  readonly #bits: number;
  readonly #first: number;

  constructor(intervals: number, options: HistogramSeriesOptions) {
    const { lowest, highest, subBucketBits: bits } = options;
    if (!(Number.isSafeInteger(intervals) && intervals > 0)) {
      throw new RangeError(`intervals: ${intervals} is not a whole positive number`);
    }
    if (!(Number.isInteger(bits) && bits >= 0 && bits <= 8)) {
      throw new RangeError(`subBucketBits: ${bits} is not a whole number from 0 to 8`);
    }
    if (!(lowest > 0 && highest > lowest && highest < Infinity)) {
      throw new RangeError(`lowest and highest: ${lowest} and ${highest} are not finite with 0 < lowest < highest`);
    }
    this.#bits = bits;
    this.#first = bucketOf(lowest, bits);
    let end = bucketOf(highest, bits);
    if (lowestOf(end, bits) < highest) end += 1;
    this.intervals = intervals;
    this.columns = end - this.#first + 2;
    this.edges = Float64Array.from({ length: end - this.#first + 1 }, (_, i) => lowestOf(this.#first + i, bits));
    this.counts = new Uint32Array(intervals * this.columns);
  }

  /** The column that counts `value`, a number of at least 0. */
  columnOf(value: number): number {
    return this.#columnOfBucket(bucketOf(value, this.#bits));
  }

  /** Adds all that `histogram` holds to row `interval`. */
  addRow(interval: number, histogram: LogLinearHistogram): void {
    if (histogram.subBucketBits < this.#bits) {
      throw new RangeError(
        `subBucketBits: ${this.#bits} is finer than the histogram's own ${histogram.subBucketBits}, it may be at most that`,
      );
    }
    const row = interval * this.columns;
    this.counts[row] += histogram.zeros;
    histogram.forEachCoarseBucket(this.#bits, (bucket, count) => {
      this.counts[row + this.#columnOfBucket(bucket)] += count;
    });
  }

  #columnOfBucket(bucket: number): number {
    return Math.min(Math.max(bucket - this.#first + 1, 0), this.columns - 1);
  }
}

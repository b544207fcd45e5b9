/**
 * HdrHistogram, as load generators use it (wrk2, HdrHistogram's own): whole numbers to so many significant digits, and a
 * percentile is the highest value that its bucket may stand for, so that it may exceed what was recorded.
 * https://github.com/HdrHistogram/HdrHistogram/blob/master/src/main/java/org/HdrHistogram/AbstractHistogram.java
 *
 * Its correction for coordinated omission: a generator that waits for each answer leaves out the requests that it should have
 * sent meanwhile. With the interval at which it meant to send they are made up: a value of 100 ms at an interval of 10 ms adds
 * 90, 80 … 10 ms. That is right for a stall, in which those requests would have waited so long, and says too much where one
 * request alone was slow.
 */
import { LogLinearHistogram } from '../../statistics/histogram.ts';

/** How far a value that is known to so many significant digits, 1 to 4, may be off, as a share of it. */
export function errorOfDigits(digits: number): number {
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= 4)) {
    throw new RangeError(`HdrHistogram: ${digits} significant digits; expected 1 to 4`);
  }
  let error = 1;
  for (let i = 0; i < digits; i++) error /= 10;
  return error;
}

export class HdrHistogram {
  private readonly histogram: LogLinearHistogram;

  /** `digits`: significant decimal digits, 1 to 4. */
  constructor(digits: number) {
    this.histogram = new LogLinearHistogram(errorOfDigits(digits));
  }

  get count(): number {
    return this.histogram.count;
  }

  /** A whole number of at least 0. */
  record(value: number): void {
    this.histogram.record(Math.floor(value));
  }

  /** The value, and those that were left out meanwhile; `interval` is the distance at which they would have been recorded. */
  recordWithExpectedInterval(value: number, interval: number): void {
    this.record(value);
    if (interval <= 0) return;
    for (let missing = value - interval; missing >= interval; missing -= interval) this.record(missing);
  }

  /** The value at a percentile from 0 to 100; 0 while nothing was recorded. */
  valueAtPercentile(percentile: number): number {
    const { count } = this.histogram;
    const rank = Math.max(1, Math.ceil((previous(percentile) / 100) * count));
    let answer = 0;
    let below = 0;
    this.histogram.forEachBucket((lowest, end, inside) => {
      if (below >= rank) return;
      below += inside;
      answer = percentile === 0 ? Math.ceil(lowest) : Math.max(Math.ceil(lowest), Math.ceil(end) - 1);
    });
    return answer;
  }

  /** The mean by the middles of the buckets. */
  get mean(): number {
    let sum = 0;
    this.histogram.forEachBucket((lowest, end, inside) => {
      const low = Math.ceil(lowest);
      sum += inside * (low + Math.floor(Math.max(1, Math.ceil(end) - low) / 2));
    });
    return sum / this.histogram.count;
  }
}

/** A little less, by the next double: so that a whole number of values is not missed by rounding. */
const previous = (percentile: number): number => percentile * (1 - Number.EPSILON / 2);

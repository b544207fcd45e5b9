/**
 * A count per interval of simulated time: requests, misses, bytes sent. Memory is one double an interval, however many
 * observations there are. Dividing by the interval's seconds gives a rate.
 */
import type { Duration, Time } from '../kernel/time.ts';
import { checkAxis, rowAt } from './intervals.ts';

export class CounterSeries {
  readonly interval: Duration;
  readonly intervals: number;
  /** What was added in each interval, one row an interval. */
  readonly counts: Float64Array;
  /** The row that was counted in last, and where it starts and ends: most observations fall into it again. */
  #row = 0;
  #start: Time = 0;
  #end: Time;

  constructor(interval: Duration, intervals: number) {
    checkAxis(interval, intervals);
    this.interval = interval;
    this.intervals = intervals;
    this.counts = new Float64Array(intervals);
    this.#end = interval;
  }

  /** Adds at `time`, in any order. Throws a RangeError outside the series, or when `amount` is negative or not finite. */
  add(time: Time, amount = 1): void {
    if (!(amount >= 0 && amount < Infinity)) {
      throw new RangeError(`amount: ${amount} is not a finite number of at least 0`);
    }
    if (!(time >= this.#start && time < this.#end)) this.#move(time);
    this.counts[this.#row] += amount;
  }

  /** The sum of all rows. */
  get total(): number {
    let total = 0;
    for (const count of this.counts) total += count;
    return total;
  }

  #move(time: Time): void {
    this.#row = rowAt(time, this.interval, this.intervals);
    this.#start = this.#row * this.interval;
    this.#end = this.#start + this.interval;
  }
}

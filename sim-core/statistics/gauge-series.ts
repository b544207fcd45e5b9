/**
 * Mean, maximum and last value per interval of a quantity that keeps its value between changes: a queue's length,
 * connections in use, lag. Memory is three doubles an interval, however often it changes.
 *
 * The path is right-continuous, as in `TimeWeighted`: a value set at the first instant of an interval replaces the one
 * carried over before that has been held there. Values replaced at the instant at which they were set, and those set
 * at the very end of the run, weigh nothing in the mean but count in maximum and last value.
 */
import type { Duration, Time } from '../kernel/time.ts';
import { checkAxis } from './intervals.ts';

export class GaugeSeries {
  readonly interval: Duration;
  readonly intervals: number;
  /** The time-weighted mean of each interval; NaN where the run did not get. */
  readonly mean: Float64Array;
  /** The largest value of each interval; NaN where the run did not get. */
  readonly max: Float64Array;
  /** The value as each interval ends; NaN where the run did not get. */
  readonly last: Float64Array;

  #row = 0;
  /** Where the open row starts and ends. */
  #start: Time = 0;
  #end: Time;
  #since: Time = 0;
  #value: number;
  /** Of the open row, and of those before it. */
  #integral = 0;
  #integralBefore = 0;
  #rowMax = -Infinity;
  #closed = false;

  /** `initial` is the value at time 0. */
  constructor(interval: Duration, intervals: number, initial: number) {
    checkAxis(interval, intervals);
    this.interval = interval;
    this.intervals = intervals;
    this.mean = new Float64Array(intervals).fill(NaN);
    this.max = new Float64Array(intervals).fill(NaN);
    this.last = new Float64Array(intervals).fill(NaN);
    this.#end = interval;
    this.#value = checked(initial);
  }

  /** The quantity takes a new value at `time`. Throws a RangeError when time runs backwards or leaves the axis. */
  set(time: Time, value: number): void {
    if (!(time < this.#end)) this.#pass(time);
    this.#hold(time);
    this.#value = checked(value);
    if (value > this.#rowMax) this.#rowMax = value;
  }

  /** Takes many values, the first `count` of an array, each at the time beside it: `set` for one after the other, but faster. */
  setAll(times: Float64Array, values: Float64Array, count: number): void {
    const inRow = count > 0 && times[count - 1] < this.#end;
    if (!inRow) {
      for (let i = 0; i < count; i++) this.set(times[i], values[i]);
      return;
    }
    let since = this.#since;
    let value = this.#value;
    let integral = this.#integral;
    let rowMax = this.#rowMax;
    for (let i = 0; i < count; i++) {
      const held = times[i] - since;
      if (held < 0) throw backwards(times[i], since);
      if (held > 0) {
        integral += value * held;
        if (value > rowMax) rowMax = value;
        since = times[i];
      }
      value = checked(values[i]);
      if (value > rowMax) rowMax = value;
    }
    this.#since = since;
    this.#value = value;
    this.#integral = integral;
    this.#rowMax = rowMax;
  }

  /** The quantity changes by `change` at `time`. */
  add(time: Time, change: number): void {
    this.set(time, this.#value + change);
  }

  /** The value in force. */
  get value(): number {
    return this.#value;
  }

  /** The integral of the value from time 0 to `now`, in value-nanoseconds; `now` as for `set`, and before the close. */
  integral(now: Time): number {
    if (!(now < this.#end)) this.#pass(now);
    this.#hold(now);
    return this.#integralBefore + this.#integral;
  }

  /** Ends the series at `end`: a row that it cuts gets the figures of its part before the cut. */
  close(end: Time): void {
    if (!(end < this.#end)) this.#pass(end);
    this.#hold(end);
    if (end > this.#start) this.#closeRow(end);
    this.#closed = true;
    this.#end = -Infinity;
  }

  /** Closes the rows that end at `time` or before, but for the last, to which its end belongs. */
  #pass(time: Time): void {
    const horizon = this.interval * this.intervals;
    if (this.#closed) throw new RangeError(`time: ${time} ns comes after the gauge series was closed`);
    if (!(time <= horizon)) throw new RangeError(`time: ${time} ns is outside the series, from 0 to ${horizon} ns`);
    while (time >= this.#end && this.#row < this.intervals - 1) {
      this.#hold(this.#end);
      this.#closeRow(this.#end);
    }
  }

  #hold(time: Time): void {
    const held = time - this.#since;
    if (held > 0) {
      this.#integral += this.#value * held;
      if (this.#value > this.#rowMax) this.#rowMax = this.#value;
      this.#since = time;
    } else if (held < 0) throw backwards(time, this.#since);
  }

  #closeRow(end: Time): void {
    this.mean[this.#row] = this.#integral / (end - this.#start);
    this.max[this.#row] = this.#rowMax;
    this.last[this.#row] = this.#value;
    this.#row += 1;
    this.#start = end;
    this.#end = end + this.interval;
    this.#integralBefore += this.#integral;
    this.#integral = 0;
    this.#rowMax = -Infinity;
  }
}

const backwards = (time: Time, since: Time): RangeError =>
  new RangeError(`time: ${time} ns is before ${since} ns, the last change`);

function checked(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`gauge value: ${value} is not a finite number`);
  return value;
}

/**
 * The average over time of a quantity that keeps its value between changes: a queue's length, the busy servers of a
 * pool, the bytes in a buffer. A value counts for as long as it was held (Law, Simulation Modeling and Analysis, on
 * time-persistent statistics).
 *
 * The path is right-continuous: at the instant of a change the new value holds. Several changes at one instant are
 * allowed; those in between weigh nothing in mean and variance but count as extremes, because they were reached.
 * The integral is a plain sum, exact for whole values below 2^53 value-nanoseconds; the variance follows West's
 * weighted form of Welford's recurrence (Communications of the ACM 22(9), 1979). No distribution is kept.
 */
import type { Time } from '../kernel/time.ts';

export class TimeWeighted {
  #from: Time;
  #since: Time;
  #value: number;
  #integral = 0;
  #mean = 0;
  /** The sum over time of squared deviations from the mean. */
  #squares = 0;
  #min: number;
  #max: number;

  /** Starts at the instant `start` with the given value. */
  constructor(start: Time, value: number) {
    this.#from = start;
    this.#since = start;
    this.#value = checked(value);
    this.#min = value;
    this.#max = value;
  }

  /** The quantity takes a new value at `time`. Throws a RangeError when time runs backwards or the value is not finite. */
  set(time: Time, value: number): void {
    this.#hold(time);
    this.#value = checked(value);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** The quantity changes by `change` at `time`. */
  add(time: Time, change: number): void {
    this.set(time, this.#value + change);
  }

  /** Forgets everything before `time`, as at the end of a warm-up; the value in force goes on. */
  resetAt(time: Time): void {
    this.#hold(time);
    this.#from = time;
    this.#integral = 0;
    this.#mean = 0;
    this.#squares = 0;
    this.#min = this.#value;
    this.#max = this.#value;
  }

  /** The value in force. */
  get value(): number {
    return this.#value;
  }

  /** Where the averages start: the start, or the last reset. */
  get from(): Time {
    return this.#from;
  }

  /** The smallest value since `from`, the one in force at `from` included. */
  get min(): number {
    return this.#min;
  }

  /** The largest value since `from`, the one in force at `from` included. */
  get max(): number {
    return this.#max;
  }

  /** The integral of the value over [from, now], in value-nanoseconds. */
  integral(now: Time): number {
    this.#hold(now);
    return this.#integral;
  }

  /** The mean over [from, now]; NaN while no time has passed. */
  mean(now: Time): number {
    return this.integral(now) / (now - this.#from);
  }

  /** The variance over [from, now], of the value at a uniformly chosen instant; NaN while no time has passed. */
  variance(now: Time): number {
    this.#hold(now);
    return this.#squares / (now - this.#from);
  }

  /** Accounts for the value in force from the last change up to `time`. */
  #hold(time: Time): void {
    const held = time - this.#since;
    if (held > 0) {
      this.#integral += this.#value * held;
      const deviation = this.#value - this.#mean;
      this.#mean += (deviation * held) / (time - this.#from);
      this.#squares += held * deviation * (this.#value - this.#mean);
      this.#since = time;
    } else if (held !== 0) {
      throw new RangeError(`time-weighted time: ${time} is before ${this.#since}, the last change`);
    }
  }
}

function checked(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`time-weighted value: ${value} is not a finite number`);
  return value;
}

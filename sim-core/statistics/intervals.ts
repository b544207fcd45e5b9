/**
 * The time axis that the columns of a series share: row i covers [i · interval, (i + 1) · interval) of simulated time,
 * and what happens at the very end of the last row belongs to it. A recording's size depends on the number of rows
 * and not on what happened in them.
 */
import type { Duration, Time } from '../kernel/time.ts';

/** How many intervals it takes to cover `duration`; the last may reach beyond it. */
export function intervalsIn(duration: Duration, interval: Duration): number {
  return Math.ceil(duration / interval);
}

/** Throws a RangeError unless `interval` is a whole positive length and `intervals` a whole positive number. */
export function checkAxis(interval: Duration, intervals: number): void {
  if (!(Number.isSafeInteger(interval) && interval > 0)) {
    throw new RangeError(`interval: ${interval} is not a whole positive number of nanoseconds`);
  }
  if (!(Number.isSafeInteger(intervals) && intervals > 0)) {
    throw new RangeError(`intervals: ${intervals} is not a whole positive number`);
  }
}

/** The row that covers `time`. Throws a RangeError outside the axis. */
export function rowAt(time: Time, interval: Duration, intervals: number): number {
  const end = interval * intervals;
  if (!(time >= 0 && time <= end)) throw new RangeError(`time: ${time} ns is outside the series, from 0 to ${end} ns`);
  return time === end ? intervals - 1 : Math.floor(time / interval);
}

/** Rows of a recording's columns: row i covers the time from i times the interval up to the next one. */
import type { Recording } from '../../sim-core/index.ts';

export interface Rows {
  /** How many there are. */
  readonly count: number;
  /** Width of one, in nanoseconds. */
  readonly interval: number;
  /** Length of the run, in nanoseconds. */
  readonly duration: number;
}

export function rowsOf({ header: { duration, interval } }: Recording): Rows {
  return { count: Math.max(1, Math.ceil(duration / interval)), interval, duration };
}

/** The row that holds an instant; the run's end belongs to the last one. */
export function rowAt({ count, interval }: Rows, time: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(time / interval)));
}

/** Where a row begins. */
export const rowStart = ({ interval }: Rows, row: number): number => row * interval;

/** The instant in the middle of a row, where a step of one row puts the cursor. */
export function rowMiddle({ interval, duration }: Rows, row: number): number {
  return Math.min(duration, Math.round((row + 0.5) * interval));
}

/** How much of a row lies within the run, in seconds: the last one may be cut short. */
export function rowSeconds({ interval, duration }: Rows, row: number): number {
  return Math.max(0, Math.min(interval, duration - row * interval)) / 1e9;
}

/** A signal's columns as the end of a run leaves them: as far as it got, in the unit that is shown, and between which values. */
import type { Duration, Time } from '../kernel/time.ts';
import { intervalsIn } from '../statistics/intervals.ts';

/** The rows of a column that the run reached; those after its end hold NaN. */
export function cut(column: Float64Array, end: Time, interval: Duration): Float64Array {
  return column.slice().fill(NaN, intervalsIn(end, interval));
}

/** A column in another unit, so many of which are one of its own. */
export function scaled(column: Float64Array, scale: number): Float64Array {
  const values = new Float64Array(column.length);
  for (let row = 0; row < column.length; row++) values[row] = column[row] / scale;
  return values;
}

/** The least and the greatest number of a column from a row on; NaN if there is none. */
export function extremes(column: Float64Array, from: number): [number, number] {
  let min = NaN;
  let max = NaN;
  for (let row = from; row < column.length; row++) {
    const value = column[row];
    if (!(value >= min)) min = Number.isNaN(value) ? min : value;
    if (!(value <= max)) max = Number.isNaN(value) ? max : value;
  }
  return [min, max];
}

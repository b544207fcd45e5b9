/**
 * The windows over which a checklist's rows are worked out. The handbook's thresholds name none, and a value of one short
 * interval is noise: a row is worked out at the end of each interval, over the window that ends there, as a panel of a
 * dashboard is. A window is a thirtieth of the run after its warm-up, in whole intervals: forty-eight minutes of a day.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { RunEvidence } from './run-evidence.ts';

const WINDOWS_OF_A_RUN = 30;

export interface Windows {
  readonly interval: Duration;
  /** Rows of the run that count: from this one on, and before that one. */
  readonly from: number;
  readonly to: number;
  /** Rows of a window, 1 or more. */
  readonly rows: number;
}

export function windowsOf({ header, simulated = header.duration }: RunEvidence): Windows {
  const { interval, warmUp } = header;
  const from = Math.ceil(warmUp / interval);
  const to = Math.max(from, Math.floor(simulated / interval));
  return { interval, from, to, rows: Math.max(1, Math.round((to - from) / WINDOWS_OF_A_RUN)) };
}

/** What a column's rows add up to in each window, by the row that ends it; NaN before there is a whole one. */
export function sumsOver({ from, to, rows }: Windows, column: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(to).fill(NaN);
  for (let end = from + rows - 1; end < to; end++) {
    sums[end] = 0;
    for (let row = end - rows + 1; row <= end; row++) sums[end] += valueAt(column, row);
  }
  return sums;
}

/** Rows without a value hold none of what is summed. */
const valueAt = (column: ArrayLike<number>, row: number): number => (column[row] > 0 ? column[row] : 0);

/** The mean over each window of a column whose rows weigh what another says; NaN where less than `least` of it is there. */
export function meansOver(
  windows: Windows,
  column: ArrayLike<number>,
  weights: ArrayLike<number>,
  least: number,
): Float64Array {
  const weighed = sumsOver(
    windows,
    Float64Array.from(weights, (weight, row) => weight * column[row]),
  );
  const weight = sumsOver(windows, weights);
  return weighed.map((sum, row) => (weight[row] >= least ? sum / weight[row] : NaN));
}

/** The slope of the line of least squares through the rows of each window, by second; NaN where one has no value. */
export function slopesOver({ interval, from, to, rows }: Windows, column: ArrayLike<number>): Float64Array {
  const slopes = new Float64Array(to).fill(NaN);
  const middle = (rows - 1) / 2;
  const spread = (rows * (rows * rows - 1)) / 12;
  for (let end = from + rows - 1; end < to; end++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += (i - middle) * column[end - rows + 1 + i];
    slopes[end] = sum / spread / (interval / 1e9);
  }
  return slopes;
}

/** From when to when: what was found broken at the end of an interval is so until it is found whole. */
export interface Stretch {
  readonly from: Time;
  readonly to: Time;
}

/** The stretches in which `isBroken` of the row that ended last. A row that cannot be told changes nothing. */
export function stretchesOf({ interval, to }: Windows, isBroken: (row: number) => boolean | undefined): Stretch[] {
  const stretches: Stretch[] = [];
  let since: Time | undefined;
  for (let row = 0; row < to; row++) {
    const broken = isBroken(row);
    const now = (row + 1) * interval;
    if (broken === true) since ??= now;
    else if (broken === false && since !== undefined) {
      stretches.push({ from: since, to: now });
      since = undefined;
    }
  }
  if (since !== undefined) stretches.push({ from: since, to: to * interval });
  return stretches;
}

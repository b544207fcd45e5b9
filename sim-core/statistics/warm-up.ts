/**
 * How much of a run's beginning to throw away before its steady state is measured: an empty system fills, a cold cache
 * warms, and the observations meanwhile pull the mean away. Both ways give the number of leading observations to drop.
 *
 * MSER-5 (White, Simulation 69(6), 1997; White, Cobb and Spratt, WSC 2000) takes the observations in batches of 5 and
 * drops as many batches as make the estimated standard error of the remaining mean smallest: dropping a transient
 * makes it fall, dropping more data than that makes it rise. As in Hoad, Robinson and Davies (WSC 2008) the last 5
 * batches are never dropped to, because a handful of equal ones would always win, and a minimum in the second half of
 * the run is not believed: the run is too short for its transient.
 *
 * It balances bias against variance. Of a transient that fades slowly it leaves a bias of about one standard error of
 * the run, so an interval over many such runs narrows around the wrong value: there, drop more by a fixed time.
 */
import type { Duration, Time } from '../kernel/time.ts';

export interface Truncation {
  /** How many leading observations to drop. */
  readonly drop: number;
  /** Whether the minimum lies in the first half. If not, lengthen the run rather than trust `drop`. */
  readonly settled: boolean;
}

const BATCHES_KEPT_MIN = 5;

/** MSER-m over `observations` in batches of `batchSize`; at least 10 batches are needed, of a whole number from 1 on. */
export function mser(observations: ArrayLike<number>, batchSize = 5): Truncation {
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`batchSize: ${batchSize} is not a whole number of at least 1`);
  }
  const batches = Math.floor(observations.length / batchSize);
  if (batches < 2 * BATCHES_KEPT_MIN) {
    throw new RangeError(
      `MSER: ${observations.length} observations, it takes at least ${2 * BATCHES_KEPT_MIN * batchSize}`,
    );
  }
  let best = batches;
  let bestError = Infinity;
  let mean = 0;
  let squares = 0;
  // From the last batch to the first, so that one pass of Welford's recurrence sees every truncated remainder.
  for (let first = batches - 1; first >= 0; first -= 1) {
    const kept = batches - first;
    const value = batchMean(observations, first * batchSize, batchSize);
    const deviation = value - mean;
    mean += deviation / kept;
    squares += deviation * (value - mean);
    const error = squares / (kept * kept);
    if (kept >= BATCHES_KEPT_MIN && error <= bestError) {
      best = first;
      bestError = error;
    }
  }
  return { drop: best * batchSize, settled: best <= batches / 2 };
}

/** The number of observations before `warmUp`; `times` are their instants in non-decreasing order. */
export function dropBefore(warmUp: Duration, times: ArrayLike<Time>): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < warmUp) low = middle + 1;
    else high = middle;
  }
  return low;
}

function batchMean(observations: ArrayLike<number>, start: number, size: number): number {
  let sum = 0;
  for (let i = start; i < start + size; i += 1) sum += observations[i];
  if (!Number.isFinite(sum))
    throw new RangeError(`MSER: observations ${start} to ${start + size - 1} are not all finite`);
  return sum / size;
}

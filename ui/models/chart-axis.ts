/**
 * What axes span. An axis is worked out from the whole run and never from the cursor, so nothing rescales while a run
 * is played. It holds every value that is drawn on it; values that are no numbers count for nothing.
 */
import { scaleLinear } from 'd3-scale';
import type { RecordedSignal } from '../../sim-core/index.ts';

export type Domain = readonly [low: number, high: number];

/** Shares of which one in a hundred already matters end at the least of these that holds them. */
const SHARES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/** A shorter axis cannot be divided into ticks: what is on it is drawn as the nothing that it nearly is. */
const LEAST = 1e-300;

/** The least round share that holds all values. */
export function shareAbove(values: Float64Array): number {
  const [, high] = extent(values);
  return SHARES.find((share) => high <= share) ?? 1;
}

/** From 0, or from the lowest value if that lies below, to a little more than the highest; never empty. */
export function fromZero(values: Float64Array): Domain {
  const [low, high] = extent(values);
  const room = Math.min(1.05, Number.MAX_VALUE / Math.max(1, high, -low));
  if (high - low < LEAST) return [low < 0 ? -1 : 0, 1];
  if (low < 0) return [low * room, high * room];
  return [0, high * room];
}

/** Of a logarithmic axis: from the lowest to the highest bucket that holds anything, in the signal's unit; never from 0. */
export function latencyDomain({ heat, columns }: RecordedSignal): Domain {
  let low = Infinity;
  let high = 0;
  if (heat) {
    const { buckets, bounds, counts } = heat;
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      const bucket = i % buckets;
      low = Math.min(low, Math.max(bounds[bucket], bounds[1] / 2));
      high = Math.max(high, bounds[bucket + 1] ?? bounds[bucket] * 2);
    }
  }
  for (const column of ['p50', 'p95', 'p99']) {
    for (const value of columns[column]) {
      if (!(value > 0 && Number.isFinite(value))) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (high === 0) return [0.001, 1];
  return low < high ? [low, high] : [Math.max(low / 2, Number.MIN_VALUE), high * 2];
}

/** Both at once. */
export const union = ([low, high]: Domain, [lowest, highest]: Domain): Domain => [
  Math.min(low, lowest),
  Math.max(high, highest),
];

/**
 * Two or three values worth a grid line; on a logarithmic axis powers of ten; 1, 2 and 5 of them
 * where there are too few; its ends if it holds none.
 */
export function ticksOf([low, high]: Domain, scale: 'share' | 'linear' | 'logarithmic'): number[] {
  if (scale === 'share') return [0, high / 2, high];
  if (scale === 'linear') return orEnds(scaleLinear().domain([low, high]).ticks(3));
  const powers: number[] = [];
  const finer: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    powers.push(Number(`1e${power}`));
    finer.push(...[1, 2, 5].map((times) => Number(`${times}e${power}`)));
  }
  const isWithin = (tick: number): boolean => tick >= low && tick <= high;
  const whole = powers.filter(isWithin);
  if (whole.length < 2) return orEnds(finer.filter(isWithin));
  const every = Math.ceil(whole.length / 6);
  return whole.filter((_, i) => i % every === 0);

  function orEnds(ticks: number[]): number[] {
    return ticks.length > 1 ? ticks : [low, high];
  }
}

/** The lowest and the highest of 0 and every finite value. */
export function extent(values: ArrayLike<number>): Domain {
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

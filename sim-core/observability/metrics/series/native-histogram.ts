/**
 * Native histograms of Prometheus: a sample that is a whole histogram, with exponential buckets. Any two can be added, at the
 * coarser of their scales, and what is lost by that is known: no bucket gets wider than the coarser one's.
 * https://prometheus.io/docs/specs/native_histograms/
 */
import { exp, ln } from '../../../kernel/maths.ts';
import type { ExponentialBuckets } from '../../signals/telemetry.ts';
import { addBuckets, downscaled, exponentialLowerBound, scaleChange } from '../instruments/exponential-buckets.ts';
import { EXPONENTIAL_BUCKETS_MAX, type ExponentialCounts } from '../instruments/exponential-histogram.ts';

/** `scale` is what Prometheus calls the schema, and ends at 8 there; bucket i is its bucket i + 1. */
export type NativeHistogram = ExponentialCounts;

/** The finest that Prometheus keeps: what comes finer is merged. */
export const SCHEMA_MAX = 8;

export const EMPTY_HISTOGRAM: NativeHistogram = {
  count: 0,
  sum: 0,
  scale: SCHEMA_MAX,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { offset: 0, counts: [] },
  negative: { offset: 0, counts: [] },
};

/** At a scale of at most `scale`. */
export function atScale(histogram: NativeHistogram, scale: number): NativeHistogram {
  const by = histogram.scale - scale;
  if (by <= 0) return histogram;
  return {
    ...histogram,
    scale,
    positive: downscaled(histogram.positive, by),
    negative: downscaled(histogram.negative, by),
  };
}

/** The histogram of what both have seen, at a scale at which that fits into the buckets of one. */
export const addHistograms = (a: NativeHistogram, b: NativeHistogram): NativeHistogram => combine(a, b, 1);

function combine(a: NativeHistogram, b: NativeHistogram, sign: 1 | -1): NativeHistogram {
  const coarser = Math.min(a.scale, b.scale);
  const scale = coarser - changeFor(atScale(a, coarser), atScale(b, coarser));
  const [left, right] = [atScale(a, scale), atScale(b, scale)];
  return {
    count: a.count + sign * b.count,
    sum: a.sum + sign * b.sum,
    scale,
    zeroCount: a.zeroCount + sign * b.zeroCount,
    zeroThreshold: Math.max(a.zeroThreshold, b.zeroThreshold),
    positive: addBuckets(left.positive, right.positive, sign),
    negative: addBuckets(left.negative, right.negative, sign),
  };
}

/** By how much less the scale must be for the buckets of both to be no more than a histogram has. */
function changeFor(a: NativeHistogram, b: NativeHistogram): number {
  const change = (one: ExponentialBuckets, other: ExponentialBuckets): number => {
    if (one.counts.length === 0 || other.counts.length === 0) return 0;
    const high = Math.max(one.offset + one.counts.length, other.offset + other.counts.length) - 1;
    return scaleChange(Math.min(one.offset, other.offset), high, EXPONENTIAL_BUCKETS_MAX);
  };
  return Math.max(change(a.positive, b.positive), change(a.negative, b.negative));
}

/** With every count so many times as high. */
export function scaleHistogram(histogram: NativeHistogram, factor: number): NativeHistogram {
  const times = (counts: readonly number[]): number[] => counts.map((count) => count * factor);
  const { positive, negative } = histogram;
  return {
    ...histogram,
    count: histogram.count * factor,
    sum: histogram.sum * factor,
    zeroCount: histogram.zeroCount * factor,
    positive: { offset: positive.offset, counts: times(positive.counts) },
    negative: { offset: negative.offset, counts: times(negative.counts) },
  };
}

/** What was observed between the first and the last of some samples, in order; a count that falls is a restart from zero. */
export function histogramIncrease(samples: readonly NativeHistogram[]): NativeHistogram {
  let grown = combine(samples[samples.length - 1], samples[0], -1);
  for (let i = 1; i < samples.length; i++) {
    if (samples[i].count < samples[i - 1].count) grown = addHistograms(grown, samples[i - 1]);
  }
  return grown;
}

/**
 * `histogram_quantile` of a native histogram: as in classic ones, but within a bucket values are taken to lie evenly on a
 * logarithmic scale (since Prometheus 3.0), and there is no bucket without an end.
 */
export function nativeQuantile(q: number, histogram: NativeHistogram): number {
  if (Number.isNaN(q) || histogram.count === 0) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const { negative, positive, zeroCount, zeroThreshold, scale, count } = histogram;
  const rank = q * count;
  let below = 0;
  for (let i = negative.counts.length - 1; i >= 0; i--) {
    const inside = negative.counts[i];
    if (inside > 0 && below + inside >= rank) {
      return -within(negative.offset + i, scale, 1 - (rank - below) / inside);
    }
    below += inside;
  }
  if (zeroCount > 0 && below + zeroCount >= rank) {
    const [low, high] = [
      negative.counts.length > 0 ? -zeroThreshold : 0,
      positive.counts.length > 0 ? zeroThreshold : 0,
    ];
    return low + (high - low) * ((rank - below) / zeroCount);
  }
  below += zeroCount;
  let top = 0;
  for (let i = 0; i < positive.counts.length; i++) {
    const inside = positive.counts[i];
    if (inside <= 0) continue;
    if (below + inside >= rank) return within(positive.offset + i, scale, (rank - below) / inside);
    below += inside;
    top = i;
  }
  // Sums of counts that are no whole numbers any more may stay a little below the count.
  if (positive.counts.length > 0) return within(positive.offset + top, scale, 1);
  return zeroCount > 0 ? 0 : -within(negative.offset, scale, 0);
}

/** A place in a bucket, as a share of the way through it on a logarithmic scale. */
function within(bucket: number, scale: number, share: number): number {
  const low = exponentialLowerBound(bucket, scale);
  const high = exponentialLowerBound(bucket + 1, scale);
  return share >= 1 ? high : low * exp(ln(high / low) * Math.max(0, share));
}

/** The share of observations up to a value of 0 or more. */
export function nativeShare(value: number, { count, negative, zeroCount, positive, scale }: NativeHistogram): number {
  if (count === 0) return NaN;
  let up = zeroCount + negative.counts.reduce((sum, inside) => sum + inside, 0);
  positive.counts.forEach((inside, i) => {
    const low = exponentialLowerBound(positive.offset + i, scale);
    const high = exponentialLowerBound(positive.offset + i + 1, scale);
    if (value >= high) up += inside;
    else if (value > low) up += (inside * ln(value / low)) / ln(high / low);
  });
  return up / count;
}

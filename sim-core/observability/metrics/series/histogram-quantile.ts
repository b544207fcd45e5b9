/**
 * `histogram_quantile` of classic histograms: buckets by the label `le`, each counting all that is not above it. In the bucket
 * of the quantile values are taken to lie evenly; so that is as wrong as the bucket is wide. Six things to know:
 *
 * - without a bucket `+Inf`, with fewer than two buckets, or without an observation there is no quantile: NaN;
 * - a share below 0 is at -Inf, one above 1 at +Inf;
 * - in the bucket `+Inf` nothing is known but where it begins: the answer is the last finite bound;
 * - the first bucket begins at 0 if its bound is above that; else its bound is the answer;
 * - buckets of one bound are added up;
 * - counts that fall (buckets scraped at different moments) are raised to the one before.
 *
 * https://github.com/prometheus/prometheus/blob/v2.42.0/promql/quantile.go (bucketQuantile)
 */
import { groupedBy, type Sample, type Vector } from './vector.ts';

export interface CumulativeBucket {
  /** The upper bound, inclusive; Infinity of the last. */
  readonly bound: number;
  /** Observations, or observations a second, up to the bound. */
  readonly count: number;
}

/** The quantile of the histogram of each set of labels, `le` left out. */
export function histogramQuantile(q: number, vector: Vector): Vector {
  const withoutBound = (labels: Sample<number>['labels']): string[] =>
    Object.keys(labels).filter((name) => name !== 'le');
  const names = [...new Set(vector.flatMap(({ labels }) => withoutBound(labels)))];
  const buckets = vector
    .filter(({ labels }) => labels.le !== undefined)
    .map(({ labels, value }) => ({ labels, value: { bound: boundOf(labels.le), count: value } }));
  return groupedBy(buckets, names).map(({ labels, value }) => ({ labels, value: bucketQuantile(q, value) }));
}

export function bucketQuantile(q: number, cumulative: readonly CumulativeBucket[]): number {
  if (Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const buckets = monotonic(cumulative);
  const last = buckets.at(-1);
  if (last === undefined || last.bound !== Infinity || buckets.length < 2 || last.count === 0) return NaN;
  const rank = q * last.count;
  const place = buckets.findIndex(({ bound, count }) => bound === Infinity || count >= rank);
  if (place === buckets.length - 1) return buckets[place - 1].bound;
  const { bound, count } = buckets[place];
  if (place === 0 && bound <= 0) return bound;
  const below = place === 0 ? { bound: 0, count: 0 } : buckets[place - 1];
  return below.bound + (bound - below.bound) * ((rank - below.count) / (count - below.count));
}

/** The share of observations up to a value, taken to lie evenly within its bucket: what a dashboard can say of a target that is no bound. */
export function bucketShare(value: number, cumulative: readonly CumulativeBucket[]): number {
  const buckets = monotonic(cumulative);
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return NaN;
  const place = buckets.findIndex(({ bound }) => bound >= value);
  const { bound, count } = buckets[place];
  const below = place === 0 ? { bound: Math.min(0, bound), count: 0 } : buckets[place - 1];
  const within = bound === Infinity || bound === below.bound ? 0 : (value - below.bound) / (bound - below.bound);
  return (below.count + (bound === value ? 1 : within) * (count - below.count)) / total;
}

/** In order of the bounds, one a bound, with counts that do not fall. */
function monotonic(cumulative: readonly CumulativeBucket[]): CumulativeBucket[] {
  const buckets: CumulativeBucket[] = [];
  for (const bucket of [...cumulative].sort((a, b) => a.bound - b.bound)) {
    const last = buckets.at(-1);
    if (last !== undefined && last.bound === bucket.bound) {
      buckets[buckets.length - 1] = { bound: last.bound, count: last.count + bucket.count };
    } else buckets.push(bucket);
  }
  let most = -Infinity;
  return buckets.map(({ bound, count }) => ({ bound, count: (most = Math.max(most, count)) }));
}

export const boundOf = (le: string): number => (le === '+Inf' ? Infinity : Number(le));
export const boundLabel = (bound: number): string => (bound === Infinity ? '+Inf' : String(bound));

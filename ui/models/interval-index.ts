/**
 * Which of many intervals hold an instant, for a cursor that goes anywhere: made once, asked at every frame.
 *
 * Time is cut into buckets. Each knows the intervals that reach into it from before, and those that begin in it stand
 * together because all are sorted by their start. A bucket is half as wide as the mean interval is long, or as wide as
 * 64 starts: a question then costs about as much as its answer is long, and the table has at most about three entries
 * an interval.
 */

/** Plain columns, so that a worker can build it and hand it over. */
export interface IntervalIndex {
  /** Ascending. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Where the first bucket begins, and how wide each is. */
  readonly origin: number;
  readonly width: number;
  /** Where the intervals that begin in each bucket stand; the last one's end closes the list. */
  readonly firsts: Uint32Array;
  /** For each bucket, those that reach into it from before: rows of `reaching`, between two `offsets`. */
  readonly offsets: Uint32Array;
  readonly reaching: Uint32Array;
  /** The most that may hold any instant: how large an array for `holding` must be. */
  readonly most: number;
}

const STARTS_A_BUCKET = 64;

/** `starts` ascending, each end at or after its start, Infinity for what does not end. */
export function intervalIndex(starts: Float64Array, ends: Float64Array): IntervalIndex {
  const count = starts.length;
  const origin = starts[0] ?? 0;
  const last = starts[count - 1] ?? 0;
  let total = 0;
  for (let i = 0; i < count; i++) total += Math.max(0, Math.min(ends[i], last) - starts[i]);
  const mean = count === 0 ? 0 : total / count;
  const width = Math.max(1, mean / 2, ((last - origin) / Math.max(1, count)) * STARTS_A_BUCKET);
  const buckets = Math.floor((last - origin) / width) + 1;
  const bucketOf = (time: number): number => Math.min(buckets - 1, Math.floor((time - origin) / width));

  const firsts = new Uint32Array(buckets + 1).fill(count);
  for (let i = count - 1; i >= 0; i--) firsts[bucketOf(starts[i])] = i;
  for (let bucket = buckets - 1; bucket >= 0; bucket--) {
    firsts[bucket] = Math.min(firsts[bucket], firsts[bucket + 1]);
  }

  const offsets = new Uint32Array(buckets + 1);
  for (let i = 0; i < count; i++) {
    const to = ends[i] > origin ? bucketOf(ends[i]) : 0;
    for (let bucket = bucketOf(starts[i]) + 1; bucket <= to; bucket++) offsets[bucket + 1]++;
  }
  for (let bucket = 0; bucket < buckets; bucket++) offsets[bucket + 1] += offsets[bucket];
  const reaching = new Uint32Array(offsets[buckets]);
  const next = offsets.slice();
  for (let i = 0; i < count; i++) {
    const to = ends[i] > origin ? bucketOf(ends[i]) : 0;
    for (let bucket = bucketOf(starts[i]) + 1; bucket <= to; bucket++) reaching[next[bucket]++] = i;
  }

  let most = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    most = Math.max(most, offsets[bucket + 1] - offsets[bucket] + firsts[bucket + 1] - firsts[bucket]);
  }
  return { starts, ends, origin, width, firsts, offsets, reaching, most };
}

/** Writes the numbers of the intervals with start <= time < end into `out`, in the order of their starts; returns how many. */
export function holding(index: IntervalIndex, time: number, out: Uint32Array): number {
  const { starts, ends, origin, width, firsts, offsets, reaching } = index;
  if (!(time >= origin)) return 0;
  const bucket = Math.min(firsts.length - 2, Math.floor((time - origin) / width));
  let found = 0;
  for (let at = offsets[bucket]; at < offsets[bucket + 1]; at++) {
    const i = reaching[at];
    if (time < ends[i]) out[found++] = i;
  }
  for (let i = firsts[bucket]; i < firsts[bucket + 1] && starts[i] <= time; i++) {
    if (time < ends[i]) out[found++] = i;
  }
  return found;
}

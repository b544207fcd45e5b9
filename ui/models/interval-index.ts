/**
 * Which of many intervals hold an instant, for a cursor that goes anywhere: made once, asked at every frame.
 *
 * Time is cut into buckets. Each knows the intervals that reach into it from before, and those that begin in it stand
 * together because all are sorted by their start. A bucket is half as wide as the mean interval is long, or as wide as
 * 64 starts: a question then costs about as much as its answer is long, and the table has at most about three entries
 * an interval.
 */

export interface IntervalIndex {
  /** The answer's length at most: how large an array for `holding` must be. */
  readonly most: number;
  /**
   * Writes the numbers of the intervals with start <= time < end into `out`, in the order of their starts; returns
   * how many they are.
   */
  holding(time: number, out: Uint32Array): number;
}

const STARTS_A_BUCKET = 64;

/** `starts` ascending, each end at or after its start, Infinity for what does not end. */
export function intervalIndex(starts: Float64Array, ends: Float64Array): IntervalIndex {
  const count = starts.length;
  if (count === 0) return { most: 0, holding: () => 0 };
  const origin = starts[0];
  const last = starts[count - 1];
  let total = 0;
  for (let i = 0; i < count; i++) total += Math.max(0, Math.min(ends[i], last) - starts[i]);
  const width = Math.max(1, total / count / 2, ((last - origin) / count) * STARTS_A_BUCKET);
  const buckets = Math.floor((last - origin) / width) + 1;
  const bucketOf = (time: number): number => Math.min(buckets - 1, Math.floor((time - origin) / width));

  /** Where the intervals that begin in each bucket stand; the last one's end closes the list. */
  const firsts = new Uint32Array(buckets + 1).fill(count);
  for (let i = count - 1; i >= 0; i--) firsts[bucketOf(starts[i])] = i;
  for (let bucket = buckets - 1; bucket >= 0; bucket--) {
    firsts[bucket] = Math.min(firsts[bucket], firsts[bucket + 1]);
  }

  /** For each bucket, those that reach into it from before: rows of `reaching`, between two `offsets`. */
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

  return {
    most,
    holding(time, out) {
      if (time < origin) return 0;
      const bucket = bucketOf(time);
      let found = 0;
      for (let at = offsets[bucket]; at < offsets[bucket + 1]; at++) {
        const i = reaching[at];
        if (time < ends[i]) out[found++] = i;
      }
      for (let i = firsts[bucket]; i < firsts[bucket + 1] && starts[i] <= time; i++) {
        if (time < ends[i]) out[found++] = i;
      }
      return found;
    },
  };
}

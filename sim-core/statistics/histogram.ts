/**
 * A histogram of non-negative numbers, durations above all, whose quantiles are off by a stated relative error at the
 * most, whatever the range: HdrHistogram's idea (log-linear buckets, see `log-linear-buckets.ts`), with counts that
 * grow to the octaves that occur. Zero has a count of its own. Count, sum, mean, minimum and maximum are exact.
 *
 * A quantile is the nearest-rank order statistic, the ceil(q · n)-th smallest (the smallest for q = 0), known up to
 * its bucket: the bucket's middle is returned, or its lowest value where a bucket is no wider than 1, so that small
 * whole numbers come back as they are; the first and the last order statistic are the exact minimum and maximum.
 * HdrHistogram picks the same bucket but returns its highest value, which may exceed the largest one recorded;
 * Prometheus interpolates inside the bucket. With an error of 1 % the buckets are those of HdrHistogram's two
 * significant digits, with 0.1 % those of its three.
 *
 * Left out: HdrHistogram's correction for coordinated omission, because a simulated open-loop client omits nothing.
 */
import { bucketOf, lowestOf } from './log-linear-buckets.ts';

export class LogLinearHistogram {
  /** The error asked for: a quantile lies within this fraction of the exact order statistic. */
  readonly relativeErrorMax: number;
  /** An octave has 2^subBucketBits buckets. */
  readonly subBucketBits: number;

  /** The bucket that `#counts[0]` counts; the counts cover whole octaves. */
  #first = 0;
  #counts = new Float64Array(0);
  #zeros = 0;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  /**
   * `relativeErrorMax` is a fraction from 0.0001 to 0.5. Every octave between the smallest and the largest value takes
   * from 8 to 16 bytes over `relativeErrorMax`: durations from 1 µs to 1,000 s at 1 %, some 30 octaves, take 31 kB.
   */
  constructor(relativeErrorMax = 0.01) {
    if (!(relativeErrorMax >= 0.0001 && relativeErrorMax <= 0.5)) {
      throw new RangeError(`relativeErrorMax: ${relativeErrorMax} is not a fraction from 0.0001 to 0.5`);
    }
    this.relativeErrorMax = relativeErrorMax;
    let bits = 1;
    while (1 / (1 << bits) > relativeErrorMax) bits += 1;
    this.subBucketBits = bits;
  }

  /** Counts one value. Throws a RangeError unless it is a finite number of at least 0. */
  record(value: number): void {
    const slot = bucketOf(value, this.subBucketBits) - this.#first;
    // Zero, what must be refused and what needs more room all fall outside the counts, so one comparison serves them.
    if (slot >>> 0 < this.#counts.length) this.#counts[slot] += 1;
    else this.#recordOutside(value);
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Counts the first `count` values of an array: `record` for one after the other, but faster. */
  recordAll(values: Float64Array, count: number): void {
    const bits = this.subBucketBits;
    let sum = this.#sum;
    let min = this.#min;
    let max = this.#max;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      const slot = bucketOf(value, bits) - this.#first;
      if (slot >>> 0 < this.#counts.length) this.#counts[slot] += 1;
      else this.#recordOutside(value);
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.#count += count;
    this.#sum = sum;
    this.#min = min;
    this.#max = max;
  }

  get count(): number {
    return this.#count;
  }

  /** The plain sum: exact while the values are whole and it stays below 2^53 (104 days of nanoseconds). */
  get sum(): number {
    return this.#sum;
  }

  /** NaN while nothing was recorded. */
  get mean(): number {
    return this.#count === 0 ? NaN : this.#sum / this.#count;
  }

  /** NaN while nothing was recorded. */
  get min(): number {
    return this.#count === 0 ? NaN : this.#min + 0; // adding 0 turns minus zero, which counts as zero, into it
  }

  /** NaN while nothing was recorded. */
  get max(): number {
    return this.#count === 0 ? NaN : this.#max;
  }

  /** The q-quantile, q from 0 to 1, by the rule above; NaN while nothing was recorded. */
  quantile(q: number): number {
    return this.quantiles([q])[0];
  }

  /** Several quantiles by one pass over the buckets, for which each q is at least as large as the one before it. */
  quantiles(qs: readonly number[]): number[] {
    const counts = this.#counts;
    let slot = this.#from() - 1;
    let below = this.#zeros;
    let last = 0;
    const found: number[] = [];
    for (const q of qs) {
      if (!(q >= last && q <= 1)) throw new RangeError(`quantile: ${q} is not a fraction from ${last} to 1`);
      last = q;
      const rank = nearestRank(q, this.#count);
      if (this.#count > 0 && rank > 1 && rank < this.#count) while (below < rank) below += counts[++slot];
      found.push(this.#orderStatistic(rank, slot));
    }
    return found;
  }

  /**
   * Visits the buckets that hold something in ascending order: values from `lowest` up to but not including `end`;
   * zero's own bucket is visited as (0, 0).
   */
  forEachBucket(visit: (lowest: number, end: number, count: number) => void): void {
    if (this.#zeros > 0) visit(0, 0, this.#zeros);
    const to = this.#to();
    for (let slot = this.#from(); slot < to; slot += 1) {
      const count = this.#counts[slot];
      if (count === 0) continue;
      const bucket = this.#first + slot;
      visit(lowestOf(bucket, this.subBucketBits), lowestOf(bucket + 1, this.subBucketBits), count);
    }
  }

  /**
   * Visits what was recorded by coarser buckets, of which an octave has 2^subBucketBits, in ascending order: unions of the buckets
   * here, numbered as `log-linear-buckets.ts` does. Zero has none.
   */
  forEachCoarseBucket(subBucketBits: number, visit: (bucket: number, count: number) => void): void {
    const coarser = this.subBucketBits - subBucketBits;
    const counts = this.#counts;
    const to = this.#to();
    for (let slot = this.#from(); slot < to;) {
      const bucket = (this.#first + slot) >>> coarser;
      const end = Math.min(to, ((bucket + 1) << coarser) - this.#first);
      let count = 0;
      while (slot < end) count += counts[slot++];
      if (count > 0) visit(bucket, count);
    }
  }

  /** How many zeros were recorded. */
  get zeros(): number {
    return this.#zeros;
  }

  /** Takes everything that another histogram of the same error has recorded. */
  merge(other: LogLinearHistogram): void {
    if (other.subBucketBits !== this.subBucketBits) {
      throw new RangeError(
        `merge: the other histogram's relativeErrorMax is ${other.relativeErrorMax}, it must be ${this.relativeErrorMax} as here`,
      );
    }
    if (other.#counts.length > 0) {
      this.#cover(other.#first, other.#first + other.#counts.length);
      const offset = other.#first - this.#first;
      for (let slot = 0; slot < other.#counts.length; slot += 1) this.#counts[offset + slot] += other.#counts[slot];
    }
    this.#zeros += other.#zeros;
    this.#count += other.#count;
    this.#sum += other.#sum;
    if (other.#min < this.#min) this.#min = other.#min;
    if (other.#max > this.#max) this.#max = other.#max;
  }

  /** Forgets every value and keeps the room. */
  clear(): void {
    if (this.#count === 0) return;
    this.#counts.fill(0, this.#from(), this.#to());
    this.#zeros = 0;
    this.#count = 0;
    this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
  }

  /** The slots from here to before `#to()` hold what was recorded; the room is that of all that was ever seen. */
  #from(): number {
    return this.#min > 0 ? bucketOf(this.#min, this.subBucketBits) - this.#first : 0;
  }

  #to(): number {
    return this.#max > 0 ? bucketOf(this.#max, this.subBucketBits) - this.#first + 1 : 0;
  }

  #recordOutside(value: number): void {
    if (value === 0) {
      this.#zeros += 1;
      return;
    }
    if (!(value > 0 && value < Infinity)) {
      throw new RangeError(`histogram value: ${value} is not a finite number of at least 0`);
    }
    const bucket = bucketOf(value, this.subBucketBits);
    this.#cover(bucket, bucket + 1);
    this.#counts[bucket - this.#first] += 1;
  }

  /** Makes room for the buckets from `first` up to but not including `end`, in whole octaves. */
  #cover(first: number, end: number): void {
    const bits = this.subBucketBits;
    const empty = this.#counts.length === 0;
    const low = Math.min((first >>> bits) << bits, empty ? Infinity : this.#first);
    const high = Math.max((((end - 1) >>> bits) + 1) << bits, empty ? 0 : this.#first + this.#counts.length);
    if (high - low === this.#counts.length) return;
    const counts = new Float64Array(high - low);
    counts.set(this.#counts, empty ? 0 : this.#first - low);
    this.#counts = counts;
    this.#first = low;
  }

  /** The value of a rank, which lies in a slot unless it is an extreme or one of the zeros. */
  #orderStatistic(rank: number, slot: number): number {
    if (this.#count === 0) return NaN;
    if (rank === 1) return this.min;
    if (rank === this.#count) return this.#max;
    if (rank <= this.#zeros) return 0;
    return Math.min(Math.max(this.#representative(this.#first + slot), this.#min), this.#max);
  }

  #representative(bucket: number): number {
    const lowest = lowestOf(bucket, this.subBucketBits);
    const width = lowestOf(bucket + 1, this.subBucketBits) - lowest;
    return width <= 1 ? lowest : lowest + width / 2;
  }
}

/** ceil(q · n), at least 1; the product is shrunk by two roundings, so that 0.07 · 100 asks for the 7th, not the 8th. */
function nearestRank(q: number, count: number): number {
  return Math.max(1, Math.ceil(q * count * (1 - 2 * Number.EPSILON)));
}

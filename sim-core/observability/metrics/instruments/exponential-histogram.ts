/**
 * What one stream of an exponential histogram has counted: at the finest scale at which it fits into its number of buckets
 * (OpenTelemetry's default: 160 on either side of zero, from scale 20 on). Whatever order values come in, the buckets come out
 * the same. What lies between 1 ms and 10 s, 13.3 octaves, fits into 160 buckets at a scale of 3, where the middle of a bucket (the
 * geometric one) is off by 4.4 % at the most.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#base2-exponential-bucket-histogram-aggregation
 */
import type { ExponentialBuckets } from '../../signals/telemetry.ts';
import { downscaled, exponentialBucketOf, SCALE_MAX, SCALE_MIN, scaleChange } from './exponential-buckets.ts';

export const EXPONENTIAL_BUCKETS_MAX = 160;

/** The counts of an exponential histogram, without whose and when: what is recorded, sent and reckoned with. */
export interface ExponentialCounts {
  readonly count: number;
  readonly sum: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

export class ExponentialHistogram {
  private readonly size: number;
  private count = 0;
  private sum = 0;
  private scale: number;
  private zeroCount = 0;
  private readonly positive = new Side();
  private readonly negative = new Side();

  /** `size`: buckets on either side at most, 2 or more; `scaleMax`: from -10 to 20. */
  constructor(size = EXPONENTIAL_BUCKETS_MAX, scaleMax = SCALE_MAX) {
    if (!(Number.isInteger(size) && size >= 2))
      throw new RangeError(`exponential histogram: ${size} buckets; at least 2`);
    if (!(Number.isInteger(scaleMax) && scaleMax >= SCALE_MIN && scaleMax <= SCALE_MAX)) {
      throw new RangeError(`exponential histogram: a scale of ${scaleMax}; expected -10 to 20`);
    }
    this.size = size;
    this.scale = scaleMax;
  }

  /** Counts a finite number. */
  record(value: number): void {
    this.count++;
    this.sum += value;
    if (value === 0) this.zeroCount++;
    else this.put(value > 0 ? this.positive : this.negative, Math.abs(value));
  }

  /** What it has counted until now. */
  read(): ExponentialCounts {
    const { count, sum, scale, zeroCount } = this;
    return {
      count,
      sum,
      scale,
      zeroCount,
      zeroThreshold: 0,
      positive: this.positive.read(),
      negative: this.negative.read(),
    };
  }

  private put(side: Side, magnitude: number): void {
    let bucket = exponentialBucketOf(magnitude, this.scale);
    const by = side.changeFor(bucket, this.size);
    if (by > 0) {
      this.scale -= by;
      this.positive.downscale(by);
      this.negative.downscale(by);
      bucket >>= by;
    }
    side.add(bucket);
  }
}

/** The buckets on one side of zero. */
class Side {
  private offset = 0;
  private counts: number[] = [];

  /** By how much the scale must be less to hold a bucket as well. */
  changeFor(bucket: number, size: number): number {
    const { offset, counts } = this;
    if (counts.length === 0) return 0;
    return scaleChange(Math.min(offset, bucket), Math.max(offset + counts.length - 1, bucket), size);
  }

  downscale(by: number): void {
    const { offset, counts } = downscaled(this.read(), by);
    this.offset = offset;
    this.counts = [...counts];
  }

  add(bucket: number): void {
    if (this.counts.length === 0) this.offset = bucket;
    while (bucket < this.offset) {
      this.counts.unshift(0);
      this.offset--;
    }
    while (bucket >= this.offset + this.counts.length) this.counts.push(0);
    this.counts[bucket - this.offset]++;
  }

  read(): ExponentialBuckets {
    return { offset: this.offset, counts: [...this.counts] };
  }
}

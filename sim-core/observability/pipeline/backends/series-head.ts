/**
 * The head of a store for metrics: the series that have had samples of late, all of them in memory, and how many there may be.
 * Series are not created one by one here: those of one process are created by its first samples and go with it. A process that is
 * replaced comes with a new name in their labels, which makes new series of all of them, and the old ones stay until the head is
 * truncated (churn): from one to one and a half times the range of a block.
 *
 * - A new series that finds no room is not created, and its samples are rejected from then on: what is old stays, and what is
 *   new is not seen. https://grafana.com/docs/mimir/latest/manage/mimir-runbooks/#err-mimir-max-series-per-user
 * - Series are spread over shards by a hash of their labels, evenly, so that the limit of each is reached by all at once.
 * - More samples a second than the limit are refused as a whole: HTTP 429.
 * - A sample older than the newest of its series is rejected, beyond a window (out of order).
 *
 * The head is truncated when it covers more than one and a half ranges (https://github.com/prometheus/prometheus, `tsdb/head.go`).
 * Memory a series: 2.5 GB for 300,000 (https://grafana.com/docs/mimir/latest/manage/run-production-environment/planning-capacity/).
 */
import { hours, s, type Duration, type Time } from '../../../kernel/time.ts';
import { countOf } from '../export-batches.ts';
import type { ExportRequest, TelemetryBundle } from '../export-request.ts';
import { AmountBucket, type AmountLimit } from './amount-bucket.ts';
import type { Keeper, StoreQuery, Written } from './keeper.ts';
import { TimePartitions } from './time-partitions.ts';

export const SERIES_BYTES = 2.5e9 / 300_000;
/** A sample takes so much in a block on disk. https://prometheus.io/docs/prometheus/latest/storage/ */
const SAMPLE_BYTES = 1.5;
/** How finely it is known when samples were taken. */
const GRAIN = s(15);

export interface SeriesHeadOptions {
  /** Ingesters that share the series: an integer of at least 1. */
  readonly shards: number;
  /** Series that each may hold. */
  readonly seriesMax: number;
  /** Of a block: 2 h is the default of Prometheus and Mimir. */
  readonly blockRange: Duration;
  readonly outOfOrderWindow: Duration;
  readonly samples: AmountLimit;
}

/** Two hours, and nothing out of order. */
export const HEAD = { blockRange: hours(2), outOfOrderWindow: 0 };

interface ProcessSeries {
  /** How many of its series were created. */
  series: number;
  newest: Time;
  readonly service: string;
}

export class SeriesHead implements Keeper {
  private readonly options: SeriesHeadOptions;
  private readonly bucket: AmountBucket;
  private readonly processes = new Map<string, ProcessSeries>();
  private readonly samples = new Map<string, TimePartitions>();
  private active = 0;
  private oldest: Time = 0;

  constructor(options: SeriesHeadOptions) {
    const { shards, seriesMax } = options;
    if (!(Number.isInteger(shards) && shards >= 1)) {
      throw new RangeError(`series head: shards is ${shards}; it must be an integer of at least 1`);
    }
    if (!(seriesMax >= 1)) throw new RangeError(`series head: seriesMax is ${seriesMax}; it must be 1 or more`);
    this.options = options;
    this.bucket = new AmountBucket(options.samples);
  }

  /** Series in memory. */
  get series(): number {
    return this.active;
  }

  get seriesMax(): number {
    return this.options.shards * this.options.seriesMax;
  }

  get bytes(): number {
    return this.active * SERIES_BYTES;
  }

  write(request: ExportRequest, now: Time): Written {
    const count = countOf(request);
    if (!this.bucket.allows(count, now)) return 'refused';
    this.bucket.take(count);
    this.truncate(now);
    let rejected = 0;
    for (const bundle of request.bundles ?? []) rejected += bundle.count - this.append(bundle);
    return { rejected };
  }

  /** Samples of a service, or of all, in that time. */
  amountToRead({ from, to, service }: StoreQuery): number {
    let sum = 0;
    for (const [of, samples] of this.samples)
      if (service === undefined || service === of) sum += samples.within(from, to);
    return sum;
  }

  /** Bytes of the samples on disk. */
  get sampleBytes(): number {
    let sum = 0;
    for (const { total } of this.samples.values()) sum += total * SAMPLE_BYTES;
    return sum;
  }

  state(): Readonly<Record<string, number>> {
    return { series: this.active, 'series at most': this.seriesMax, processes: this.processes.size };
  }

  violations(): readonly string[] {
    let sum = 0;
    for (const { series } of this.processes.values()) sum += series;
    if (sum !== this.active) return [`series head: ${this.active} series, and ${sum} of all processes`];
    return this.active > this.seriesMax ? [`series head: ${this.active} series, and ${this.seriesMax} at most`] : [];
  }

  /** Gives how many samples were taken: one of each series. */
  private append({ resource, time, count }: TelemetryBundle): number {
    const name = resource['service.instance.id'];
    const service = resource['service.name'];
    let process = this.processes.get(name);
    if (process === undefined) {
      process = { series: 0, newest: -Infinity, service };
      this.processes.set(name, process);
    }
    if (time < process.newest - this.options.outOfOrderWindow) return 0;
    process.newest = Math.max(process.newest, time);
    const created = Math.max(0, Math.min(count - process.series, this.seriesMax - this.active));
    process.series += created;
    this.active += created;
    const taken = Math.min(count, process.series);
    this.samplesOf(service).add(time, taken);
    return taken;
  }

  private samplesOf(service: string): TimePartitions {
    let samples = this.samples.get(service);
    if (samples === undefined) this.samples.set(service, (samples = new TimePartitions(GRAIN)));
    return samples;
  }

  private truncate(now: Time): void {
    const { blockRange } = this.options;
    if (now - this.oldest < 1.5 * blockRange) return;
    this.oldest += blockRange;
    for (const [name, { series, newest }] of this.processes) {
      if (newest >= this.oldest) continue;
      this.processes.delete(name);
      this.active -= series;
    }
  }
}

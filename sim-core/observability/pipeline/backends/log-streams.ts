/**
 * A store for logs in the way of Grafana Loki, by volume: lines stand in streams, one for each value of the labels, and a stream is cut
 * into chunks by time. Nothing else is indexed: a query reads all chunks of the streams and the time that it names. What it names
 * and the store is not cut by does not help it.
 *
 * | partitioned by | streams | a query reads |
 * |---|---|---|
 * | `none` | one | everything that is kept |
 * | `time` | one | the time that it asks about |
 * | `time-and-label` | one a service | of the service that it asks about, that time |
 *
 * A stream takes so many bytes a second: more are refused (HTTP 429), for one ingester has to take them all in order. Loki's
 * limit is 3 MB a second, 15 MB at once: https://grafana.com/docs/loki/latest/configure/#limits_config. A request is taken as a whole or
 * not at all here; Loki takes those of its streams that are within the limit.
 *
 * It keeps volumes and no lines, so that it holds days of them; `logging/log-store.ts` keeps the lines themselves, for whoever looks
 * for what they say.
 */
import type { Duration, Time } from '../../../kernel/time.ts';
import { keepsFor } from '../../signals/retention.ts';
import type { ExportRequest } from '../export-request.ts';
import { AmountBucket, type AmountLimit } from './amount-bucket.ts';
import type { Keeper, StoreQuery, Written } from './keeper.ts';
import { TimePartitions } from './time-partitions.ts';

export const logPartitionings = ['none', 'time', 'time-and-label'] as const;
export type LogPartitioning = (typeof logPartitionings)[number];

export interface LogStreamsOptions {
  readonly partitioning: LogPartitioning;
  /** Of time that one chunk is of: Loki closes one after two hours, or when it is large enough. */
  readonly chunkSpan: Duration;
  readonly streamLimit: AmountLimit;
}

export const STREAM_LIMIT: AmountLimit = { perSecond: 3e6, burst: 15e6 };
interface Stream {
  readonly bucket: AmountBucket;
  readonly chunks: TimePartitions;
}

const ALL = '';

export class LogStreams implements Keeper {
  private readonly options: LogStreamsOptions;
  private readonly streams = new Map<string, Stream>();

  constructor(options: LogStreamsOptions) {
    this.options = options;
  }

  get bytes(): number {
    let sum = 0;
    for (const { chunks } of this.streams.values()) sum += chunks.total;
    return sum;
  }

  write({ bundles = [] }: ExportRequest, now: Time): Written {
    const bytes = new Map<Stream, number>();
    for (const { resource, bytes: more } of bundles) {
      const stream = this.streamOf(resource['service.name']);
      bytes.set(stream, (bytes.get(stream) ?? 0) + more);
    }
    for (const [{ bucket }, amount] of bytes) if (!bucket.allows(amount, now)) return 'overloaded';
    for (const [{ bucket }, amount] of bytes) bucket.take(amount);
    for (const { resource, bytes: more, time } of bundles)
      this.streamOf(resource['service.name']).chunks.add(time, more);
    return { rejected: 0 };
  }

  amountToRead({ from, to, service }: StoreQuery): number {
    const isCutByLabel = this.options.partitioning === 'time-and-label';
    let sum = 0;
    for (const [label, { chunks }] of this.streams) {
      if (!isCutByLabel || service === undefined || service === label) sum += chunks.within(from, to);
    }
    return sum;
  }

  state(): Readonly<Record<string, number | string>> {
    return { streams: this.streams.size, 'bytes kept': this.bytes, ...keepsFor(undefined) };
  }

  violations(): readonly string[] {
    return [];
  }

  private streamOf(service: string): Stream {
    const { partitioning, chunkSpan, streamLimit } = this.options;
    const label = partitioning === 'time-and-label' ? service : ALL;
    let stream = this.streams.get(label);
    if (stream === undefined) {
      const chunks = new TimePartitions(partitioning === 'none' ? Infinity : chunkSpan);
      this.streams.set(label, (stream = { bucket: new AmountBucket(streamLimit), chunks }));
    }
    return stream;
  }
}

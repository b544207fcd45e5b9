/**
 * Compaction (`cleanup.policy=compact`): of each key the last record stays, in its place and with its offset. After Kafka's
 * documentation (https://kafka.apache.org/documentation/#compaction) and LogCleaner of apache/kafka (0004525).
 *
 * Closed segments are compacted up to the first that is too young (`min.compaction.lag.ms`) or has something at or beyond
 * the last stable offset, so that the head of the log may have several records of a key. A tombstone stays for
 * `delete.retention.ms` after it was compacted first, so that readers who are behind learn of the deletion. Of an aborted
 * transaction the records go at once; a marker when nothing of its transaction is left, and then as late as a tombstone
 * (KIP-534). A producer's last batch stays, empty if it must, since the next one is known by it. A record without a key,
 * from before the log was compacted, goes.
 *
 * Compacting takes no time here; that a round is bounded by the memory for its keys, and `max.compaction.lag.ms`, are
 * not modelled.
 */
import type { Time } from '../../kernel/time.ts';
import type { PartitionLog, Segment } from './partition-log.ts';
import { offsetOf, type LogRecord, type RecordBatch } from './record-batch.ts';

/** Segments that may be compacted. */
function cleanable<R extends LogRecord>(log: PartitionLog<R>, now: Time, highWatermark: number): readonly Segment<R>[] {
  const closed = log.closed(log.producers.lastStable(highWatermark));
  const youngest = now - log.settings.compactionLagMin;
  const young = closed.findIndex(({ batches }) => batches[batches.length - 1].appendedAt > youngest);
  return young < 0 ? closed : closed.slice(0, young);
}

/** The part of the bytes that may be compacted which never was; 0 if there are none. */
export function dirtyRatio<R extends LogRecord>(log: PartitionLog<R>, now: Time, highWatermark: number): number {
  let all = 0;
  let dirty = 0;
  for (const { batches, bytes } of cleanable(log, now, highWatermark)) {
    all += bytes;
    if (batches[0].firstOffset >= log.cleanedOffset) dirty += bytes;
  }
  return all === 0 ? 0 : dirty / all;
}

/** Compacts what may be; gives how many records are gone. */
export function compact<R extends LogRecord>(log: PartitionLog<R>, now: Time, highWatermark: number): number {
  const segments = cleanable(log, now, highWatermark);
  const round = new Round(log, segments, now);
  const compacted: Segment<R>[] = [];
  // Neighbours become one segment where they were no larger than one.
  let room = 0;
  for (const { batches, bytes } of segments) {
    const kept = batches.flatMap((batch) => round.keep(batch));
    const size = kept.reduce((sum, batch) => sum + batch.bytes, 0);
    if (compacted.length === 0 || bytes > room) {
      compacted.push({ batches: kept, bytes: size });
      room = log.settings.segmentBytes - bytes;
    } else {
      const last = compacted[compacted.length - 1];
      last.batches.push(...kept);
      last.bytes += size;
      room -= bytes;
    }
  }
  log.replaceOldest(
    segments.length,
    compacted.filter(({ batches }) => batches.length > 0),
  );
  return round.gone;
}

/** One pass over the segments, from the oldest batch to the newest. */
class Round<R extends LogRecord> {
  gone = 0;
  private readonly log: PartitionLog<R>;
  private readonly now: Time;
  private readonly last = new Map<number | string, number>();
  /** Producers of whose transaction something has been seen since their last marker. */
  private readonly seen = new Set<number>();

  constructor(log: PartitionLog<R>, segments: readonly Segment<R>[], now: Time) {
    this.log = log;
    this.now = now;
    for (const { batches } of segments) {
      for (const batch of batches) {
        if (this.isAborted(batch)) continue;
        batch.records.forEach(({ key }, index) => {
          if (key !== undefined) this.last.set(key, offsetOf(batch, index));
        });
      }
    }
  }

  /** What stays of a batch: itself, less, or nothing. */
  keep(batch: RecordBatch<R>): readonly RecordBatch<R>[] {
    const { producer, marker } = batch;
    if (marker !== undefined) return this.keepMarker(batch);
    if (producer?.isTransactional === true) this.seen.add(producer.id);
    const horizon = batch.deleteHorizon;
    const records: R[] = [];
    const offsets: number[] = [];
    let { bytes } = batch;
    const isAborted = this.isAborted(batch);
    batch.records.forEach((record, index) => {
      const offset = offsetOf(batch, index);
      const isLast = record.key !== undefined && this.last.get(record.key) === offset;
      if (isLast && !isAborted && !(record.isTombstone && this.isOver(horizon))) {
        records.push(record);
        offsets.push(offset);
      } else bytes -= record.bytes;
    });
    this.gone += batch.records.length - records.length;
    if (records.length === 0 && (producer === undefined || !this.log.producers.isLast(producer, batch.firstOffset)))
      return [];
    const isDated = horizon !== undefined || !records.some(({ isTombstone }) => isTombstone);
    if (isDated && records.length === batch.records.length) return [batch];
    return [{ ...batch, records, offsets, bytes, ...(isDated ? {} : this.horizon()) }];
  }

  /** A marker stays while its transaction has something in the log, and a while longer. */
  private keepMarker(batch: RecordBatch<R>): readonly RecordBatch<R>[] {
    if (this.seen.delete(batch.producer!.id)) return [batch];
    if (batch.deleteHorizon === undefined) return [{ ...batch, ...this.horizon() }];
    return this.isOver(batch.deleteHorizon) ? [] : [batch];
  }

  private horizon(): { readonly deleteHorizon: Time } {
    return { deleteHorizon: this.now + this.log.settings.deleteRetentionTime };
  }

  private isOver(horizon: Time | undefined): boolean {
    return horizon !== undefined && this.now >= horizon;
  }

  private isAborted({ producer, firstOffset }: RecordBatch<R>): boolean {
    if (producer?.isTransactional !== true) return false;
    return this.log.producers.abortedIn(firstOffset, firstOffset + 1).some(({ producer: id }) => id === producer.id);
  }
}

/**
 * Compaction (`cleanup.policy=compact`): of each key the last record stays, in its place and with its offset. Only closed
 * segments are cleaned, so the head of the log may have several records of a key. A tombstone stays for
 * `delete.retention.ms` after it was cleaned first, so that readers who are behind learn of the deletion.
 *
 * Cleaning takes no time here. Records without a key do not belong in a compacted topic; they are kept.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { PartitionLog } from './partition-log.ts';
import { offsetOf, type LogRecord, type RecordBatch } from './record-batch.ts';

export class Compaction<R extends LogRecord> {
  private readonly log: PartitionLog<R>;
  private readonly tombstoneTime: Duration;
  /** When each tombstone was cleaned first, by offset. */
  private readonly cleanedAt = new Map<number, Time>();

  constructor(log: PartitionLog<R>, tombstoneTime: Duration) {
    this.log = log;
    this.tombstoneTime = tombstoneTime;
  }

  /** Cleans the closed segments. */
  clean(now: Time): void {
    this.log.rewriteClosed((batches) => {
      const last = lastOffsets(batches);
      return batches
        .map((batch) => this.without(batch, last, now))
        .filter(({ records, marker }) => records.length > 0 || marker !== undefined);
    });
  }

  private without(batch: RecordBatch<R>, last: ReadonlyMap<number, number>, now: Time): RecordBatch<R> {
    const records: R[] = [];
    const offsets: number[] = [];
    let bytes = batch.bytes;
    batch.records.forEach((record, index) => {
      const offset = offsetOf(batch, index);
      if (this.stays(record, offset, last, now)) {
        records.push(record);
        offsets.push(offset);
      } else bytes -= record.bytes;
    });
    return records.length === batch.records.length ? batch : { ...batch, records, offsets, bytes };
  }

  private stays({ key, isTombstone }: R, offset: number, last: ReadonlyMap<number, number>, now: Time): boolean {
    if (key === undefined) return true;
    if (last.get(key) !== offset) return false;
    if (!isTombstone) return true;
    const since = this.cleanedAt.get(offset) ?? now;
    this.cleanedAt.set(offset, since);
    if (now - since <= this.tombstoneTime) return true;
    this.cleanedAt.delete(offset);
    return false;
  }
}

function lastOffsets(batches: readonly RecordBatch[]): Map<number, number> {
  const last = new Map<number, number>();
  for (const batch of batches) {
    batch.records.forEach(({ key }, index) => {
      if (key !== undefined) last.set(key, offsetOf(batch, index));
    });
  }
  return last;
}

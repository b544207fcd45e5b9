/**
 * What a log is made of: records, and the batches in which they are appended, replicated and read. A batch is whole or
 * not there at all. All replicas share the same objects; only the log of which a batch is a part decides whether it has
 * it.
 */
import type { Time } from '../../kernel/time.ts';

export interface LogRecord {
  readonly key: number | string | undefined;
  /** Bytes of key, value and headers. */
  readonly bytes: number;
  /** Without a value, so that compaction forgets the key in time. */
  readonly isTombstone: boolean;
}

/** Who sent a batch, for those who look for doubles: see `ProducerStates`. */
export interface ProducerStamp {
  readonly id: number;
  readonly epoch: number;
  /** Of the first record; those that follow count on. */
  readonly sequence: number;
  readonly isTransactional: boolean;
}

/** A batch before a leader has given it its place. */
export interface BatchDraft<R extends LogRecord = LogRecord> {
  readonly records: readonly R[];
  readonly bytes: number;
  readonly producer?: ProducerStamp | undefined;
}

/** The marker that ends a transaction: a record of its own, which takes an offset and which no consumer is shown. */
export type Marker = 'commit' | 'abort';

export interface RecordBatch<R extends LogRecord = LogRecord> extends BatchDraft<R> {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** The epoch of the leader that appended it. */
  readonly epoch: number;
  readonly appendedAt: Time;
  readonly marker?: Marker;
  /** The records' offsets, where compaction has left gaps; they count on from the first without it. */
  readonly offsets?: readonly number[];
  /** When tombstones in it, or the marker, may go: set when it is compacted first (KIP-534). */
  readonly deleteHorizon?: Time;
}

/** The offset of one of the batch's records. */
export function offsetOf(batch: RecordBatch, index: number): number {
  return batch.offsets === undefined ? batch.firstOffset + index : batch.offsets[index];
}

/** The same batch with its place in the log. */
export function placed<R extends LogRecord>(
  draft: BatchDraft<R>,
  firstOffset: number,
  epoch: number,
  appendedAt: Time,
): RecordBatch<R> {
  const { records, bytes, producer } = draft;
  return { records, bytes, producer, firstOffset, lastOffset: firstOffset + records.length - 1, epoch, appendedAt };
}

/**
 * A write-ahead log: what transactions change, and how they end, in the order in which it happened. A place in it is a number
 * of bytes since its beginning (PostgreSQL's LSN). What has been flushed outlives a crash, and nothing else does.
 *
 * Sizes are PostgreSQL's, about: a header of 24 bytes a record. Real logs are recycled in segments of 16 MB; here to the byte.
 */
import { bytesOf, type Change } from './rows.ts';

/** A place in the log, in bytes. */
export type Lsn = number;

export type LogEntry =
  | { readonly kind: 'change'; readonly transaction: number; readonly change: Change }
  | { readonly kind: 'commit' | 'abort'; readonly transaction: number };

export interface LogRecord {
  readonly start: Lsn;
  /** Where the next record begins. */
  readonly end: Lsn;
  readonly entry: LogEntry;
}

const RECORD_BYTES = 24;
const ENDING_BYTES = 10;
const CHANGE_BYTES = 30;

export class WriteAheadLog {
  private records: LogRecord[] = [];
  private written: Lsn = 0;
  private durable: Lsn = 0;
  private oldest: Lsn = 0;

  /** Where the next record is written. */
  get end(): Lsn {
    return this.written;
  }

  /** Up to here it outlives a crash. */
  get flushed(): Lsn {
    return this.durable;
  }

  /** The first byte that is kept. */
  get begin(): Lsn {
    return this.oldest;
  }

  /** Returns the record's end: who has flushed up to there has it. */
  append(entry: LogEntry): Lsn {
    const size = entry.kind === 'change' ? CHANGE_BYTES + bytesOf(entry.change.row) : ENDING_BYTES;
    const start = this.written;
    this.written += RECORD_BYTES + size;
    this.records.push({ start, end: this.written, entry });
    return this.written;
  }

  flush(upTo: Lsn): void {
    this.durable = Math.max(this.durable, Math.min(upTo, this.written));
  }

  /** What was not flushed is gone. */
  crash(): void {
    this.records.length = this.indexOf(this.durable);
    this.written = this.durable;
  }

  /** Nobody needs what is before this any more. */
  recycle(before: Lsn): void {
    if (before <= this.oldest) return;
    this.records.splice(0, this.indexOf(before));
    this.oldest = before;
  }

  /** What is flushed from a place on, which must be the beginning of a record; an error if it is not kept any more. */
  *from(place: Lsn): Generator<LogRecord> {
    if (place < this.oldest) throw new RangeError(`the log begins at ${this.oldest}; ${place} is gone`);
    for (let index = this.indexOf(place); index < this.records.length; index++) {
      const record = this.records[index];
      if (record.end > this.durable) return;
      yield record;
    }
  }

  /** The first record that begins at a place or after it. */
  private indexOf(place: Lsn): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.records[middle].start < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

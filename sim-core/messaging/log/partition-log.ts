/**
 * The log of one partition as one replica has it: batches in the order of their offsets, in segments. Only whole segments
 * are retained away, by the age of their last batch or because the log has grown too large, and never the one that is
 * written to. A segment is closed when it is full, when the next batch comes too long after its first, or when all of it is
 * too old to be retained. What is cut off at the end is gone as if it had never been there. Where keys are compacted
 * (`compaction.ts`) offsets have gaps, and so has what a follower is given.
 *
 * What a process has written survives its death, as it does in a real operating system; the loss of its host's power takes what is
 * in the page cache only (`page-cache.ts`). Does not model the index, or what a disk takes its time for.
 */
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import { PageCache } from './page-cache.ts';
import { NO_SEQUENCE, ProducerStates } from './producer-states.ts';
import type { LogRecord, Marker, RecordBatch } from './record-batch.ts';

/** `cleanup.policy`: what becomes of closed segments. */
export type CleanupPolicy = 'delete' | 'compact' | 'compact,delete';

export interface LogSettings {
  readonly cleanupPolicy: CleanupPolicy;
  /** `segment.bytes`: a segment that has so many is closed. */
  readonly segmentBytes: number;
  /** `segment.ms`: a batch that comes so long after the first one of the segment begins another. */
  readonly segmentTime: Duration;
  /** `retention.ms`: a closed segment whose last batch is older is deleted. */
  readonly retentionTime: Duration;
  /** `retention.bytes`: the oldest segments are deleted while the others have so many. */
  readonly retentionBytes: number;
  /** `min.cleanable.dirty.ratio`: a log is compacted when more than this part of its closed bytes never was. */
  readonly dirtyRatioMin: number;
  /** `delete.retention.ms`: how long a tombstone stays once it was compacted. */
  readonly deleteRetentionTime: Duration;
  /** `min.compaction.lag.ms`: a segment with a batch that is not older is not compacted. */
  readonly compactionLagMin: Duration;
}

/** Kafka's defaults, but keeps everything. */
export const KEEP_ALL: LogSettings = {
  cleanupPolicy: 'delete',
  segmentBytes: 1_073_741_824,
  segmentTime: 604_800 * SECOND,
  retentionTime: Infinity,
  retentionBytes: Infinity,
  dirtyRatioMin: 0.5,
  deleteRetentionTime: 86_400 * SECOND,
  compactionLagMin: 0,
};

export interface Segment<R extends LogRecord> {
  batches: RecordBatch<R>[];
  bytes: number;
}

export class PartitionLog<R extends LogRecord = LogRecord> {
  readonly epochs = new LeaderEpochs();
  private producerStates = new ProducerStates();
  private pages = new PageCache();
  settings: LogSettings;
  private segments: Segment<R>[] = [{ batches: [], bytes: 0 }];
  private start = 0;
  private end = 0;
  private cleaned = 0;

  constructor(settings: LogSettings = KEEP_ALL) {
    this.settings = settings;
  }

  get startOffset(): number {
    return this.start;
  }

  /** The offset that the next record will have. */
  get endOffset(): number {
    return this.end;
  }

  /** Everything below has been compacted: the cleaner's checkpoint. */
  get cleanedOffset(): number {
    return this.cleaned;
  }

  get producers(): ProducerStates {
    return this.producerStates;
  }

  get segmentCount(): number {
    return this.segments.length;
  }

  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** All batches, in order. */
  *batches(): Iterable<RecordBatch<R>> {
    for (const { batches } of this.segments) yield* batches;
  }

  /**
   * Takes a batch that begins where the log ends, or, of a leader that has compacted what was between, after it. `now`: when it is
   * written, if that is not when its leader did so.
   */
  append(batch: RecordBatch<R>, now: Time = batch.appendedAt): void {
    if (batch.firstOffset < this.end) {
      throw new Error(`a batch that begins at ${batch.firstOffset} was appended to a log that ends at ${this.end}`);
    }
    let segment = this.segments[this.segments.length - 1];
    if (segment.batches.length > 0 && this.isFull(segment, batch)) {
      segment = { batches: [], bytes: 0 };
      this.segments.push(segment);
      this.pages.sync(this.end);
    }
    segment.batches.push(batch);
    segment.bytes += batch.bytes;
    this.end = batch.lastOffset + 1;
    this.pages.write(this.end, now);
    this.epochs.note(batch.epoch, batch.firstOffset);
    remember(this.producerStates, batch);
  }

  /** Batches with records from an offset on and below another, of at least one and about so many bytes. */
  read(from: number, below: number, bytesMax: number): RecordBatch<R>[] {
    const read: RecordBatch<R>[] = [];
    let bytes = 0;
    for (let s = this.segmentOf(from); s < this.segments.length; s++) {
      const { batches } = this.segments[s];
      for (let i = firstEndingAtOrAfter(batches, from); i < batches.length; i++) {
        const batch = batches[i];
        if (batch.lastOffset >= below || (read.length > 0 && bytes + batch.bytes > bytesMax)) return read;
        read.push(batch);
        bytes += batch.bytes;
      }
    }
    return read;
  }

  /** Cuts off everything from an offset on; gives the batches that are gone. */
  truncate(offset: number): RecordBatch<R>[] {
    if (offset >= this.end) return [];
    const gone: RecordBatch<R>[] = [];
    for (const segment of this.segments) {
      const kept = segment.batches.filter((batch) => batch.lastOffset < offset);
      gone.push(...segment.batches.slice(kept.length));
      segment.batches = kept;
      segment.bytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    }
    this.segments = this.segments.filter(({ batches }, index) => index === 0 || batches.length > 0);
    this.end = Math.max(this.start, offset);
    if (gone.length > 0) this.end = Math.min(this.end, gone[0].firstOffset);
    this.cleaned = Math.min(this.cleaned, this.end);
    this.pages.cut(this.end);
    this.epochs.truncate(this.end);
    this.producerStates = new ProducerStates();
    for (const batch of this.batches()) remember(this.producerStates, batch);
    return gone;
  }

  /** Its host loses its power: what was in the page cache only is gone, and is given. */
  losePower(now: Time): RecordBatch<R>[] {
    return this.truncate(this.pages.flushed(now));
  }

  /** Deletes what is retained no more below the high watermark; gives the batches that are gone. */
  retain(now: Time, highWatermark: number): RecordBatch<R>[] {
    const gone: RecordBatch<R>[] = [];
    const { retentionTime, retentionBytes, cleanupPolicy } = this.settings;
    if (cleanupPolicy === 'compact') return gone;
    this.rollOld(now);
    while (this.segments.length > 1) {
      const [{ batches, bytes }] = this.segments;
      const last = batches[batches.length - 1];
      const isOld = now - last.appendedAt > retentionTime;
      const isTooMuch = this.bytes - bytes >= retentionBytes;
      if (!(isOld || isTooMuch) || last.lastOffset >= highWatermark) break;
      gone.push(...batches);
      this.segments.shift();
      this.start = last.lastOffset + 1;
    }
    if (gone.length > 0) this.producerStates.retain(this.start);
    return gone;
  }

  /** A follower whose leader has nothing below an offset begins there. */
  restartAt(offset: number): void {
    this.segments = [{ batches: [], bytes: 0 }];
    this.start = this.end = this.cleaned = offset;
    this.pages = new PageCache();
    this.epochs.truncate(0);
    this.producerStates = new ProducerStates();
  }

  /** Segments that are not written to any more and end below an offset, the oldest first. */
  closed(below: number): readonly Segment<R>[] {
    // An empty segment stands after the last one until it is written to; a log's last batch says where it ends.
    const last = this.segments.length - 1;
    const active = last > 0 && this.segments[last].batches.length === 0 ? last - 1 : last;
    let count = 0;
    while (count < active && endOf(this.segments[count]) <= below) count++;
    return this.segments.slice(0, count);
  }

  /** Others take the place of so many of the oldest segments, which are compacted by that. */
  replaceOldest(count: number, compacted: readonly Segment<R>[]): void {
    if (count === 0) return;
    this.cleaned = Math.max(this.cleaned, endOf(this.segments[count - 1]));
    this.segments.splice(0, count, ...compacted);
  }

  private isFull({ bytes, batches }: Segment<R>, next: RecordBatch<R>): boolean {
    const { segmentBytes, segmentTime } = this.settings;
    return bytes + next.bytes > segmentBytes || next.appendedAt - batches[0].appendedAt > segmentTime;
  }

  /** A segment is closed too when all of it is older than the retention: the next batch begins another. */
  private rollOld(now: Time): void {
    const { batches } = this.segments[this.segments.length - 1];
    if (batches.length === 0 || now - batches[batches.length - 1].appendedAt <= this.settings.retentionTime) return;
    this.segments.push({ batches: [], bytes: 0 });
    this.pages.sync(this.end);
  }

  private segmentOf(offset: number): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { batches } = this.segments[middle];
      if (batches.length === 0 || batches[batches.length - 1].lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The offset after its last batch. */
const endOf = ({ batches }: Segment<LogRecord>): number => batches[batches.length - 1].lastOffset + 1;

function firstEndingAtOrAfter(batches: readonly RecordBatch[], offset: number): number {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (batches[middle].lastOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function remember(states: ProducerStates, batch: RecordBatch): void {
  const { producer, marker, firstOffset, lastOffset } = batch;
  if (producer === undefined) return;
  // What was compacted of a batch has its numbers all the same.
  if (marker === undefined) states.append(producer, lastOffset - firstOffset + 1, firstOffset);
  else states.end(producer.id, producer.epoch, marker, firstOffset);
}

/** A marker's batch: one record that nobody is shown. */
export function markerBatch(
  producer: { readonly id: number; readonly epoch: number },
  marker: Marker,
  offset: number,
  epoch: number,
  appendedAt: Time,
): RecordBatch<never> {
  return {
    records: [],
    bytes: MARKER_BYTES,
    producer: { ...producer, sequence: NO_SEQUENCE, isTransactional: true },
    firstOffset: offset,
    lastOffset: offset,
    epoch,
    appendedAt,
    marker,
  };
}

/** A batch's header and a control record. */
const MARKER_BYTES = 78;

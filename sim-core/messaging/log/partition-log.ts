/**
 * The log of one partition as one replica has it: batches in the order of their offsets, in segments. Only whole segments
 * are retained away, by the age of their last batch or because the log has grown too large, and never the one that is
 * written to. A segment is closed when it is full, when the next batch comes too long after its first, or when all of it is
 * too old to be retained. What is cut off at the end is gone as if it had never been there.
 *
 * Does not model the index, the page cache or the disk: what a process has written survives its death, as it does in a
 * real operating system. The loss of a host's power, which takes what was not flushed, is not modelled.
 */
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import { ProducerStates } from './producer-states.ts';
import type { LogRecord, Marker, RecordBatch } from './record-batch.ts';

export interface LogSettings {
  /** `segment.bytes`: a segment that has so many is closed. */
  readonly segmentBytes: number;
  /** `segment.ms`: a batch that comes so long after the first one of the segment begins another. */
  readonly segmentTime: Duration;
  /** `retention.ms`: a closed segment whose last batch is older is deleted. */
  readonly retentionTime: Duration;
  /** `retention.bytes`: the oldest segments are deleted while the others have so many. */
  readonly retentionBytes: number;
}

/** Keeps everything. */
export const KEEP_ALL: LogSettings = {
  segmentBytes: 1_073_741_824,
  segmentTime: 604_800 * SECOND,
  retentionTime: Infinity,
  retentionBytes: Infinity,
};

interface Segment<R extends LogRecord> {
  batches: RecordBatch<R>[];
  bytes: number;
}

export class PartitionLog<R extends LogRecord = LogRecord> {
  readonly epochs = new LeaderEpochs();
  private producerStates = new ProducerStates();
  settings: LogSettings;
  private segments: Segment<R>[] = [{ batches: [], bytes: 0 }];
  private start = 0;
  private end = 0;

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

  /** Takes a batch that begins where the log ends. */
  append(batch: RecordBatch<R>): void {
    if (batch.firstOffset !== this.end) {
      throw new Error(`a batch that begins at ${batch.firstOffset} was appended to a log that ends at ${this.end}`);
    }
    let segment = this.segments[this.segments.length - 1];
    if (segment.batches.length > 0 && this.isFull(segment, batch)) {
      segment = { batches: [], bytes: 0 };
      this.segments.push(segment);
    }
    segment.batches.push(batch);
    segment.bytes += batch.bytes;
    this.end = batch.lastOffset + 1;
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
    if (gone.length > 0) this.end = gone[0].firstOffset;
    this.epochs.truncate(this.end);
    this.producerStates = new ProducerStates();
    for (const batch of this.batches()) remember(this.producerStates, batch);
    return gone;
  }

  /** Deletes what is retained no more below the high watermark; gives the batches that are gone. */
  retain(now: Time, highWatermark: number): RecordBatch<R>[] {
    const gone: RecordBatch<R>[] = [];
    const { retentionTime, retentionBytes } = this.settings;
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
    this.start = this.end = offset;
    this.epochs.truncate(0);
    this.producerStates = new ProducerStates();
  }

  /** The closed segments, for who compacts them; what is given back takes their place. */
  rewriteClosed(rewrite: (batches: readonly RecordBatch<R>[]) => RecordBatch<R>[]): void {
    const active = this.segments[this.segments.length - 1];
    const closed = this.segments.slice(0, -1).flatMap(({ batches }) => batches);
    if (closed.length === 0) return;
    const batches = rewrite(closed);
    const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0);
    this.segments = batches.length === 0 ? [active] : [{ batches, bytes }, active];
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
  const { producer, marker, records, firstOffset } = batch;
  if (producer === undefined) return;
  if (marker === undefined) states.append(producer, records.length, firstOffset);
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
    producer: { ...producer, sequence: -1, isTransactional: true },
    firstOffset: offset,
    lastOffset: offset,
    epoch,
    appendedAt,
    marker,
  };
}

/** A batch's header and a control record. */
const MARKER_BYTES = 78;

/** Compaction against a plain list of all that was ever appended. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compact, dirtyRatio } from '../../../../sim-core/messaging/log/compaction.ts';
import { KEEP_ALL, markerBatch, PartitionLog } from '../../../../sim-core/messaging/log/partition-log.ts';
import { offsetOf, placed, type LogRecord, type Marker } from '../../../../sim-core/messaging/log/record-batch.ts';
import { committedOnly } from '../../../../sim-core/messaging/transactions/committed-only.ts';

const TOMBSTONES = 100;

interface Row {
  readonly offset: number;
  readonly record: LogRecord;
}

const record = (key: number, isTombstone = false): LogRecord => ({ key, bytes: 10, isTombstone });

const rowsOf = (batches: Iterable<ReturnType<PartitionLog['read']>[number]>): Row[] =>
  [...batches].flatMap((batch) => batch.records.map((each, i) => ({ offset: offsetOf(batch, i), record: each })));

/** The last row of each key. */
const latest = (rows: readonly Row[]): Map<number, Row> => new Map(rows.map((row) => [row.record.key as number, row]));

/** A log that is written to plainly and by two producers in transactions, with the list of all that was appended. */
class Written {
  readonly log = new PartitionLog({ ...KEEP_ALL, segmentBytes: 60, deleteRetentionTime: TOMBSTONES });
  readonly all: Row[] = [];
  readonly aborted = new Set<LogRecord>();
  now = 0;
  /** It never falls. */
  highWatermark = 0;
  private readonly open = [0, 1].map(() => ({ epoch: 0, sequence: 0, records: [] as LogRecord[] }));

  append(records: readonly LogRecord[], id?: number): void {
    const { log, now } = this;
    const producer = id === undefined ? undefined : { id, ...this.stamp(id, records), isTransactional: true };
    const bytes = 10 * records.length;
    const batch = placed({ records, bytes, ...(producer === undefined ? {} : { producer }) }, log.endOffset, 0, now);
    log.append(batch);
    this.all.push(...rowsOf([batch]));
  }

  end(id: number, marker: Marker): void {
    const open = this.open[id];
    if (open.records.length === 0) return;
    if (marker === 'abort') for (const each of open.records) this.aborted.add(each);
    open.epoch++;
    open.sequence = 0;
    open.records = [];
    this.log.append(markerBatch({ id, epoch: open.epoch }, marker, this.log.endOffset, 0, this.now));
  }

  private stamp(id: number, records: readonly LogRecord[]): { epoch: number; sequence: number } {
    const open = this.open[id];
    const { epoch, sequence } = open;
    open.sequence += records.length;
    open.records.push(...records);
    return { epoch, sequence };
  }
}

const batch = fc.array(
  fc.record({ key: fc.nat(3), isTombstone: fc.boolean() }).map(({ key, isTombstone }) => record(key, isTombstone)),
  { minLength: 1, maxLength: 4 },
);
const step = fc.oneof(
  fc.record({ do: fc.constant('append' as const), batch }),
  fc.record({ do: fc.constant('send' as const), batch, id: fc.nat(1) }),
  fc.record({ do: fc.constant('end' as const), id: fc.nat(1), marker: fc.constantFrom<Marker>('commit', 'abort') }),
  fc.record({ do: fc.constant('compact' as const), behind: fc.nat(3), after: fc.integer({ min: 1, max: 60 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
const steps = fc.array(step, { maxLength: 40 });

function take(written: Written, each: Step): void {
  if (each.do === 'append') written.append(each.batch);
  else if (each.do === 'send') written.append(each.batch, each.id);
  else if (each.do === 'end') written.end(each.id, each.marker);
  else {
    written.now += each.after;
    written.highWatermark = Math.max(written.highWatermark, written.log.endOffset - each.behind);
    compact(written.log, written.now, written.highWatermark);
  }
}

it('keeps the last record of every key in its place, and a tombstone for its time and no longer', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const written = new Written();
      const { log } = written;
      /** When a tombstone was found below the checkpoint first. */
      const compactedAt = new Map<LogRecord, number>();
      for (const each of all) {
        const [before, end] = [rowsOf(log.batches()), log.endOffset];
        take(written, each);
        if (each.do !== 'compact') continue;
        const after = rowsOf(log.batches());
        const stable = log.producers.lastStable(written.highWatermark);
        expect(log.endOffset).toBe(end);
        expect(log.cleanedOffset).toBeLessThanOrEqual(stable);
        // What is left is what was there, with its offset and in its order.
        const there = new Set(after.map(({ record: kept }) => kept));
        expect(before.filter(({ record: kept }) => there.has(kept))).toEqual(after);
        const decided = written.all.filter(
          ({ offset, record: kept }) => offset < log.cleanedOffset && !written.aborted.has(kept),
        );
        const compacted = after.filter(({ offset }) => offset < log.cleanedOffset);
        const expected = [...latest(decided).values()].filter(({ record: last }) => {
          if (!last.isTombstone) return true;
          if (!compactedAt.has(last)) compactedAt.set(last, written.now);
          return written.now < compactedAt.get(last)! + TOMBSTONES;
        });
        expect(compacted).toEqual(expected.sort((a, b) => a.offset - b.offset));
        expect(after.filter(({ offset }) => offset >= log.cleanedOffset)).toEqual(
          written.all.filter(({ offset }) => offset >= log.cleanedOffset),
        );
      }
    }),
  );
});

it('a reader from the start learns the last value of each key, and, if it is not too slow, what was deleted', () => {
  fc.assert(
    fc.property(steps, fc.nat(20), fc.integer({ min: 1, max: 30 }), (all, from, bytes) => {
      const written = new Written();
      const { log } = written;
      const view = new Map<number, LogRecord>();
      let position = 0;
      let began = 0;
      const read = (): void => {
        const batches = log.read(position, log.producers.lastStable(log.endOffset), bytes);
        for (const { record: each } of rowsOf(committedOnly(batches, log.producers.abortedIn(position, Infinity))))
          view.set(each.key as number, each);
        if (batches.length > 0) position = batches[batches.length - 1].lastOffset + 1;
      };
      all.forEach((each, index) => {
        take(written, each);
        if (index === from) began = written.now;
        if (index >= from) read();
      });
      for (let before = -1; before < position;) {
        before = position;
        read();
      }
      const stable = log.producers.lastStable(log.endOffset);
      const decided = written.all.filter(({ offset, record: each }) => offset < stable && !written.aborted.has(each));
      for (const [key, { record: last }] of latest(decided)) {
        if (!last.isTombstone) expect(view.get(key)).toBe(last);
        else if (written.now < began + TOMBSTONES) expect(view.get(key)?.isTombstone ?? true).toBe(true);
      }
    }),
  );
});

it('who is given the compacted log takes producers for what they are, as who has all of it', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const written = new Written();
      for (const each of all) take(written, each);
      const { log } = written;
      const follower = new PartitionLog();
      for (const each of log.batches()) follower.append(each);
      expect(follower.endOffset).toBe(log.endOffset);
      for (const id of [0, 1]) {
        for (const epoch of [0, 1, 2, 3]) {
          for (const sequence of [0, 1, 2, 3, 4, 5]) {
            const stamp = { id, epoch, sequence, isTransactional: true };
            const [own, theirs] = [log, follower].map(({ producers }) => producers.judge(stamp, 1));
            // A batch of before the last one may be forgotten, and so may a producer that has nothing left.
            if (own.verdict === 'append') expect(theirs.verdict).toBe('append');
          }
        }
      }
      expect(follower.producers.lastStable(log.endOffset)).toBe(log.producers.lastStable(log.endOffset));
    }),
  );
});

describe('a segment', () => {
  const filled = (settings: Partial<typeof KEEP_ALL> = {}): PartitionLog => {
    const log = new PartitionLog({ ...KEEP_ALL, segmentBytes: 20, deleteRetentionTime: TOMBSTONES, ...settings });
    for (let i = 0; i < 8; i++) log.append(placed({ records: [record(i % 2)], bytes: 10 }, i, 0, i * 10));
    return log;
  };
  const offsets = (log: PartitionLog): number[] => rowsOf(log.batches()).map(({ offset }) => offset);

  it('that is written to is not compacted, nor one that is not replicated, nor one that is too young', () => {
    const log = filled();
    compact(log, 1000, 5);
    expect(offsets(log)).toEqual([2, 3, 4, 5, 6, 7]);
    compact(log, 1000, 8);
    expect(offsets(log)).toEqual([4, 5, 6, 7]);
    const lagging = filled({ compactionLagMin: 50 });
    // Those of 50 and younger than 60 ago stay: the last of the third segment is of 50.
    compact(lagging, 99, 8);
    expect(offsets(lagging)).toEqual([2, 3, 4, 5, 6, 7]);
    compact(lagging, 100, 8);
    expect(offsets(lagging)).toEqual([4, 5, 6, 7]);
  });

  it('is dirty until it was compacted, by bytes', () => {
    const log = filled();
    expect(dirtyRatio(log, 1000, 8)).toBe(1);
    compact(log, 1000, 8);
    expect(dirtyRatio(log, 1000, 8)).toBe(0);
    log.append(placed({ records: [record(1), record(1)], bytes: 20 }, 8, 0, 80));
    log.append(placed({ records: [record(2)], bytes: 10 }, 10, 0, 80));
    // Two records compacted, and four that are not: of the segment that was written to, and of the next.
    expect(dirtyRatio(log, 1000, 11)).toBe(4 / 6);
    log.truncate(8);
    expect(log.cleanedOffset).toBe(6);
  });

  it('is joined with its neighbours up to its size, and retained away with them where that is wanted too', () => {
    const log = filled({ segmentBytes: 40, cleanupPolicy: 'compact,delete', retentionTime: 500 });
    expect(log.segmentCount).toBe(2);
    compact(log, 100, 8);
    log.retain(531, 8);
    expect([log.startOffset, ...offsets(log)]).toEqual([4, 4, 5, 6, 7]);
    const kept = filled({ cleanupPolicy: 'compact', retentionTime: 500 });
    kept.retain(10_000, 8);
    expect(kept.startOffset).toBe(0);
  });
});

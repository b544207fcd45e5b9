/** The log against a plain list of records. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEEP_ALL, markerBatch, PartitionLog } from '../../../../sim-core/messaging/log/partition-log.ts';
import { placed, type LogRecord } from '../../../../sim-core/messaging/log/record-batch.ts';

const record = (key: number, isTombstone = false): LogRecord => ({ key, bytes: 10, isTombstone });

function append(log: PartitionLog, keys: readonly LogRecord[], now = 0, epoch = 0): void {
  log.append(placed({ records: keys, bytes: 10 * keys.length }, log.endOffset, epoch, now));
}

const operation = fc.oneof(
  fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('truncate' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ do: fc.constant('retain' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

it('is a list of batches of which the oldest go by segments and the newest by truncation', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const log = new PartitionLog({
        ...KEEP_ALL,
        segmentBytes: 60,
        retentionBytes: 100,
        retentionTime: Infinity,
        segmentTime: Infinity,
      });
      let batches: { first: number; last: number }[] = [];
      let end = 0;
      for (const step of operations) {
        if (step.do === 'append') {
          append(
            log,
            Array.from({ length: step.count }, (_, i) => record(i)),
          );
          batches.push({ first: end, last: end + step.count - 1 });
          end += step.count;
        } else if (step.do === 'truncate') {
          const offset = Math.floor(log.startOffset + step.share * (log.endOffset - log.startOffset));
          log.truncate(offset);
          const kept = batches.filter(({ last }) => last < offset);
          end = kept.length < batches.length ? batches[kept.length].first : end;
          batches = kept;
        } else {
          const watermark = Math.floor(step.share * log.endOffset);
          const gone = log.retain(0, watermark);
          expect(gone.every(({ lastOffset }) => lastOffset < watermark)).toBe(true);
          batches = batches.slice(gone.length);
        }
        expect(log.endOffset).toBe(end);
        expect(
          [...log.batches()].map(({ firstOffset, lastOffset }) => ({ first: firstOffset, last: lastOffset })),
        ).toEqual(batches);
        const from = Math.max(log.startOffset, end - 5);
        expect(log.read(from, end, Infinity).map(({ firstOffset }) => firstOffset)).toEqual(
          batches.filter(({ last }) => last >= from).map(({ first }) => first),
        );
      }
    }),
  );
});

describe('retention', () => {
  it('by size deletes the oldest segments while the others have enough, and never the active one', () => {
    const log = new PartitionLog({
      ...KEEP_ALL,
      segmentBytes: 20,
      retentionBytes: 40,
      retentionTime: Infinity,
      segmentTime: Infinity,
    });
    for (let i = 0; i < 10; i++) append(log, [record(i)]);
    expect(log.segmentCount).toBe(5);
    log.retain(0, 10);
    expect([log.segmentCount, log.startOffset, log.bytes]).toEqual([2, 6, 40]);
  });

  it('by time deletes a segment when its last batch is too old, the active one after it was closed', () => {
    const log = new PartitionLog({
      ...KEEP_ALL,
      segmentBytes: 20,
      retentionBytes: Infinity,
      retentionTime: 100,
      segmentTime: Infinity,
    });
    for (let i = 0; i < 4; i++) append(log, [record(i)], i * 10);
    log.retain(110, 4);
    expect(log.startOffset).toBe(0);
    log.retain(111, 4);
    expect(log.startOffset).toBe(2);
    log.retain(131, 4);
    expect([log.startOffset, log.endOffset]).toEqual([4, 4]);
  });
});

it('a batch that comes too long after the first of its segment begins another, by the time of its append', () => {
  const log = new PartitionLog({ ...KEEP_ALL, segmentTime: 50 });
  for (const now of [0, 20, 50, 51, 101, 102]) append(log, [record(now)], now);
  expect(log.segmentCount).toBe(3);
  // Whole segments go: the first one, when its last batch, of 50, is too old.
  log.settings = { ...log.settings, retentionTime: 100 };
  log.retain(150, 6);
  expect(log.startOffset).toBe(0);
  log.retain(151, 6);
  expect(log.startOffset).toBe(3);
});

describe('leader epochs', () => {
  it('say where each ends, and what two logs have in common', () => {
    const log = new PartitionLog();
    append(log, [record(1), record(2)], 0, 1);
    append(log, [record(3)], 0, 4);
    expect(log.epochs.endOf(4, 0, 3)).toEqual({ epoch: 4, end: 3 });
    expect(log.epochs.endOf(3, 0, 3)).toEqual({ epoch: 1, end: 2 });
    expect(log.epochs.endOf(0, 0, 3)).toEqual({ epoch: -1, end: 0 });
    log.truncate(2);
    expect(log.epochs.latest).toBe(1);
  });
});

it('an aborted transaction is remembered as long as its marker is there', () => {
  const log = new PartitionLog({ ...KEEP_ALL, segmentBytes: 100, retentionBytes: 100 });
  const producer = { id: 1, epoch: 0, sequence: 0, isTransactional: true };
  log.append(placed({ records: [record(1)], bytes: 10, producer }, 0, 0, 0));
  log.append(markerBatch({ id: 1, epoch: 1 }, 'abort', 1, 0, 0));
  const aborted = (): number => log.producers.abortedIn(0, 100).length;
  append(
    log,
    Array.from({ length: 10 }, (_, i) => record(i)),
  );
  log.retain(0, 12);
  expect([log.startOffset, aborted()]).toEqual([2, 0]);
  log.append(placed({ records: [record(1)], bytes: 10, producer: { ...producer, epoch: 1 } }, 12, 0, 0));
  log.append(markerBatch({ id: 1, epoch: 2 }, 'abort', 13, 0, 0));
  log.retain(0, 14);
  expect(aborted()).toBe(1);
});

it('what is cut off is forgotten of its producers too', () => {
  const log = new PartitionLog();
  const producer = { id: 1, epoch: 0, sequence: 0, isTransactional: true };
  log.append(placed({ records: [record(1)], bytes: 10, producer }, 0, 0, 0));
  log.append(markerBatch({ id: 1, epoch: 0 }, 'commit', 1, 0, 0));
  expect([log.endOffset, log.producers.lastStable(2)]).toEqual([2, 2]);
  log.truncate(1);
  expect(log.producers.lastStable(1)).toBe(0);
  log.truncate(0);
  expect(log.producers.judge(producer, 1)).toEqual({ verdict: 'append' });
});

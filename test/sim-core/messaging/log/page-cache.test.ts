/** What of a log is on disk: whole closed segments, and what is half a minute old; nothing that was cut off since. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SECOND } from '../../../../sim-core/kernel/time.ts';
import { KEEP_ALL, PartitionLog } from '../../../../sim-core/messaging/log/partition-log.ts';
import { placed } from '../../../../sim-core/messaging/log/record-batch.ts';

const add = (log: PartitionLog, now: number): void => {
  const record = { key: 1, bytes: 10, isTombstone: false };
  log.append(placed({ records: [record], bytes: 10 }, log.endOffset, 0, now));
};
const after = (log: PartitionLog, now: number): number => {
  log.losePower(now);
  return log.endOffset;
};

it('has on disk what is half a minute old, to a second, and every closed segment', () => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 8000 }), cut: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), fc.constantFrom(40, 1e9), (steps, segmentBytes) => {
      const log = new PartitionLog({ ...KEEP_ALL, segmentBytes });
      let written: number[] = [];
      let closed = 0;
      let now = 0;
      for (const { wait, cut } of steps) {
        now += (wait * SECOND) / 1000;
        if (cut && written.length % 3 === 0) {
          written = written.slice(0, -2);
          log.truncate(written.length);
          closed = Math.min(closed, written.length);
        }
        const { segmentCount } = log;
        add(log, now);
        if (log.segmentCount > segmentCount) closed = written.length;
        written.push(now);
      }
      const old = (seconds: number): number => written.filter((at) => now - at >= seconds * SECOND).length;
      const kept = after(log, now);
      expect(kept).toBeGreaterThanOrEqual(Math.max(closed, old(31)));
      expect(kept).toBeLessThanOrEqual(Math.max(closed, old(30)));
    }),
  );
});

it('has all of it on disk half a minute after the last was written', () => {
  const at = (now: number): number => {
    const log = new PartitionLog();
    for (let i = 0; i < 5; i++) add(log, i * SECOND);
    return after(log, now);
  };
  expect([at(29 * SECOND), at(33 * SECOND), at(34 * SECOND)]).toEqual([0, 4, 5]);
});

/** What a reader of committed records is shown, against a plain replay of who wrote what. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { markerBatch, PartitionLog } from '../../../../sim-core/messaging/log/partition-log.ts';
import { placed } from '../../../../sim-core/messaging/log/record-batch.ts';
import { committedOnly } from '../../../../sim-core/messaging/transactions/committed-only.ts';

const step = fc.record({
  producer: fc.nat(2),
  do: fc.constantFrom('write' as const, 'write' as const, 'commit' as const, 'abort' as const, 'plain' as const),
});

it('is every record without a transaction and of committed ones, below the last stable offset, from wherever it reads', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, start) => {
      const log = new PartitionLog();
      const epochs = [0, 0, 0];
      const open = [new Set<number>(), new Set<number>(), new Set<number>()];
      const aborted = new Set<number>();
      const plain = (offset: number) => ({ key: offset, bytes: 10, isTombstone: false });
      for (const { producer: id, do: what } of steps) {
        const at = log.endOffset;
        if (what === 'plain') log.append(placed({ records: [plain(at)], bytes: 10 }, at, 0, 0));
        else if (what === 'write') {
          const producer = { id, epoch: epochs[id], sequence: open[id].size, isTransactional: true };
          open[id].add(at);
          log.append(placed({ records: [plain(at)], bytes: 10, producer }, at, 0, 0));
        } else {
          epochs[id]++;
          log.append(markerBatch({ id, epoch: epochs[id] }, what, at, 0, 0));
          if (what === 'abort') for (const offset of open[id]) aborted.add(offset);
          open[id].clear();
        }
      }
      const stable = log.producers.lastStable(log.endOffset);
      expect(stable).toBe(Math.min(log.endOffset, ...open.flatMap((offsets) => [...offsets])));
      const from = Math.min(start, stable);
      const shown = committedOnly(log.read(from, stable, Infinity), log.producers.abortedIn(from, stable));
      const all = [...log.batches()].filter(({ firstOffset }) => firstOffset >= from && firstOffset < stable);
      const expected = all.filter(({ marker, firstOffset }) => marker === undefined && !aborted.has(firstOffset));
      expect(shown.map(({ firstOffset }) => firstOffset)).toEqual(expected.map(({ firstOffset }) => firstOffset));
    }),
  );
});

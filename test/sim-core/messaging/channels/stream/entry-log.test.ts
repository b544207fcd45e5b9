/** The log of a stream against a plain list, and what an approximate trim removes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  compareIds,
  LAST_ID,
  ZERO_ID,
  type EntryId,
} from '../../../../../sim-core/messaging/channels/stream/entry-id.ts';
import { EntryLog, NODE_ENTRIES, type Trim } from '../../../../../sim-core/messaging/channels/stream/entry-log.ts';

/** Ids are numbered as entries come, two a millisecond. */
const id = (n: number): EntryId => ({ ms: Math.floor(n / 2), seq: n % 2 });

type Step =
  | { readonly append: number }
  | { readonly delete: number }
  | { readonly trim: Trim['keep'] }
  | { readonly range: readonly [number, number, number] };

const number = fc.nat(700);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ append: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ delete: number }),
  fc.record({ trim: fc.oneof(fc.record({ maxLength: fc.nat(300) }), fc.record({ minId: number.map(id) })) }),
  fc.record({ range: fc.tuple(number, number, fc.integer({ min: 1, max: 250 })) }),
);

it('holds what a plain list holds, whatever is appended, deleted, trimmed exactly and asked for', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      const log = new EntryLog<number>();
      let list: { id: EntryId; value: number }[] = [];
      let next = 1;
      for (const step of steps) {
        if ('append' in step) {
          for (let left = step.append; left > 0; left--, next++) {
            log.append({ id: id(next), value: next });
            list.push({ id: id(next), value: next });
          }
        } else if ('delete' in step) {
          const there = list.find(({ value }) => value === step.delete);
          expect(log.delete(id(step.delete))).toEqual(there);
          list = list.filter((entry) => entry !== there);
        } else if ('trim' in step) {
          const { trim } = step;
          const kept =
            'minId' in trim
              ? list.filter((entry) => compareIds(entry.id, trim.minId) >= 0)
              : list.slice(Math.max(0, list.length - trim.maxLength));
          expect(log.trim({ keep: trim })).toEqual(list.slice(0, list.length - kept.length));
          list = kept;
        } else {
          const [from, to, count] = step.range;
          const within = list.filter(({ value }) => value >= from && value <= to);
          expect(log.range(id(from), id(to), count)).toEqual(within.slice(0, count));
          expect(log.reverseRange(id(from), id(to), count)).toEqual(within.toReversed().slice(0, count));
          expect(log.get(id(from))).toEqual(list.find(({ value }) => value === from));
        }
        expect([log.length, log.first, log.last]).toEqual([list.length, list[0], list.at(-1)]);
      }
      expect(log.range(ZERO_ID, LAST_ID)).toEqual(list);
    }),
  );
});

it('trims approximately by whole nodes from the front, never below what is kept, and leaves less than a node too much', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), fc.nat(1_000), fc.nat(400), (entries, maxLength, limit) => {
      const log = new EntryLog<number>();
      for (let n = 1; n <= entries; n++) log.append({ id: id(n), value: n });
      const removed = log.trim({ keep: { maxLength }, approximate: true, limit });
      expect(removed.map(({ value }) => value)).toEqual(Array.from({ length: removed.length }, (_, i) => i + 1));
      expect(log.length).toBe(entries - removed.length);
      const excess = Math.max(0, entries - maxLength);
      // The last node may have fewer, and goes only with all others.
      const wholeNodes = maxLength === 0 ? excess : Math.floor(excess / NODE_ENTRIES) * NODE_ENTRIES;
      const within = limit === 0 || wholeNodes <= limit ? wholeNodes : Math.floor(limit / NODE_ENTRIES) * NODE_ENTRIES;
      expect(removed.length).toBe(within);
    }),
  );
});

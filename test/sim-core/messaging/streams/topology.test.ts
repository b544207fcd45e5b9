/** Operators beside the array methods that they are named after, and tables beside a map. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StateStore } from '../../../../sim-core/messaging/streams/state-store.ts';
import type { RecordKey, StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { count, table } from '../../../../sim-core/messaging/streams/tables.ts';
import {
  branch,
  built,
  chain,
  filter,
  flatMap,
  map,
  to,
  type Operator,
} from '../../../../sim-core/messaging/streams/topology.ts';

const records = fc.array(
  fc.record<StreamRecord>({
    key: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    value: fc.option(fc.integer({ min: 0, max: 9 })),
    timestamp: fc.integer({ min: 0, max: 100 }),
  }),
  { maxLength: 30 },
);

/** What becomes of records: what was written by topic, what was left out, and the store. */
function ran(operator: Operator, input: readonly StreamRecord[]) {
  const written = new Map<string, StreamRecord[]>();
  const dropped: StreamRecord[] = [];
  const store = new StateStore('store', () => {});
  const context = {
    store: () => store,
    send: (topic: string, record: StreamRecord) => void written.set(topic, [...(written.get(topic) ?? []), record]),
    drop: (record: StreamRecord) => void dropped.push(record),
  };
  const emit = built({ stores: ['store'], sources: { in: operator }, sinks: [] }, context).get('in')!;
  for (const record of input) emit(record);
  return { of: (topic: string) => written.get(topic) ?? [], dropped, store };
}

const num = ({ value }: StreamRecord): number => (value as number | null) ?? -1;

it('filters, maps and flattens as arrays do, and keeps the time', () => {
  fc.assert(
    fc.property(records, (input) => {
      const isEven = (record: StreamRecord): boolean => num(record) % 2 === 0;
      const twice = (record: StreamRecord) => ({ key: num(record), value: num(record) * 2 });
      const several = ({ key, value }: StreamRecord) =>
        Array.from({ length: Math.max(0, value as number) % 3 }, (_, i) => ({ key, value: i }));
      const { of } = ran(chain(filter(isEven), map(twice), flatMap(several), to('out')), input);
      const expected = input
        .filter(isEven)
        .map((record) => ({ ...twice(record), timestamp: record.timestamp }))
        .flatMap((record) => several(record).map((made) => ({ ...made, timestamp: record.timestamp })));
      expect(of('out')).toEqual(expected);
    }),
  );
});

it('sends each record by the first branch whose condition it meets', () => {
  fc.assert(
    fc.property(records, (input) => {
      const small = (record: StreamRecord): boolean => num(record) < 4;
      const some = (record: StreamRecord): boolean => num(record) < 7;
      const { of } = ran(branch([small, to('small')], [some, to('middle')]), input);
      expect(of('small')).toEqual(input.filter(small));
      expect(of('middle')).toEqual(input.filter((record) => !small(record) && some(record)));
    }),
  );
});

it('keeps the last value of each key, deletes by tombstones, and leaves out what has no key', () => {
  fc.assert(
    fc.property(records, (input) => {
      const { of, dropped, store } = ran(chain(table('store'), to('out')), input);
      const keyed = input.filter(({ key }) => key !== undefined);
      const last = new Map<RecordKey, unknown>();
      for (const { key, value } of keyed) {
        if (value === null) last.delete(key!);
        else last.set(key!, value);
      }
      expect(new Map(store.entries())).toEqual(last);
      expect(of('out')).toEqual(keyed);
      expect(dropped).toEqual(input.filter(({ key }) => key === undefined));
    }),
  );
});

it('counts the records of each key that have a value', () => {
  fc.assert(
    fc.property(records, (input) => {
      const { of, dropped, store } = ran(chain(count('store'), to('out')), input);
      const isCounted = ({ key, value }: StreamRecord): boolean => key !== undefined && value !== null;
      const counted = input.filter(isCounted);
      for (const [key, value] of store.entries()) {
        expect(value).toBe(counted.filter((record) => record.key === key).length);
      }
      expect(of('out')).toHaveLength(counted.length);
      expect(dropped).toEqual(input.filter((record) => !isCounted(record)));
    }),
  );
});

/**
 * Joins beside naive loops over all that came, in whatever order it came; and the same loops find a join that goes by the order of
 * arrival, and one whose window does not have its borders.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  joinStreams,
  joinTable,
  timeDifferenceAndGrace,
  type JoinWindows,
  type TableJoin,
} from '../../../../sim-core/messaging/streams/joins.ts';
import { StateStore } from '../../../../sim-core/messaging/streams/state-store.ts';
import type { RecordKey, StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { table } from '../../../../sim-core/messaging/streams/tables.ts';
import { built, chain, to, type Operator, type Topology } from '../../../../sim-core/messaging/streams/topology.ts';

/** Times are whole numbers here. */
type Came = StreamRecord & { readonly topic: 'left' | 'right' };

const came = fc.array(
  fc.record<Came>({
    topic: fc.constantFrom('left', 'right'),
    key: fc.option(fc.constantFrom(1, '1', 2), { nil: undefined, freq: 8 }),
    value: fc.option(fc.integer({ min: 0, max: 99 }), { freq: 8 }),
    timestamp: fc.integer({ min: 0, max: 40 }),
  }),
  { maxLength: 40 },
);
const windows = fc.record<JoinWindows>({
  before: fc.integer({ min: 0, max: 8 }),
  after: fc.integer({ min: 0, max: 8 }),
  grace: fc.integer({ min: 1, max: 8 }),
});

/** A task that can die: its stores are restored from what their changelogs say. */
class Task {
  readonly results: StreamRecord[] = [];
  readonly dropped: [RecordKey | undefined, string][] = [];
  readonly changelogs = new Map<string, Map<RecordKey, StreamRecord['value']>>();
  stores = new Map<string, StateStore>();
  private readonly topology: Topology;
  private operators: ReturnType<typeof built> = new Map();

  constructor(topology: Topology) {
    this.topology = topology;
    this.start();
  }

  start(): void {
    this.stores = new Map();
    for (const name of this.topology.stores) {
      const changelog = this.changelogs.get(name) ?? new Map<RecordKey, StreamRecord['value']>();
      this.changelogs.set(name, changelog);
      const store = new StateStore(name, (key, value) => {
        // A compacted log has the last change of each key where it came.
        changelog.delete(key);
        changelog.set(key, value);
      });
      for (const [key, value] of changelog) store.restore(key, value);
      this.stores.set(name, store);
    }
    this.operators = built(this.topology, {
      store: (name) => this.stores.get(name)!,
      send: (_topic, record) => void this.results.push(record),
      drop: ({ key }, reason) => void this.dropped.push([key, reason]),
    });
  }

  take({ topic, ...record }: Came): void {
    this.operators.get(topic)!(record);
  }
}

function ran(topology: Topology, input: readonly Came[], deaths: readonly number[] = []): Task {
  const task = new Task(topology);
  input.forEach((record, index) => {
    if (deaths.includes(index)) task.start();
    task.take(record);
  });
  return task;
}

const pair = (left: unknown, right: unknown): string => `${left as string} ${right as string}`;

function windowed(joinWindows: JoinWindows, before: Operator = (next) => next): Topology {
  const { left, right } = joinStreams({ stores: { left: 'l', right: 'r' }, windows: joinWindows, of: pair });
  const sources = { left: chain(before, left, to('out')), right: chain(before, right, to('out')) };
  return { stores: ['l', 'r'], sources, sinks: ['out'] };
}

/** All pairs, but for those of which the first to come was older than the retention by the stream time of its side when the other came. */
function loop(input: readonly Came[], { before, after, grace }: JoinWindows, isLate = true): StreamRecord[] {
  const isWhole = ({ key, value }: Came): boolean => key !== undefined && value !== null;
  const results: StreamRecord[] = [];
  input.forEach((second, index) => {
    const earlier = input.slice(0, index).filter((one) => one.topic !== second.topic && isWhole(one));
    const streamTime = Math.max(-1, ...earlier.map(({ timestamp }) => timestamp));
    for (const first of isWhole(second) ? earlier : []) {
      const [left, right] = first.topic === 'left' ? [first, second] : [second, first];
      const difference = right.timestamp - left.timestamp;
      const isMet = left.key === right.key && difference >= -before && difference <= after;
      if (!isMet || (isLate && first.timestamp <= streamTime - before - after - grace)) continue;
      const timestamp = Math.max(left.timestamp, right.timestamp);
      results.push({ key: left.key, value: pair(left.value, right.value), timestamp });
    }
  });
  return results;
}

const inOrder = (records: readonly StreamRecord[]): string[] => records.map((record) => JSON.stringify(record)).sort();

it('joins two streams as a loop over all pairs does, wherever the task dies and is restored', () => {
  fc.assert(
    fc.property(came, windows, fc.array(fc.nat(40), { maxLength: 3 }), (input, joinWindows, deaths) => {
      const { results } = ran(windowed(joinWindows), input, deaths);
      expect(inOrder(results)).toEqual(inOrder(loop(input, joinWindows)));
    }),
  );
});

it('misses no pair of two streams whose records come no later than the grace, in whatever order', () => {
  const ordered = fc
    .tuple(came, windows, fc.array(fc.nat(100), { minLength: 40, maxLength: 40 }))
    .map(([input, joinWindows, delays]): [Came[], JoinWindows] => {
      // Who comes with a delay below the grace comes after nobody who is later by more than that.
      const arrivals = input.map((record, index) => ({
        record,
        at: record.timestamp + (delays[index] % joinWindows.grace),
      }));
      return [arrivals.sort((a, b) => a.at - b.at).map(({ record }) => record), joinWindows];
    });
  fc.assert(
    fc.property(ordered, ([input, joinWindows]) => {
      const task = ran(windowed(joinWindows), input);
      expect(inOrder(task.results)).toEqual(inOrder(loop(input, joinWindows, false)));
      expect(task.dropped.map(([, reason]) => reason)).not.toContain('late');
    }),
  );
});

it('keeps of both sides what the other may still meet, says what it leaves out, and deletes the rest in the changelog', () => {
  fc.assert(
    fc.property(came, windows, (input, joinWindows) => {
      const { before, after, grace } = joinWindows;
      const task = ran(windowed(joinWindows), input);
      const drops: [RecordKey | undefined, string][] = [];
      const streamTimes = { left: -Infinity, right: -Infinity };
      const retention = before + after + grace;
      for (const { key, value, timestamp, topic } of input) {
        if (key === undefined) drops.push([key, 'no-key']);
        else if (value === null) drops.push([key, 'no-value']);
        else {
          streamTimes[topic] = Math.max(streamTimes[topic], timestamp);
          if (timestamp <= streamTimes[topic] - retention) drops.push([key, 'late']);
        }
      }
      expect(task.dropped).toEqual(drops);
      for (const [topic, name] of [
        ['left', 'l'],
        ['right', 'r'],
      ] as const) {
        const young = input.filter(
          (one) =>
            one.topic === topic &&
            one.key !== undefined &&
            one.value !== null &&
            one.timestamp > streamTimes[topic] - retention,
        );
        expect(task.stores.get(name)!.size).toBe(young.length);
        const logged = [...task.changelogs.get(name)!].filter(([, value]) => value !== null);
        expect(new Map(logged)).toEqual(new Map(task.stores.get(name)!.entries()));
      }
    }),
  );
});

it.each<[string, (joinWindows: JoinWindows) => Topology]>([
  [
    'goes by the order of arrival',
    (joinWindows) => {
      let arrivals = 0;
      return windowed(joinWindows, (next) => (record) => next({ ...record, timestamp: arrivals++ }));
    },
  ],
  [
    'leaves out the borders of its window',
    ({ before, after, grace }) => windowed({ before: before - 0.5, after: after - 0.5, grace: grace + 1 }),
  ],
])('finds a join that %s', (_name, faulty) => {
  const isFound = fc.check(
    fc.property(came, windows, (input, joinWindows) => {
      const { results } = ran(faulty(joinWindows), input);
      expect(results.map(({ value }) => value).sort()).toEqual(
        loop(input, joinWindows)
          .map(({ value }) => value)
          .sort(),
      );
    }),
    { numRuns: 1000 },
  ).failed;
  expect(isFound).toBe(true);
});

it('has a window to both sides of as much as may lie between two records', () => {
  expect(timeDifferenceAndGrace(5, 2)).toEqual({ before: 5, after: 5, grace: 2 });
});

const ofLeft: TableJoin = { kind: 'left', of: pair };
const ofInner: TableJoin = { kind: 'inner', of: pair };

it.each([ofInner, ofLeft])('joins a stream with the table as it is when a record comes ($kind)', (join) => {
  const topology = {
    stores: ['t'],
    sources: { left: chain(joinTable('t', join), to('out')), right: table('t') },
    sinks: ['out'],
  };
  fc.assert(
    fc.property(came, fc.array(fc.nat(40), { maxLength: 3 }), (input, deaths) => {
      const { results, dropped } = ran(topology, input, deaths);
      const expected = input.flatMap(({ topic, ...record }, index): StreamRecord[] => {
        if (topic === 'right' || record.value === null) return [];
        const isOfKey = ({ topic: other, key }: Came): boolean => other === 'right' && key === record.key;
        const ofTable = record.key === undefined ? null : (input.slice(0, index).findLast(isOfKey)?.value ?? null);
        const isMet = join.kind === 'left' || (record.key !== undefined && ofTable !== null);
        return isMet ? [{ ...record, value: pair(record.value, ofTable) }] : [];
      });
      expect(results).toEqual(expected);
      const isLeftOut = ({ topic, key, value }: Came): boolean =>
        topic === 'right' ? key === undefined : value === null || (join.kind === 'inner' && key === undefined);
      expect(dropped).toHaveLength(input.filter(isLeftOut).length);
    }),
  );
});

/**
 * Joins of two streams beside naive loops over all that came, in whatever order it came, and beside the documentation's table of
 * results; and the same loops find a join that goes by the order of arrival, and one whose window does not have its borders.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  joinStreams,
  timeDifferenceAndGrace,
  type JoinWindows,
} from '../../../../sim-core/messaging/streams/stream-joins.ts';
import type { RecordKey, StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { chain, to, type Operator, type Topology } from '../../../../sim-core/messaging/streams/topology.ts';
import { came, inOrder, pair, ran, SmallTask, type Came } from './small-task.ts';
import { documented } from './documented-joins.ts';

const windows = fc.record<JoinWindows>({
  before: fc.integer({ min: 0, max: 8 }),
  after: fc.integer({ min: 0, max: 8 }),
  grace: fc.integer({ min: 1, max: 8 }),
});

function windowed(joinWindows: JoinWindows, before: Operator = (next) => next): Topology {
  const { left, right } = joinStreams({
    kind: 'inner',
    stores: { left: 'l', right: 'r' },
    windows: joinWindows,
    of: pair,
  });
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
        const logged = [...task.changelogs.get(name)!].map(([place, { value }]) => [place, value] as const);
        expect(new Map(logged.filter(([, value]) => value !== null))).toEqual(
          new Map(task.stores.get(name)!.entries()),
        );
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

/** What meets nothing is kept too. */
function outer(kind: 'left' | 'outer', joinWindows: JoinWindows): Topology {
  const stores = { left: 'l', right: 'r', unmatched: 'alone' };
  const { left, right } = joinStreams({ kind, stores, windows: joinWindows, of: pair });
  const sources = { left: chain(left, to('out')), right: chain(right, to('out')) };
  return { stores: Object.values(stores), sources, sinks: ['out'] };
}
const inTime = came.map((input) => [...input].sort((a, b) => a.timestamp - b.timestamp));
/** Later than any window of these is open, so that nothing waits any more. */
const LAST = ['left', 'right'].map((topic): Came => ({
  topic: topic as Came['topic'],
  key: 3,
  value: 0,
  timestamp: 99,
}));
const beforeLast = (results: readonly StreamRecord[]): StreamRecord[] => results.filter(({ key }) => key !== 3);

it.each(['left', 'outer'] as const)(
  '%s: what comes in order meets as in a database, wherever the task dies, and what meets nothing comes when its window is closed',
  (kind) => {
    fc.assert(
      fc.property(inTime, windows, fc.array(fc.nat(40), { maxLength: 3 }), (input, joinWindows, deaths) => {
        const { before, after, grace } = joinWindows;
        const met = loop(input, joinWindows, false);
        const isMet = ({ topic, key, timestamp }: Came, other: Came): boolean => {
          const difference = (other.timestamp - timestamp) * (topic === 'left' ? 1 : -1);
          const isOther = other.topic !== topic && other.value !== null && other.key === key;
          return isOther && difference >= -before && difference <= after;
        };
        const isAlone = (one: Came): boolean =>
          (kind === 'outer' || one.topic === 'left') &&
          one.value !== null &&
          (one.key === undefined || !input.some((other) => isMet(one, other)));
        const alone = input.filter(isAlone).map(({ topic, ...one }): StreamRecord => {
          return { ...one, value: topic === 'left' ? pair(one.value, null) : pair(null, one.value) };
        });
        const task = ran(outer(kind, joinWindows), [...input, ...LAST], deaths);
        expect(inOrder(beforeLast(task.results))).toEqual(inOrder([...met, ...alone]));
        // Each comes with the first record that is beyond its window and the grace.
        const again = new SmallTask(outer(kind, joinWindows));
        for (const record of [...input, ...LAST]) {
          for (const { key, value, timestamp } of beforeLast(again.take(record))) {
            if (key === undefined || !(value as string).includes('null')) continue;
            const open = (value as string).startsWith('null') ? before : after;
            expect(record.timestamp).toBeGreaterThan(timestamp + open + grace);
          }
        }
        for (const key of again.stores.get('alone')!.entries()) expect(JSON.stringify(key)).toContain('99');
      }),
    );
  },
);

const DOCUMENTED = timeDifferenceAndGrace(15, 5);

it.each([
  ['inner', windowed(DOCUMENTED), 3],
  ['left', outer('left', DOCUMENTED), 4],
  ['outer', outer('outer', DOCUMENTED), 5],
] as const)(
  '%s: gives what the documentation lists, a moment after the end of the grace',
  (_kind, topology, column) => {
    const task = new SmallTask(topology);
    documented['stream-stream'].forEach(([time, topic, value, ...results], index) => {
      const record: Came = { topic, key: 1, value, timestamp: time + index / 1000 };
      expect(
        task.take(record).map(({ value: of }) => of),
        `at ${time} s`,
      ).toEqual(results[column - 3]);
    });
  },
);

it('keeps what meets nothing while stream time is no later than the end of its grace', () => {
  const task = new SmallTask(outer('outer', DOCUMENTED));
  expect(task.take({ topic: 'left', key: 1, value: 'E', timestamp: 40 })).toEqual([]);
  expect(task.take({ topic: 'left', key: 1, value: 'F', timestamp: 60 })).toEqual([]);
  expect(task.take({ topic: 'right', key: 2, value: 'f', timestamp: 60.5 })).toMatchObject([{ value: 'E,null' }]);
});

it('hands on at once what comes when stream time is past its window, though another may still come within the grace', () => {
  const task = new SmallTask(outer('left', DOCUMENTED));
  task.take({ topic: 'right', key: 2, value: 'f', timestamp: 60 });
  expect(task.take({ topic: 'left', key: 1, value: 'E', timestamp: 44 })).toMatchObject([{ value: 'E,null' }]);
  expect(task.take({ topic: 'right', key: 1, value: 'e', timestamp: 45 })).toMatchObject([{ value: 'E,e' }]);
});

it('of one time has what the right has alone first, as the keys of the real store are ordered', () => {
  const task = new SmallTask(outer('outer', DOCUMENTED));
  task.take({ topic: 'left', key: 1, value: 'A', timestamp: 1 });
  task.take({ topic: 'right', key: 2, value: 'a', timestamp: 1 });
  expect(task.take({ topic: 'left', key: 3, value: 'B', timestamp: 90 }).map(({ value }) => value)).toEqual([
    'null,a',
    'A,null',
  ]);
});

/**
 * Every event of a run of joins as the moment at which a stream thread dies: exactly once, each join is there once, as in a naive loop
 * over what was sent. At least once none is missing, and some are there twice, or the enumeration proves nothing.
 */
import { expect, it } from 'vitest';
import { joinByForeignKey } from '../../../../../sim-core/messaging/streams/foreign-key-joins.ts';
import { joinTable } from '../../../../../sim-core/messaging/streams/joins.ts';
import { joinStreams, timeDifferenceAndGrace } from '../../../../../sim-core/messaging/streams/stream-joins.ts';
import { table } from '../../../../../sim-core/messaging/streams/tables.ts';
import { chain, to, type Topology } from '../../../../../sim-core/messaging/streams/topology.ts';
import type { StreamRecord } from '../../../../../sim-core/messaging/streams/stream-record.ts';
import type { Guarantee } from '../../../../../sim-core/systems/kafka/streams/streams-app.ts';
import { ms } from '../small-cluster.ts';
import { KEYS, SmallApp, type SmallAppOptions } from './small-app.ts';

const END = ms(220);

const pair = (left: unknown, right: unknown): string => `${left as string} with ${right as string}`;

type Run = Pick<SmallAppOptions, 'sends' | 'topology' | 'recordOf' | 'topicOf'>;

/** The joins in the log in the end, where the first worker dies after so many events from a time on. */
function joins(run: Run, guarantee: Guarantee, [from, until]: readonly [number, number], events: number) {
  const small = new SmallApp({ ...run, guarantee });
  small.sim.runUntil(from);
  const isOver = small.sim.runUntil(until, events);
  small.sim.inject(() => small.app.group.consumers[0].kill(ms(30)), 0);
  small.sim.runUntil(END);
  expect(small.violations()).toEqual([]);
  const seen = small.committed('out').map(({ value }) => value as string);
  return { seen: seen.sort(), isOver };
}

/** At how many of the crash points some joins were there twice; none is missing and none is wrong at any of them. */
function enumerate(run: Run, guarantee: Guarantee, span: readonly [number, number], meant: string[], stride: number) {
  let [points, doubled] = [0, 0];
  for (let isOver = false; !isOver; points++) {
    const found = joins(run, guarantee, span, points * stride);
    ({ isOver } = found);
    expect([...new Set(found.seen)], `after ${points * stride} events`).toEqual(meant);
    if (found.seen.length > meant.length) doubled++;
  }
  process.stdout.write(`${guarantee}: ${points} points, ${doubled} with joins that are there twice\n`);
  return { points, doubled };
}

/** Of two streams: the even ones are the left. */
const SENDS = [20, 21, 22, 24, 30, 31, 36, 37, 40, 41];
const DIFFERENCE = ms(12);
const sides = joinStreams({
  kind: 'inner',
  stores: { left: 'lefts', right: 'rights' },
  // Who was read before a crash may be read after others behind it: the grace has room for that.
  windows: timeDifferenceAndGrace(DIFFERENCE, ms(100)),
  of: pair,
});
const STREAMS: Topology = {
  stores: ['lefts', 'rights'],
  sources: { left: chain(sides.left, to('out')), right: chain(sides.right, to('out')) },
  sinks: ['out'],
};
const recordOf = (number: number): StreamRecord => ({
  key: Math.floor(number / 2) % 2,
  value: `${number}`,
  timestamp: ms(number * 3),
});
const streams: Run = {
  sends: SENDS,
  topology: STREAMS,
  recordOf,
  topicOf: (number) => (number % 2 === 0 ? 'left' : 'right'),
};
const paired = SENDS.flatMap((_, left) =>
  SENDS.flatMap((__, right) => {
    const [one, other] = [recordOf(left), recordOf(right)];
    const isMet = one.key === other.key && Math.abs(one.timestamp - other.timestamp) <= DIFFERENCE;
    return left % 2 === 0 && right % 2 === 1 && isMet ? [pair(left, right)] : [];
  }),
).sort();
const DURING: readonly [number, number] = [ms(22), ms(44)];

it('exactly once: records of two streams meet once, wherever a thread dies', () => {
  expect(paired.length).toBeGreaterThan(5);
  const { points, doubled } = enumerate(streams, 'exactly-once', DURING, paired, 1);
  expect(points).toBeGreaterThan(300);
  expect(doubled).toBe(0);
});

it('at least once: no meeting of two streams is missing, and some are there twice', () => {
  expect(enumerate(streams, 'at-least-once', DURING, paired, 4).doubled).toBeGreaterThan(0);
});

/** With a table: it is there, and committed, before the stream begins, since what is read first decides. */
const TABLE = [20, 20, 20, 22];
const STREAM = [40, 41, 42, 44, 50, 51, 56, 57];
const WITH_TABLE: Topology = {
  stores: ['table'],
  sources: { rows: table('table'), in: chain(joinTable('table', { kind: 'inner', of: pair }), to('out')) },
  sinks: ['out'],
};
const withTable: Run = {
  sends: [...TABLE, ...STREAM],
  topology: WITH_TABLE,
  recordOf: (number) => ({ key: number % KEYS, value: `${number}`, timestamp: ms(number) }),
  topicOf: (number) => (number < TABLE.length ? 'rows' : 'in'),
};
const looked = STREAM.map((_, index) => {
  const number = TABLE.length + index;
  return pair(number, number % KEYS === 0 ? 3 : number % KEYS);
}).sort();

it.each<[Guarantee, number]>([
  ['exactly-once', 2],
  ['at-least-once', 4],
])('%s: each record meets what its table has, which is restored, wherever a thread dies', (guarantee, stride) => {
  const { doubled } = enumerate(withTable, guarantee, [ms(42), ms(64)], looked, stride);
  expect(doubled > 0).toBe(guarantee === 'at-least-once');
});

/** By a foreign key: rows of orders come to refer to another customer, who changes too; what counts is each order's last result. */
const byForeignKey = joinByForeignKey({
  kind: 'left',
  stores: { left: 'orders', right: 'customers', subscriptions: 'subscriptions' },
  topics: { subscriptions: 'subscribed', responses: 'responded' },
  foreignKey: (value) => Number((value as string).split('|')[1]),
  of: pair,
});
const REFERRING: Topology = {
  stores: ['orders', 'customers', 'subscriptions'],
  sources: {
    left: byForeignKey.left,
    right: byForeignKey.right,
    subscribed: byForeignKey.subscriptions,
    responded: chain(byForeignKey.responses, to('out')),
  },
  sinks: ['subscribed', 'responded', 'out'],
};
const CHANGES = [20, 21, 22, 24, 30, 31, 36, 37, 40, 41, 42, 43];
const changeOf = (number: number): StreamRecord => {
  const isOrder = number % 2 === 0;
  const key = Math.floor(number / 2) % 3;
  return { key, value: isOrder ? `${number}|${number % 4 === 0 ? key : 2}` : `${number}`, timestamp: ms(number) };
};
const referring: Run = {
  sends: CHANGES,
  topology: REFERRING,
  recordOf: changeOf,
  topicOf: (number) => (number % 2 === 0 ? 'left' : 'right'),
};

it.each(['exactly-once', 'at-least-once'] as const)(
  '%s: a join by a foreign key comes to that of both tables, wherever a thread dies between its topics',
  (guarantee) => {
    const lastOf = (parity: number, key: number) =>
      CHANGES.map((_, number) => number).findLast((number) => number % 2 === parity && changeOf(number).key === key)!;
    const meant = [0, 1, 2].map((key) => {
      const order = changeOf(lastOf(0, key)).value as string;
      return pair(order, lastOf(1, Number(order.split('|')[1])));
    });
    for (let [isOver, points] = [false, 0]; !isOver; points++) {
      const small = new SmallApp({ ...referring, guarantee });
      small.sim.runUntil(ms(22));
      isOver = small.sim.runUntil(ms(70), points * 12);
      small.sim.inject(() => small.app.group.consumers[0].kill(ms(30)), 0);
      small.sim.runUntil(ms(300));
      expect(small.violations()).toEqual([]);
      const seen = small.committed('out');
      const last = [0, 1, 2].map((key) => seen.findLast((record) => record.key === key)?.value);
      expect(last, `after ${points * 12} events`).toEqual(meant);
    }
  },
);

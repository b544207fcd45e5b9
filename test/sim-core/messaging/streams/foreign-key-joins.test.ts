/**
 * Joins of two tables by a foreign key beside what Kafka Streams' own test says that they hand on, and beside the join of what both
 * tables come to, with records of the topics in between read in any order and a task that dies.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinByForeignKey, type ForeignKeyJoin } from '../../../../sim-core/messaging/streams/foreign-key-joins.ts';
import type { RecordKey, RecordValue, StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { chain, to, type Topology } from '../../../../sim-core/messaging/streams/topology.ts';
import { hashOf, textOf, valueOf } from '../../../../sim-core/messaging/streams/value-text.ts';
import { SmallTask } from './small-task.ts';

type Kind = ForeignKeyJoin['kind'];
type Result = readonly [key: string, value: string | null];
type Row = readonly ['left' | 'right', string, string | null, inner: readonly Result[] | null, left: readonly Result[]];

const VECTORS = join(import.meta.dirname, '../../../vectors/kafka-streams-foreign-key-joins.json');
const { cases } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { cases: Readonly<Record<string, readonly Row[]>> };

const KINDS = ['inner', 'left'] as const;
const INTERNAL = ['subscriptions', 'responses'] as const;
const pair = (left: unknown, right: unknown): string => `(${left as string},${right as string})`;
const foreignKey = (value: RecordValue): string | null => (value as string).split('|')[1] ?? null;

function taskOf(kind: Kind): SmallTask {
  const topics = { subscriptions: 'subscriptions', responses: 'responses' };
  const stores = { left: 'l', right: 'r', subscriptions: 's' };
  const { left, right, subscriptions, responses } = joinByForeignKey({ kind, stores, topics, foreignKey, of: pair });
  const topology: Topology = {
    stores: Object.values(stores),
    sources: { left, right, subscriptions, responses: chain(responses, to('out')) },
    sinks: [...INTERNAL, 'out'],
  };
  return new SmallTask(topology);
}

/** Until nothing waits any more. */
function goOn(task: SmallTask): void {
  while (INTERNAL.some((topic) => task.goOn(topic)));
}

function given(task: SmallTask, record: StreamRecord & { readonly topic: string }): unknown[] {
  const before = task.results.length;
  task.take(record);
  goOn(task);
  return task.results.slice(before).map(({ key, value }) => [key, value]);
}

describe.each(KINDS)('%s', (kind) => {
  it.each(Object.entries(cases))('gives what the test of Kafka Streams expects: %s', (_name, rows) => {
    const task = taskOf(kind);
    rows.forEach(([topic, key, value, inner, left], timestamp) => {
      const expected = kind === 'inner' ? inner : left;
      const results = given(task, { topic, key, value, timestamp });
      if (expected !== null) expect(results, `row ${timestamp + 1}`).toEqual(expected);
    });
  });
});

/** What happens: a change of a table, a record of an internal topic that is read, or the death of the task. */
type Step =
  | { readonly change: StreamRecord & { topic: string } }
  | { readonly read: string; readonly ofKeys: number }
  | 'death';

const PRIMARY = [1, '1', 2];
const change = (topic: string, keys: readonly RecordKey[], values: readonly string[]): fc.Arbitrary<Step> =>
  fc.record({
    change: fc.record({
      topic: fc.constant(topic),
      key: fc.constantFrom(...keys),
      value: fc.option(fc.constantFrom(...values), { freq: 4 }),
      timestamp: fc.integer({ min: 0, max: 40 }),
    }),
  });
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: change('left', PRIMARY, ['A|a', 'B|a', 'A|b', 'B|b', 'A']) },
    { weight: 3, arbitrary: change('right', ['a', 'b'], ['x', 'y', 'z']) },
    { weight: 4, arbitrary: fc.record({ read: fc.constantFrom(...INTERNAL), ofKeys: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.constant<Step>('death') },
  ),
  { minLength: 12, maxLength: 40 },
);

/** Each key's last result, and what the last values of both tables come to by a look at them. */
function outcomes(
  kind: Kind,
  happening: readonly Step[],
  goesOnAtOnce: boolean,
): { last: unknown[]; meant: unknown[] } {
  const task = taskOf(kind);
  const tables = { left: new Map<RecordKey, RecordValue>(), right: new Map<RecordKey, RecordValue>() };
  for (const step of happening) {
    if (step === 'death') task.start();
    else if ('read' in step) task.goOn(step.read, step.ofKeys);
    else {
      const { topic, key, value } = step.change;
      const table = tables[topic as 'left' | 'right'];
      if (value === null) table.delete(key!);
      else table.set(key!, value);
      task.take(step.change);
      if (goesOnAtOnce) goOn(task);
    }
  }
  goOn(task);
  const meant = PRIMARY.map((key) => {
    const left = tables.left.get(key) ?? null;
    const foreign = left === null ? null : foreignKey(left);
    const right = foreign === null ? null : (tables.right.get(foreign) ?? null);
    return left === null || (kind === 'inner' && right === null) ? null : pair(left, right);
  });
  const last = PRIMARY.map((key) => task.results.findLast((result) => result.key === key)?.value ?? null);
  return { last, meant };
}

it('left: the last results are the join of both tables, in whatever order topics are read and whenever the task dies', () => {
  fc.assert(
    fc.property(steps, (happening) => {
      const { last, meant } = outcomes('left', happening, false);
      expect(last).toEqual(meant);
    }),
    { numRuns: 400 },
  );
});

it.each(KINDS)('%s: so are they where each change is worked off before the next', (kind) => {
  fc.assert(
    fc.property(steps, (happening) => {
      const { last, meant } = outcomes(kind, happening, true);
      expect(last).toEqual(meant);
    }),
    { numRuns: 200 },
  );
});

const row = (topic: string, key: string, value: string | null, timestamp: number) => ({ topic, key, value, timestamp });

it('drops the response to a value that has changed meanwhile, so that a slow one does not undo a quick one', () => {
  const task = taskOf('inner');
  given(task, row('right', 'a', 'x', 0));
  given(task, row('right', 'b', 'y', 0));
  task.take(row('left', '1', 'A|a', 1));
  task.goOn('subscriptions');
  // Its response waits, and the row refers to another one by now.
  expect(task.waiting.get('responses')).toHaveLength(1);
  expect(given(task, row('left', '1', 'A|b', 2))).toEqual([['1', '(A|b,y)']]);
});

it('inner: a deletion that is dropped as old leaves a result that no table has any more, as there', () => {
  // PROPAGATE_ONLY_IF_FK_VAL_AVAILABLE takes it that the value before had told of the missing row already.
  const task = taskOf('inner');
  given(task, row('right', 'a', 'x', 0));
  expect(given(task, row('left', '1', 'A|a', 1))).toEqual([['1', '(A|a,x)']]);
  task.take(row('left', '1', 'A|b', 2));
  expect(given(task, row('left', '1', 'B|b', 3))).toEqual([]);
});

it('a result has the time of what it came of: of a subscription the larger of both, of the right row its own', () => {
  const task = taskOf('inner');
  const timeOf = (record: StreamRecord & { topic: string }): unknown => {
    given(task, record);
    return task.results.at(-1)?.timestamp;
  };
  expect(timeOf(row('right', 'a', 'x', 7))).toBeUndefined();
  expect(timeOf(row('left', '1', 'A|a', 5))).toBe(7);
  expect(timeOf(row('left', '1', 'B|a', 9))).toBe(9);
  expect(timeOf(row('right', 'a', 'y', 3))).toBe(3);
});

it('an inner join leaves out a row that refers to none, and deletes what was there of it', () => {
  const task = taskOf('inner');
  given(task, row('right', 'a', 'x', 0));
  given(task, row('left', '1', 'A|a', 1));
  expect(given(task, row('left', '1', 'A', 2))).toEqual([['1', null]]);
  expect(task.dropped).toEqual([['1', 'no-foreign-key']]);
  expect(task.stores.get('s')!.size).toBe(0);
});

it('values come back from their texts, and different ones have different hashes', () => {
  const values: RecordValue[] = [
    1,
    '1',
    'ä',
    '\u2026',
    -0.5,
    { a: 1, b: 'x' },
    { b: 'x', a: 1 },
    new Uint8Array([1, 255]),
    '',
  ];
  for (const value of values) expect(valueOf(textOf(value))).toEqual(value);
  expect(valueOf(textOf(new Uint8Array()))).toEqual(new Uint8Array());
  expect(new Set(values.map(hashOf)).size).toBe(values.length);
});

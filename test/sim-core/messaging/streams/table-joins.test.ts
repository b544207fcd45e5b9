/** Joins of two tables beside the documentation's table of results, and beside what both tables come to in the end. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { joinTables, type TablesJoin } from '../../../../sim-core/messaging/streams/table-joins.ts';
import { chain, to, type Topology } from '../../../../sim-core/messaging/streams/topology.ts';
import { documented } from './documented-joins.ts';
import { came, pair, ran, SmallTask } from './small-task.ts';

const KINDS = ['inner', 'left', 'outer'] as const;

function topologyOf(kind: TablesJoin['kind']): Topology {
  const { left, right } = joinTables({ stores: { left: 'l', right: 'r' }, kind, of: pair });
  return {
    stores: ['l', 'r'],
    sources: { left: chain(left, to('out')), right: chain(right, to('out')) },
    sinks: ['out'],
  };
}

it.each(KINDS)('%s: gives what the documentation lists', (kind) => {
  const task = new SmallTask(topologyOf(kind));
  for (const [timestamp, topic, value, ...results] of documented['table-table']) {
    const given = task.take({ topic, key: 1, value, timestamp }).map(({ value: of }) => of);
    expect(given, `at ${timestamp} s`).toEqual(results[KINDS.indexOf(kind)]);
  }
});

it.each(KINDS)('%s: the last result of each key is the join of both tables, wherever the task dies', (kind) => {
  fc.assert(
    fc.property(came, fc.array(fc.nat(40), { maxLength: 3 }), (input, deaths) => {
      const { results, dropped } = ran(topologyOf(kind), input, deaths);
      for (const key of [1, '1', 2]) {
        const last = (topic: string) => input.findLast((record) => record.topic === topic && record.key === key);
        const [left, right] = [last('left')?.value ?? null, last('right')?.value ?? null];
        const isThere = {
          inner: left !== null && right !== null,
          left: left !== null,
          outer: (left ?? right) !== null,
        };
        const result = results.findLast((record) => record.key === key);
        expect(result?.value ?? null).toBe(isThere[kind] ? pair(left, right) : null);
      }
      expect(dropped).toHaveLength(input.filter(({ key }) => key === undefined).length);
    }),
  );
});

it('has the larger time of both values, and none of a value that is deleted', () => {
  const task = new SmallTask(topologyOf('outer'));
  const times = (records: readonly StreamRecord[]): unknown[] =>
    records.map(({ value, timestamp }) => [value, timestamp]);
  expect(times(task.take({ topic: 'right', key: 1, value: 'd', timestamp: 7 }))).toEqual([['null,d', 7]]);
  expect(times(task.take({ topic: 'left', key: 1, value: 'D', timestamp: 6 }))).toEqual([['D,d', 7]]);
  expect(times(task.take({ topic: 'left', key: 1, value: null, timestamp: 2 }))).toEqual([['null,d', 7]]);
  expect(times(task.take({ topic: 'right', key: 1, value: null, timestamp: 3 }))).toEqual([[null, 3]]);
});

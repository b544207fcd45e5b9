/** Joins of a stream with a table beside a look at all that came before, and beside the documentation's table of results. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { joinTable, type TableJoin } from '../../../../sim-core/messaging/streams/joins.ts';
import type { StreamRecord } from '../../../../sim-core/messaging/streams/stream-record.ts';
import { table } from '../../../../sim-core/messaging/streams/tables.ts';
import { chain, to, type Topology } from '../../../../sim-core/messaging/streams/topology.ts';
import { came, pair, ran, SmallTask, type Came } from './small-task.ts';
import { documented } from './documented-joins.ts';

const topologyOf = (join: TableJoin): Topology => ({
  stores: ['t'],
  sources: { left: chain(joinTable('t', join), to('out')), right: table('t') },
  sinks: ['out'],
});
const ofLeft: TableJoin = { kind: 'left', of: pair };
const ofInner: TableJoin = { kind: 'inner', of: pair };

it.each([ofInner, ofLeft])('joins a stream with the table as it is when a record comes ($kind)', (join) => {
  fc.assert(
    fc.property(came, fc.array(fc.nat(40), { maxLength: 3 }), (input, deaths) => {
      const { results, dropped } = ran(topologyOf(join), input, deaths);
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

it.each([
  [ofInner, 0],
  [ofLeft, 1],
] as const)('gives what the documentation lists ($0.kind)', (join, column) => {
  const task = new SmallTask(topologyOf(join));
  for (const [timestamp, topic, value, ...results] of documented['stream-table']) {
    const given = task.take({ topic, key: 1, value, timestamp }).map(({ value: of }) => of);
    expect(given, `at ${timestamp} s`).toEqual(results[column]);
  }
});

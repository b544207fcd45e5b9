/** Whatever assignor shares out tasks: who has a partition has those of its number of all topics, and everybody has as many as without. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameOf, type Member } from '../../../../sim-core/messaging/groups/assignor.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { byTask } from '../../../../sim-core/messaging/streams/task-assignor.ts';

const TOPICS = ['orders', 'payments', 'customers'];

it.each(Object.values(assignors))('gives all partitions of a number to the same member ($name)', (assignor) => {
  const shares = fc.record({
    members: fc.integer({ min: 1, max: 5 }),
    partitions: fc.integer({ min: 1, max: 7 }),
    topics: fc.integer({ min: 1, max: 3 }),
    before: fc.array(fc.nat(4), { minLength: 7, maxLength: 7 }),
  });
  fc.assert(
    fc.property(shares, ({ members, partitions, topics, before }) => {
      const names = TOPICS.slice(0, topics);
      const numbersOf = (member: number): number[] =>
        Array.from({ length: partitions }, (_, number) => number).filter((number) => before[number] === member);
      const member = (index: number, read: readonly string[]): Member => ({
        id: `m${index}`,
        topics: read,
        owned: read.flatMap((topic) => numbersOf(index).map((partition) => ({ topic, partition }))),
        generation: 1,
      });
      const all = (read: readonly string[]): Member[] => Array.from({ length: members }, (_, i) => member(i, read));
      const sizes = (read: readonly string[]) => new Map(read.map((topic) => [topic, partitions]));
      const alone = assignor.assign(sizes([names[0]]), all([names[0]]));
      const together = byTask(assignor, 'app').assign(sizes(names), all(names));
      expect([...together.keys()]).toEqual([...alone.keys()]);
      for (const [id, places] of together) {
        const meant = names.flatMap((topic) => alone.get(id)!.map(({ partition }) => nameOf({ topic, partition })));
        expect(places.map(nameOf)).toEqual(meant);
      }
    }),
  );
});

it('refuses topics of which one has more partitions than another', () => {
  const sizes = new Map([
    ['orders', 4],
    ['payments', 3],
  ]);
  expect(() => byTask(assignors.range, 'app').assign(sizes, [])).toThrow(
    'app: payments has 3 partitions; it must have 4, as orders has',
  );
});

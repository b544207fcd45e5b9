/** Standbys of tasks: so many as are asked for, with others than the task's owner, as even as that allows; and who gets an orphan. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nameOf, type Assignment, type Member } from '../../../../sim-core/messaging/groups/assignor.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { withStandbys } from '../../../../sim-core/messaging/streams/standby-assignor.ts';

const member = (id: string, owned: readonly number[], sums: readonly (readonly [number, number])[] = []): Member => ({
  id,
  topics: ['in'],
  owned: owned.map((partition) => ({ topic: 'in', partition })),
  generation: 1,
  offsetSums: new Map(sums),
});
const numbersOf = (assignment: Assignment, id: string, standbys: boolean): number[] =>
  assignment
    .get(id)!
    .filter(({ isStandby }) => (isStandby === true) === standbys)
    .map(({ partition }) => partition);

it.each(Object.values(assignors))(
  'every task has its standbys with others than its owner, whatever members have and own ($name)',
  (assignor) => {
    const drawn = fc.record({
      members: fc.integer({ min: 1, max: 5 }),
      tasks: fc.integer({ min: 1, max: 9 }),
      replicas: fc.nat(5),
      owners: fc.array(fc.nat(5), { minLength: 9, maxLength: 9 }),
      sums: fc.array(fc.tuple(fc.nat(4), fc.nat(8), fc.nat(3)), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(drawn, ({ members, tasks, replicas, owners, sums }) => {
        const numbers = Array.from({ length: tasks }, (_, number) => number);
        let all = Array.from({ length: members }, (_, index) =>
          member(
            `m${index}`,
            numbers.filter((number) => owners[number] === index),
            sums.filter(([of]) => of === index).map(([, task, sum]) => [task, sum] as const),
          ),
        );
        const assign = () => withStandbys(assignor, replicas).assign(new Map([['in', tasks]]), all);
        let assignment = assign();
        // A cooperative group joins again when somebody has given something up.
        for (let round = 0; round < 2; round++) {
          all = all.map((one) => ({ ...one, owned: assignment.get(one.id)!.filter(({ isStandby }) => !isStandby) }));
          assignment = assign();
        }
        const owned = all.flatMap(({ id }) => numbersOf(assignment, id, false));
        expect(owned.sort((a, b) => a - b)).toEqual(numbers);
        for (const number of numbers) {
          const standbys = all.filter(({ id }) => numbersOf(assignment, id, true).includes(number));
          expect(standbys).toHaveLength(Math.min(replicas, members - 1));
          for (const { id } of standbys) expect(numbersOf(assignment, id, false)).not.toContain(number);
        }
        for (const { id } of all)
          expect(new Set(assignment.get(id)!.map(nameOf)).size).toBe(assignment.get(id)!.length);
      }),
    );
  },
);

it('standbys go to who has the least by then, the task itself counted', () => {
  const members = [member('a', [0, 1]), member('b', [2, 3]), member('c', [4])];
  const assignment = withStandbys(assignors['cooperative-sticky'], 1).assign(new Map([['in', 5]]), members);
  expect(['a', 'b', 'c'].map((id) => numbersOf(assignment, id, true))).toEqual([[2, 4], [1], [0, 3]]);
});

it.each([
  ['to who has the most of its stores', [[0, 5]], [[0, 7]], 'c'],
  ['to the first of two with as much', [[0, 7]], [[0, 7]], 'b'],
  ['to the first if nothing is there of its stores', [], [], 'b'],
] as const)('a task that nobody owns goes %s', (_name, ofB, ofC, taker) => {
  const members = [member('a', [1, 2]), member('b', [3], ofB), member('c', [4], ofC)];
  const assignment = withStandbys(assignors['cooperative-sticky'], 1).assign(new Map([['in', 5]]), members);
  expect(numbersOf(assignment, taker, false)).toContain(0);
});

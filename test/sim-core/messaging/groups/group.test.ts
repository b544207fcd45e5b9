/** What a group answers to joins and commits, state by state, as Kafka's coordinator does. */
import { expect, it } from 'vitest';
import { Group } from '../../../../sim-core/messaging/groups/group.ts';
import type { Member } from '../../../../sim-core/messaging/groups/assignor.ts';

const member = (id: string): Member => ({ id, topics: ['t'], owned: [], generation: -1 });
const quiet = { begun: () => {}, preparing: () => {}, completed: () => {} };
const joined = (group: Group, id: string): void => group.join(member(id), () => {});

it('takes commits while its members join, and refuses them while these wait for their parts', () => {
  const group = new Group(quiet);
  joined(group, 'a');
  group.complete();
  expect([group.state, group.mayCommit('a', 1)]).toEqual(['syncing', 'rebalance-in-progress']);
  group.sync('a', 1, new Map(), () => {});
  expect([group.state, group.mayCommit('a', 1)]).toEqual(['stable', 'ok']);
  joined(group, 'b');
  expect([group.state, group.mayCommit('a', 1)]).toEqual(['joining', 'ok']);
  expect(group.mayCommit('a', 0)).toBe('illegal-generation');
  expect(group.mayCommit('c', 1)).toBe('unknown-member');
});

it('hears once of those that joined its first round after the first of them', () => {
  const group = new Group(quiet);
  joined(group, 'a');
  expect(group.tookNewcomers()).toBe(false);
  joined(group, 'b');
  joined(group, 'c');
  expect([group.tookNewcomers(), group.tookNewcomers()]).toEqual([true, false]);
});

it('is not made to wait by newcomers once it has had a generation', () => {
  const group = new Group(quiet);
  joined(group, 'a');
  group.complete();
  group.remove('a');
  joined(group, 'b');
  joined(group, 'c');
  expect([group.state, group.tookNewcomers()]).toEqual(['joining', false]);
});

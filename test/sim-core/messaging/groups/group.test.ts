/** What a group answers to joins and commits, state by state, as Kafka's coordinator does. */
import { describe, expect, it } from 'vitest';
import { Group, type GroupEvents, type GroupImage } from '../../../../sim-core/messaging/groups/group.ts';
import type { Member } from '../../../../sim-core/messaging/groups/assignor.ts';

const member = (id: string): Member => ({ id, topics: ['t'], owned: [], generation: -1 });
const quiet: GroupEvents = {
  begun: () => {},
  preparing: () => {},
  completed: () => {},
  keep: (_image, kept) => kept(true),
};
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

describe('what is written down', () => {
  /** A group whose writes are answered when it is said so. */
  function written(): { group: Group; images: GroupImage[]; answer: (isKept: boolean) => void } {
    const images: GroupImage[] = [];
    const waiting: ((isKept: boolean) => void)[] = [];
    const keep: GroupEvents['keep'] = (image, kept) => {
      images.push(image);
      waiting.push(kept);
    };
    return { group: new Group({ ...quiet, keep }), images, answer: (isKept) => waiting.shift()!(isKept) };
  }
  const part = [{ topic: 't', partition: 0 }];

  it('is a generation before its members are told, and a successor goes on with it', () => {
    const { group, images, answer } = written();
    joined(group, 'a');
    group.complete();
    const told: unknown[] = [];
    group.sync('a', 1, new Map([['a', part]]), (own) => told.push(own));
    expect([group.state, told]).toEqual(['syncing', []]);
    answer(true);
    expect([group.state, told]).toEqual(['stable', [part]]);
    const successor = new Group(quiet);
    successor.restore(images[0]);
    expect([successor.state, successor.generation, successor.memberIds]).toEqual(['stable', 1, ['a']]);
    expect([successor.heartbeat('a', 1), successor.mayCommit('a', 1), successor.heartbeat('b', 1)]).toEqual([
      'ok',
      'ok',
      'unknown-member',
    ]);
    expect(successor.assignedTo('a')).toEqual(part);
  });

  it('is asked of the members again when it is not kept, and forgotten when another round has begun', () => {
    const { group, answer } = written();
    joined(group, 'a');
    group.complete();
    const told: unknown[] = [];
    group.sync('a', 1, new Map([['a', part]]), (own) => told.push(own));
    answer(false);
    expect([group.state, told]).toEqual(['joining', ['rebalance-in-progress']]);
    joined(group, 'a');
    expect([group.state, group.generation]).toEqual(['syncing', 2]);
    group.sync('a', 2, new Map([['a', part]]), (own) => told.push(own));
    joined(group, 'b');
    answer(true);
    expect([group.state, group.assignedTo('a')]).toEqual(['joining', []]);
  });

  it('is that nobody is left, and the new id of a static member before that is told', () => {
    const { group, images, answer } = written();
    const asInstance = (id: string): Member => ({ ...member(id), instance: 'one' });
    group.join(asInstance('a'), () => {});
    group.complete();
    group.sync('a', 1, new Map([['a', part]]), () => {});
    answer(true);
    const told: unknown[] = [];
    group.join(asInstance('b'), (reply) => told.push(reply));
    expect([told, images[1].members.map(({ subscription }) => subscription.id)]).toEqual([[], ['b']]);
    answer(true);
    expect(told).toEqual([{ id: 'b', generation: 1, members: undefined }]);
    group.remove('b');
    expect(images[2]).toMatchObject({ generation: 1, members: [] });
  });

  it('is that nobody is left until that is kept, while nobody is', () => {
    const { group, images, answer } = written();
    joined(group, 'a');
    group.remove('a');
    group.keepAgain();
    answer(false);
    group.keepAgain();
    group.keepAgain();
    expect(images).toHaveLength(2);
    answer(false);
    joined(group, 'a');
    group.keepAgain();
    expect(images).toHaveLength(2);
    group.remove('a');
    answer(true);
    group.keepAgain();
    expect(images).toHaveLength(3);
  });

  it('is not awaited by those who wait when another takes over: they are told so', () => {
    const { group } = written();
    const told: unknown[] = [];
    group.join(member('a'), (reply) => told.push(reply));
    group.close();
    expect(told).toEqual(['not-coordinator']);
  });
});

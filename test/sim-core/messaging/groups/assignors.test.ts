/**
 * Assignors against what Kafka's own classes assigned. Range and round-robin agree partition by partition. Where a sticky
 * one puts a partition is its own affair; how even, how sticky and how careful it is in a cooperative round is not.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nameOf,
  type Assignment,
  type Member,
  type TopicSizes,
} from '../../../../sim-core/messaging/groups/assignor.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import vectors from '../../../vectors/kafka-assignors.json' with { type: 'json' };

type Name = keyof typeof assignors;
type Named = Readonly<Record<string, readonly string[]>>;

const named = (assignment: Assignment): Named =>
  Object.fromEntries([...assignment].map(([id, places]) => [id, places.map(nameOf).sort()]));

const sorted = (given: Named): Named =>
  Object.fromEntries(Object.entries(given).map(([id, places]) => [id, [...places].sort()]));

/** Partitions that a member had before, that it is still there to have, and that it has no more. */
function movedAway(before: Assignment | undefined, after: Assignment): number {
  let moved = 0;
  for (const [id, places] of before ?? []) {
    const now = after.get(id)?.map(nameOf);
    if (now !== undefined) moved += places.filter((place) => !now.includes(nameOf(place))).length;
  }
  return moved;
}

function membersOf(given: Named, before: Assignment | undefined, generation: number): Member[] {
  return Object.entries(given).map(([id, topics]) => ({ id, topics, owned: before?.get(id) ?? [], generation }));
}

describe.each(vectors.rows)('$assignor: $scenario', ({ assignor, topics, rounds }) => {
  it('assigns as Kafka does', () => {
    const { assign, protocol } = assignors[assignor as Name];
    const sizes: TopicSizes = new Map(Object.entries(topics) as [string, number][]);
    const isSticky = assignor.includes('sticky');
    let before: Assignment | undefined = undefined;
    rounds.forEach((round, index) => {
      const given = round.members as Named;
      const after: Assignment = assign(sizes, membersOf(given, isSticky ? before : undefined, index));
      const counts = [...after.values()].map((places) => places.length);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(round.assigned_total);
      if (!isSticky) expect(named(after)).toEqual(sorted(round.assignment as unknown as Named));
      else {
        const theirs = Object.values(round.assignment).map((places) => (places as string[]).length);
        expect([...counts].sort()).toEqual([...theirs].sort());
        expect(movedAway(before, after)).toBeLessThanOrEqual(round.moved_away_from_members);
        if (protocol === 'cooperative') {
          expect(movedAway(before, after) > 0).toBe(round.followup_rebalance_needed);
          expectCareful(before, after);
        }
      }
      before = after;
    });
  });
});

/** Nobody is given what a member that is still there had before. */
function expectCareful(before: Assignment | undefined, after: Assignment): void {
  for (const [id, places] of before ?? []) {
    if (!after.has(id)) continue;
    for (const [other, theirs] of after) {
      if (other === id) continue;
      const taken = theirs.map(nameOf).filter((name) => places.map(nameOf).includes(name));
      expect(taken).toEqual([]);
    }
  }
}

const sizes = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 7 }), { minKeys: 1 });
const rounds = fc.array(fc.subarray(['m1', 'm2', 'm3', 'm4', 'm10'], { minLength: 1 }), { minLength: 1, maxLength: 5 });

describe.each(Object.keys(assignors) as Name[])('%s, whoever comes and goes', (name) => {
  const { assign, protocol } = assignors[name];
  it('gives each partition to one member that subscribes to it, evenly where it promises so', () => {
    fc.assert(
      fc.property(sizes, rounds, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (given, groups, narrow) => {
        const topics: TopicSizes = new Map(Object.entries(given));
        const names = [...topics.keys()];
        let before: Assignment | undefined = undefined;
        groups.forEach((ids, generation) => {
          const members = ids.map((id, index): Member => {
            const subscribed = narrow[index] ? names.slice(0, 1) : names;
            return { id, topics: subscribed, owned: before?.get(id) ?? [], generation };
          });
          let after: Assignment = assign(topics, members);
          // As a group does: again while somebody has to give something up, and unequal subscriptions may take several rounds.
          for (let round = 1; protocol === 'cooperative'; round++) {
            expectCareful(before, after);
            if (movedAway(before, after) === 0 && round > 1) break;
            before = after;
            after = assign(
              topics,
              members.map((member) => ({ ...member, owned: after.get(member.id)!, generation: generation + round })),
            );
            expect(round).toBeLessThan(8);
          }
          const all = [...after.values()].flat().map(nameOf);
          expect(new Set(all).size).toBe(all.length);
          const wanted = names.filter((topic) => members.some((member) => member.topics.includes(topic)));
          expect(all.length).toBe(wanted.reduce((sum, topic) => sum + topics.get(topic)!, 0));
          for (const { id, topics: own } of members) {
            for (const { topic } of after.get(id)!) expect(own).toContain(topic);
          }
          if (name !== 'range' && members.every((member) => member.topics.length === names.length)) {
            const counts = [...after.values()].map((places) => places.length);
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          }
          before = after;
        });
      }),
    );
  });
});

it('has members of a later generation own what two say they own', () => {
  const owned = [{ topic: 't', partition: 0 }];
  const assignment = assignors.sticky.assign(new Map([['t', 2]]), [
    { id: 'old', topics: ['t'], owned, generation: 1 },
    { id: 'new', topics: ['t'], owned, generation: 2 },
  ]);
  expect(named(assignment)).toEqual({ new: ['t-0'], old: ['t-1'] });
});

/** Groups of consumers: who owns what while they come, go, die and stand still, and what they have processed in the end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { nameOf, type TopicPartition } from '../../../../sim-core/messaging/groups/assignor.ts';
import { Membership } from '../../../../sim-core/systems/kafka/consumer-membership.ts';
import { groupSkipped } from '../../../../sim-core/systems/kafka/groups/group-lag.ts';
import { recordProcessed } from '../../../../sim-core/systems/kafka/consumer-signals.ts';
import { replace } from './replaced-methods.ts';
import { ms } from './small-cluster.ts';
import { processed, SENDS, smallGroup, type AssignorName, type SmallGroup } from './small-group.ts';

/** Partitions that two members own, of those that the coordinator takes to be members. */
function ownedTwice({ group }: SmallGroup): string[] {
  const { group: coordinated, consumers } = group;
  const members = consumers.filter(({ memberId }) => coordinated?.has(memberId) === true);
  const all = members.flatMap(({ owned }) => owned);
  return all.filter((partition, index) => all.indexOf(partition) !== index);
}

const violations = ({ group, ...small }: SmallGroup): string[] => [
  ...small.violations(),
  ...group.violations(),
  ...group.consumers.flatMap((consumer) => consumer.violations()),
];

/** Of each partition the records in the order in which each of them was processed for the first time. */
function firstTimes({ sim }: SmallGroup): ReadonlyMap<string, readonly number[]> {
  const orders = new Map<string, number[]>();
  sim.facts.channel(recordProcessed).listen(({ partition, request }) => {
    const order = orders.get(partition) ?? [];
    orders.set(partition, order);
    if (!order.includes(request)) order.push(request);
  });
  return orders;
}

describe.each(Object.keys(assignors) as AssignorName[])('%s', (assignor) => {
  it('shares a topic out, processes every record once, and commits', () => {
    const small = smallGroup(assignor);
    small.group.scale(3);
    while (!small.sim.runUntil(ms(900), 50)) {
      expect(violations(small)).toEqual([]);
      expect(ownedTwice(small)).toEqual([]);
    }
    expect(processed(small)).toEqual(SENDS.map(() => 1));
    const counts = small.group.consumers.map(({ owned }) => owned.length).sort();
    expect(counts).toEqual([0, 1, 2, 2]);
    for (const partition of small.cluster.topics[0].partitions) {
      const line = small.cluster.book.line(partition);
      expect(small.group.committedOf(partition)).toBe(line.length === 0 ? 0 : line.at(-1)!.lastOffset + 1);
    }
  });

  it('has one owner of a partition at a time, loses no record and keeps the order of each partition, whatever befalls them', () => {
    const time = fc.integer({ min: 20, max: 600 });
    const fault = fc.oneof(
      fc.record({
        do: fc.constant('kill' as const),
        at: time,
        which: fc.nat(3),
        length: fc.integer({ min: 1, max: 150 }),
      }),
      fc.record({
        do: fc.constant('pause' as const),
        at: time,
        which: fc.nat(3),
        length: fc.integer({ min: 1, max: 150 }),
      }),
      fc.record({ do: fc.constant('scale' as const), at: time, which: fc.nat(3), length: fc.constant(0) }),
    );
    fc.assert(
      fc.property(
        fc.array(fault, { maxLength: 6 }),
        fc.constantFrom('auto' as const, 'after' as const, 'after-async' as const),
        fc.boolean(),
        (faults, commit, isStatic) => {
          const small = smallGroup(assignor, { commit, isStatic });
          const { sim, group } = small;
          const orders = firstTimes(small);
          group.scale(3);
          for (const { do: what, at, which, length } of faults) {
            const act = (): void => {
              if (what === 'kill') group.consumers[which].kill(ms(length));
              else if (what === 'pause') group.consumers[which].pause(ms(length));
              else group.scale(which + 1);
            };
            sim.scheduleAt(ms(at), act, undefined);
          }
          // Of static members that come back within their session nobody hears (KIP-345). One that had given up a partition
          // and did not live to join again for its new owner leaves it without one until the next rebalance.
          if (isStatic) {
            sim.scheduleAt(ms(1200), () => group.scale(1), undefined);
            sim.scheduleAt(ms(1500), () => group.scale(4), undefined);
          }
          while (!sim.runUntil(ms(2500), 100)) {
            expect(violations(small)).toEqual([]);
            expect(ownedTwice(small)).toEqual([]);
          }
          expect(processed(small).filter((times) => times === 0)).toEqual([]);
          // Whoever takes a partition over begins at what was committed: again with some, and never past one.
          for (const [partition, requests] of orders) {
            const line = small.cluster.book.line(partition).flatMap(({ records }) => records);
            expect(requests).toEqual(line.map(({ request }) => request));
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe('partitions that two own are seen', () => {
  /** Partitions that two members own at some time of a group that grows. */
  function twice(assignor: (typeof assignors)[AssignorName]): Set<string> {
    // Busy: who has to give something up is in the midst of a poll.
    const small = smallGroup('range', { assignor, processTime: constant(ms(3)) });
    const found = new Set<string>();
    small.group.scale(1);
    small.sim.scheduleAt(ms(200), () => small.group.scale(3), undefined);
    while (!small.sim.runUntil(ms(500), 1)) ownedTwice(small).forEach((partition) => found.add(partition));
    return found;
  }

  it('of an assignor that gives each of them to everybody', () => {
    const { range } = assignors;
    const toAll: typeof range = {
      ...range,
      assign(topics, members) {
        const all = [...range.assign(topics, members).values()].flat();
        return new Map(members.map(({ id }) => [id, all]));
      },
    };
    expect(twice(range).size).toBe(0);
    expect(twice(toAll).size).toBe(5);
  });

  it('of a cooperative assignor that hands on what its owner has not given up yet', () => {
    const cooperative = assignors['cooperative-sticky'];
    expect(twice(cooperative).size).toBe(0);
    expect(twice({ ...cooperative, assign: assignors.sticky.assign }).size).toBeGreaterThan(0);
  });

  it('of members that do not give up what goes to another', () => {
    const had = new Map<Membership, readonly TopicPartition[]>();
    replace(
      Membership.prototype,
      'step',
      (step) =>
        function (this: Membership) {
          const stepped = step.call(this);
          if (stepped.kind !== 'own') return stepped;
          const kept = (had.get(this) ?? []).filter((old) => !stepped.own.some((own) => nameOf(own) === nameOf(old)));
          const own = [...stepped.own, ...kept];
          had.set(this, own);
          return { ...stepped, own };
        },
    );
    expect(twice(assignors['cooperative-sticky']).size).toBeGreaterThan(0);
  });
});

it('a consumer that dies is missed after its session, and its last poll is processed again', () => {
  const small = smallGroup('range', { processTime: constant(ms(3)) });
  const { sim, group } = small;
  group.scale(2);
  sim.scheduleAt(ms(200), () => group.consumers[0].kill(Infinity), undefined);
  sim.runUntil(ms(230));
  expect(group.group?.size).toBe(2);
  sim.runUntil(ms(1500));
  expect(group.group?.size).toBe(1);
  expect(group.consumers[1].owned).toHaveLength(5);
  expect(processed(small).filter((times) => times === 0)).toEqual([]);
});

it('a consumer that is killed again while it is down is up at the latest of the ends', () => {
  const small = smallGroup('range');
  const { sim, group } = small;
  const [consumer] = group.consumers;
  const isMember = (): boolean => consumer.state().member === 'yes';
  group.scale(2);
  for (const [at, downtime] of [
    [200, 100],
    [210, 300],
    [220, 50],
  ])
    sim.scheduleAt(ms(at), () => consumer.kill(ms(downtime)), undefined);
  sim.runUntil(ms(509));
  expect([isMember(), consumer.owned]).toEqual([false, []]);
  sim.runUntil(ms(1500));
  expect(isMember()).toBe(true);
  // One that is dead for good stays so.
  sim.inject(() => consumer.kill(Infinity), 0);
  sim.inject(() => consumer.kill(ms(10)), 0);
  sim.runUntil(ms(2500));
  expect(isMember()).toBe(false);
});

it('an answer to a commit of an earlier generation does not throw a member out of the present one', () => {
  const small = smallGroup('cooperative-sticky', { commit: 'after-async', isStatic: true });
  small.group.scale(3);
  small.sim.scheduleAt(ms(214), () => small.group.consumers[2].kill(ms(117)), undefined);
  small.sim.runUntil(ms(2500));
  expect(small.group.consumers.map(({ memberId }) => memberId)).toEqual([
    'consumer-1/1',
    'consumer-2/1',
    'consumer-3/2',
    '',
  ]);
  expect(processed(small).filter((times) => times === 0)).toEqual([]);
});

it('a static member that is back within its session causes no rebalance', () => {
  const rebalances = [true, false].map((isStatic) => {
    const small = smallGroup('range', { isStatic, sessionTimeout: ms(80) });
    small.group.scale(3);
    small.sim.runUntil(ms(200));
    const before = small.group.group!.generation;
    small.group.consumers[1].kill(ms(30));
    small.sim.runUntil(ms(1500));
    expect(processed(small).filter((times) => times === 0)).toEqual([]);
    return small.group.group!.generation - before;
  });
  expect(rebalances[0]).toBe(0);
  expect(rebalances[1]).toBeGreaterThanOrEqual(1);
});

it('in a cooperative rebalance only the partitions that move are without an owner, for a whole round', () => {
  const worst = (['sticky', 'cooperative-sticky'] as const).map((assignor) => {
    const small = smallGroup(assignor);
    small.group.scale(2);
    small.sim.runUntil(ms(200));
    small.group.scale(3);
    let least = 5;
    while (!small.sim.runUntil(ms(400), 1)) {
      least = Math.min(
        least,
        small.group.consumers.reduce((sum, { owned }) => sum + owned.length, 0),
      );
    }
    return least;
  });
  // Of five partitions one moves to the third member; eager members give up all of them.
  expect(worst).toEqual([0, 4]);
});

it('committed before processing, a record is never processed twice by a death, and some never are', () => {
  let never = 0;
  // A record comes every eight milliseconds, and six of them it is being processed.
  for (let at = 220; at < 228; at++) {
    const small = smallGroup('range', { commit: 'before', processTime: constant(ms(6)) });
    small.group.scale(2);
    small.sim.scheduleAt(ms(at), () => small.group.consumers[0].kill(ms(50)), undefined);
    small.sim.runUntil(ms(1500));
    const times = processed(small);
    expect(times.filter((count) => count > 1)).toEqual([]);
    never += times.filter((count) => count === 0).length;
  }
  expect(never).toBeGreaterThan(0);
});

it('a consumer whose place has been deleted goes on where the log begins, and what it skips is counted', () => {
  const log = { segmentTime: ms(10), retentionTime: ms(60) };
  const topic = { partitions: 2, log };
  const slow = { processTime: constant(ms(12)), pollInterval: ms(1000), fetchBytesMax: 300 };
  const small = smallGroup('range', slow, SENDS, topic, { retentionCheck: ms(10) });
  const skipped = new Map<string, number>();
  small.sim.facts.channel(groupSkipped).listen(({ partition, records }) => skipped.set(partition, records));
  small.group.scale(1);
  small.sim.runUntil(ms(2000));
  const naive = small.cluster.topics[0].partitions.map((partition) => {
    const below = small.group.committedOf(partition);
    const passed = small.cluster.book.line(partition).filter(({ lastOffset }) => lastOffset < below);
    return passed.flatMap(({ records }) => records).filter((record) => record.processed === 0).length;
  });
  expect([...skipped.values()]).toEqual(naive);
  expect(Math.min(...naive)).toBeGreaterThan(0);
  expect(processed(small).filter((times) => times > 1)).toEqual([]);
  expect(small.group.consumers[0].owned).toHaveLength(2);
});

it('a consumer that takes too long between two polls leaves, and is back with its next one', () => {
  const small = smallGroup('range', { processTime: constant(ms(30)), pollInterval: ms(60), rebalanceTimeout: ms(60) });
  small.group.scale(2);
  small.sim.runUntil(ms(1000));
  expect(small.group.group!.generation).toBeGreaterThan(4);
  expect(violations(small)).toEqual([]);
});

it.each([
  ['as long as others come within the delay of each other', [0, 4, 8], 100, { members: 3, from: 15, to: 16 }],
  ['no longer when none came within the last delay', [0, 4, 12], 100, { members: 2, from: 10, to: 11 }],
  ['no longer than the time of a rebalance', [0, 4, 8, 12, 16], 12, { members: 4, from: 12, to: 13 }],
])('an empty group waits %s', (_name, starts, rebalanceTimeout, { members, from, to }) => {
  const small = smallGroup('range', { consumers: 5, rebalanceTimeout: ms(rebalanceTimeout) }, []);
  const { sim, group } = small;
  starts.forEach((at, index) => sim.scheduleAt(ms(at), () => group.consumers[index].start(), undefined));
  sim.runUntil(ms(from));
  expect(group.group!.generation).toBe(0);
  sim.runUntil(ms(to));
  expect([group.group!.generation, group.group?.size]).toEqual([1, members]);
});

it('fetches when it is up again, and does not wait for what its last life has asked for', () => {
  // A fetch of partitions to which nothing comes waits at its broker for longer than all else takes.
  const sends = Array.from({ length: 12 }, (_, i) => 30 + i);
  const settings = { isStatic: true, fetchWaitMax: ms(600), pollRecords: 1, processTime: constant(ms(20)) };
  const alone = { replicationFactor: 1, minInSync: 1 };
  const cluster = { brokers: 1, groups: { names: ['group'], ...alone } };
  const small = smallGroup('range', settings, sends, { partitions: 5, ...alone }, cluster);
  const { sim, group } = small;
  group.scale(1);
  sim.scheduleAt(ms(100), () => group.consumers[0].kill(ms(10)), undefined);
  sim.runUntil(ms(400));
  expect(processed(small).every((times) => times > 0)).toBe(true);
});

it('calls its consumers by a name and a number, or each by its own', () => {
  const names = (consumerName: string | string[]): string[] =>
    smallGroup('range', { consumers: 2, consumerName }).group.consumers.map(({ name }) => name);
  expect(names('reader')).toEqual(['reader-1', 'reader-2']);
  expect(names(['left', 'right'])).toEqual(['left', 'right']);
  expect(() => names(['left'])).toThrow('group: consumerName has 1 names; it must have 2, one each');
});

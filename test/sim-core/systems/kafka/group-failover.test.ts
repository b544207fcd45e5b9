/**
 * Groups whose coordinators die: every event of a run as the moment at which a broker is killed, and whatever befalls
 * consumers and brokers together. What was committed stays committed, a generation has one owner of a partition, no group
 * is forgotten.
 */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import type { ClusterOptions } from '../../../../sim-core/systems/kafka/cluster.ts';
import { ConsumerGroup, type ConsumerGroupOptions } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import { CoordinatedGroup } from '../../../../sim-core/systems/kafka/groups/coordinated-group.ts';
import { commitCut } from '../../../../sim-core/systems/kafka/groups/signals.ts';
import { offsetsPartition } from '../../../../sim-core/systems/kafka/groups/offsets-log.ts';
import {
  compactInternal,
  ms,
  SMALL_GROUP,
  smallCluster,
  withSmallSegments,
  type SmallCluster,
} from './small-cluster.ts';

afterEach(() => void vi.restoreAllMocks());

interface Small extends SmallCluster {
  readonly group: ConsumerGroup;
}

/** Who coordinates the group at the start: the partition of its name is the 47th, and its leader the third of three. */
const COORDINATOR = 2;

function smallGroup(
  sends: readonly number[],
  options: Partial<ConsumerGroupOptions> = {},
  groups: Partial<ClusterOptions['groups']> = {},
): Small {
  const small = smallCluster({
    sends,
    topic: { partitions: 3 },
    cluster: { groups: { names: ['group'], ...groups } },
    producer: { deliveryTimeout: ms(4000) },
  });
  const group = new ConsumerGroup(small.sim, small.cluster, {
    ...SMALL_GROUP,
    topics: [small.cluster.topics[0]],
    consumers: 2,
    assignor: assignors['cooperative-sticky'],
    pollRecords: 2,
    delay: constant(ms(0.3)),
    ...options,
  });
  return { ...small, group };
}

/** Looks at a group now and again, and says what should not be. */
class Watch {
  private readonly small: Small;
  private readonly committed = new Map<string, number>();
  /** What some member was told to be committed. */
  private readonly acknowledged = new Map<string, number>();
  private generation = 0;

  constructor(small: Small) {
    this.small = small;
    for (const { groups } of small.cluster.brokers) {
      const receive = groups!.receive.bind(groups);
      groups!.receive = (query, request, answer) =>
        receive(query, request, (reply) => {
          if (query.kind === 'commit' && reply === 'ok')
            query.offsets.forEach((offset, partition) => this.acknowledge(partition, offset));
          answer(reply);
        });
    }
  }

  private acknowledge(partition: string, offset: number): void {
    this.acknowledged.set(partition, Math.max(offset, this.acknowledged.get(partition) ?? 0));
  }

  look(): string[] {
    const { group, cluster } = this.small;
    const wrong = [...this.small.violations(), ...group.violations()];
    for (const consumer of group.consumers) wrong.push(...consumer.violations());
    for (const partition of cluster.topics[0].partitions) {
      const now = group.committedOf(partition);
      if (now < (this.committed.get(partition) ?? 0)) wrong.push(`${partition}: ${now} is committed, and more was`);
      this.committed.set(partition, now);
    }
    const coordinator = cluster.brokers.find(({ name }) => name === group.coordinator);
    const kept = coordinator?.groups?.groupOf('group');
    if (kept === undefined) return wrong;
    for (const [partition, offset] of this.acknowledged) {
      const known = kept.committed.get(partition)?.offset ?? 0;
      if (known < offset) wrong.push(`${partition}: ${offset} was acknowledged, and ${known} is known`);
    }
    const { group: coordinated } = kept;
    const members = group.consumers.filter(({ memberId }) => coordinated.has(memberId));
    const owned = members.flatMap((consumer) => consumer.owned);
    if (new Set(owned).size < owned.length) wrong.push(`generation ${coordinated.generation}: ${owned.join(', ')}`);
    // A round that nobody was told the end of may be counted again; what somebody owns by it may not.
    const { generation, state } = coordinated;
    if (state === 'stable' && generation < this.generation) wrong.push(`generation ${generation} has been before`);
    if (state === 'stable') this.generation = generation;
    return wrong;
  }

  /** Everything was processed, and all of it is committed. */
  ended(): string[] {
    const { group, cluster } = this.small;
    const wrong = this.look();
    for (const { request, processed } of cluster.book.records)
      if (processed === 0) wrong.push(`${request} is not done`);
    for (const partition of cluster.topics[0].partitions) {
      const end = cluster.book.line(partition).at(-1)?.lastOffset ?? -1;
      if (group.committedOf(partition) !== end + 1) wrong.push(`${partition}: not all of it is committed`);
    }
    return wrong;
  }
}

it('every event as the moment at which a broker dies: nothing that was committed is lost, and the group goes on', () => {
  const found = { points: 0, moved: 0, rebalanced: 0 };
  for (const broker of [0, 1, COORDINATOR]) {
    for (let events = 0, isOver = false; !isOver; events++, found.points++) {
      const small = smallGroup([5, 9, 12, 14, 17, 19]);
      const { sim, group, cluster } = small;
      const watch = new Watch(small);
      group.scale(2);
      isOver = sim.runUntil(ms(24), events);
      sim.inject(() => cluster.brokers[broker].kill(ms(60)), 0);
      while (!sim.runUntil(ms(250), 100)) expect(watch.look(), `broker ${broker}, ${events} events`).toEqual([]);
      expect(watch.ended(), `broker ${broker}, ${events} events`).toEqual([]);
      expect(group.group?.memberIds).toHaveLength(2);
      if (group.coordinator !== `broker-${COORDINATOR + 1}`) found.moved++;
      if (group.group!.generation > 1) found.rebalanced++;
    }
  }
  process.stdout.write(
    `${found.points} crash points, ${found.moved} move the coordinator, ${found.rebalanced} rebalance the group\n`,
  );
  expect(found.points).toBeGreaterThan(500);
  expect(found.moved).toBeGreaterThan(found.points / 4);
  // Who has its assignment when the coordinator dies keeps it.
  expect(found.rebalanced).toBeLessThan(found.moved);
}, 60_000);

it('a stable group goes on under another coordinator with its members and its generation', () => {
  const small = smallGroup(Array.from({ length: 100 }, (_, i) => 5 + i * 4));
  const { sim, group, cluster } = small;
  group.scale(2);
  sim.runUntil(ms(199));
  const before = [group.group!.generation, ...group.group!.memberIds];
  sim.inject(() => cluster.brokers[COORDINATOR].kill(ms(500)), 0);
  // Until the session of the broker is over nobody leads the partition, and who asks is told nothing.
  sim.runUntil(ms(220));
  expect(group.group).toBeUndefined();
  sim.runUntil(ms(260));
  expect(group.coordinator).toBe('broker-1');
  expect([group.group!.generation, ...group.group!.memberIds]).toEqual(before);
  sim.runUntil(ms(700));
  expect([group.group!.generation, ...group.group!.memberIds]).toEqual(before);
  expect(new Watch(small).ended()).toEqual([]);
});

it('with one replica a group has no coordinator until that is back, and nothing is lost', () => {
  const small = smallGroup(
    Array.from({ length: 50 }, (_, i) => 5 + i * 4),
    {},
    { replicationFactor: 1 },
  );
  const { sim, group, cluster } = small;
  const watch = new Watch(small);
  group.scale(2);
  sim.runUntil(ms(100));
  sim.inject(() => cluster.brokers[COORDINATOR].kill(ms(300)), 0);
  const all = (): number[] => cluster.topics[0].partitions.map((partition) => group.committedOf(partition));
  sim.runUntil(ms(140));
  const before = all();
  sim.runUntil(ms(399));
  expect([group.coordinator, group.group, all()]).toEqual([undefined, undefined, before]);
  while (!sim.runUntil(ms(1000), 100)) expect(watch.look()).toEqual([]);
  expect(watch.ended()).toEqual([]);
});

describe('a loss of power', () => {
  const sends = Array.from({ length: 60 }, (_, i) => 5 + i * 6);
  const all = [0, 1, COORDINATOR];

  /** Has hosts lose their power, and looks at the group until all is over: what was ahead of its log, and of what it knew. */
  function strike(hosts: readonly number[], at: number): { ahead: number; fewer: number; cut: number } {
    const small = smallGroup(sends);
    const { sim, group, cluster } = small;
    const [topic] = cluster.topics;
    const committed = new Map<string, number>();
    const found = { ahead: 0, fewer: 0, cut: 0 };
    sim.facts.channel(commitCut).listen(() => found.cut++);
    group.scale(2);
    sim.scheduleAt(ms(at), () => hosts.forEach((host) => cluster.brokers[host].losePower(ms(30))), undefined);
    while (!sim.runUntil(ms(2500), 100)) {
      expect([...small.violations(), ...group.violations()], `hosts ${hosts.join()} at ${at} ms`).toEqual([]);
      for (const partition of topic.partitions) {
        const now = group.committedOf(partition);
        if (now > (cluster.book.line(partition).at(-1)?.lastOffset ?? -1) + 1) found.ahead++;
        if (now < (committed.get(partition) ?? 0)) found.fewer++;
        committed.set(partition, now);
      }
    }
    expect(group.group?.memberIds).toHaveLength(2);
    // Who was ahead of the log has been told so, and the group is at its end again.
    for (const partition of topic.partitions)
      expect(group.committedOf(partition)).toBe((cluster.book.line(partition).at(-1)?.lastOffset ?? -1) + 1);
    return found;
  }

  it('of all hosts takes records that were committed, and commits, and the group goes on', () => {
    const found = [60, 120, 180, 240, 300].map((at) => strike(all, at));
    expect(Math.min(...found.map(({ fewer }) => fewer))).toBeGreaterThan(0);
    for (const { fewer, cut } of found) expect(cut).toBe(fewer);
    expect(found.some(({ ahead }) => ahead > 0)).toBe(true);
  });

  it('of one host takes neither while the others have them', () => {
    for (const host of all) expect(strike([host], 150)).toEqual({ ahead: 0, fewer: 0, cut: 0 });
  });

  it('does not hide what a coordinator forgets later, though it lay where something had been cut off', () => {
    const small = smallGroup(sends);
    const { sim, group, cluster } = small;
    group.scale(2);
    sim.scheduleAt(ms(240), () => all.forEach((host) => cluster.brokers[host].losePower(ms(30))), undefined);
    sim.runUntil(ms(400));
    const coordinator = cluster.brokers.find(({ name }) => name === group.coordinator)!;
    const keeper = group['keeper'];
    expect(cluster.book.line(keeper).at(-1)!.lastOffset).toBeLessThan(cluster.book.cutBelow(keeper));
    expect(group.violations()).toEqual([]);
    const { begin } = CoordinatedGroup.prototype;
    vi.spyOn(CoordinatedGroup.prototype, 'begin').mockImplementation(function (this: CoordinatedGroup, epoch) {
      this['committed'].clear();
      begin.call(this, epoch);
    });
    sim.inject(() => coordinator.kill(ms(200)), 0);
    sim.runUntil(ms(1000));
    expect(group.violations().join()).toContain('is not known to its coordinator');
  });
});

describe('offsets of a group without members', () => {
  const groups = { retention: ms(200), retentionCheck: ms(50) };
  const sends = Array.from({ length: 30 }, (_, i) => 5 + i * 2);
  const processed = ({ cluster }: Small): number[] => cluster.book.records.map((record) => record.processed);
  const leaving = (
    killedAt?: number,
    keeping = groups,
  ): { group: ConsumerGroup; small: Small; known: () => number } => {
    const small = smallGroup(sends, {}, keeping);
    const { sim, group, cluster } = small;
    group.scale(2);
    sim.runUntil(ms(199));
    sim.inject(() => group.scale(0), 0);
    const kill = (): void => cluster.brokers.find(({ name }) => name === group.coordinator)!.kill(ms(2000));
    if (killedAt !== undefined) sim.scheduleAt(ms(killedAt), kill, undefined, 0);
    const known = (): number =>
      cluster.topics[0].partitions.filter((partition) => group.committedOf(partition) > 0).length;
    return { group, small, known };
  };

  it('are kept for their time and no longer, and then the group begins anew', () => {
    const { group, small, known } = leaving();
    small.sim.runUntil(ms(395));
    expect(known()).toBe(3);
    small.sim.runUntil(ms(460));
    expect(known()).toBe(0);
    small.sim.inject(() => group.scale(1), 0);
    small.sim.runUntil(ms(900));
    expect(processed(small)).toEqual(sends.map(() => 2));
    expect(known()).toBe(3);
  });

  it('are kept from when the last has gone, however long it had some before', () => {
    const { small, known } = leaving(undefined, { retention: ms(30), retentionCheck: ms(0.1) });
    small.sim.runUntil(ms(225));
    expect(known()).toBe(3);
    small.sim.runUntil(ms(240));
    expect(known()).toBe(0);
  });

  it('are kept while it has some', () => {
    const { group, small, known } = leaving();
    small.sim.runUntil(ms(300));
    small.sim.inject(() => group.scale(1), 0);
    small.sim.runUntil(ms(900));
    expect([known(), ...processed(small)]).toEqual([3, ...sends.map(() => 1)]);
  });

  it.each([250, 399, 400.2, 400.5, 401, 402])('whoever coordinates it, with a broker killed at %i ms', (killedAt) => {
    const { group, small, known } = leaving(killedAt);
    small.sim.runUntil(ms(390));
    expect(known()).toBe(3);
    small.sim.runUntil(ms(700));
    expect([known(), ...group.violations(), ...small.violations()]).toEqual([0]);
  });
});

it('a coordinator that begins says so until all that it found is replicated', () => {
  const partition = offsetsPartition('group', 50);
  const answers: unknown[] = [];
  for (let at = 40; at < 60; at++) {
    const small = smallGroup(Array.from({ length: 60 }, (_, i) => 5 + i));
    const { sim, group, cluster } = small;
    group.scale(2);
    sim.runUntil(ms(at));
    // Broker 1 leads next, and its only follower that lives takes its time.
    sim.inject(() => {
      cluster.brokers[1].slow(100);
      cluster.brokers[COORDINATOR].kill(ms(200));
    }, 0);
    const { groups } = cluster.brokers[0];
    while (!sim.runUntil(ms(at + 60), 5)) {
      if (groups!.partitions.get(partition)?.isLoaded !== false) continue;
      groups!.receive({ kind: 'heartbeat', group: 'group', member: 'x', generation: 1 }, 0, (reply) => {
        answers.push(reply);
      });
    }
    expect(cluster.brokers[1].groups!.groupOf('group')).toBeUndefined();
  }
  expect(new Set(answers)).toEqual(new Set(['coordinator-load-in-progress']));
});

const time = fc.integer({ min: 20, max: 400 });
const length = fc.integer({ min: 1, max: 120 });
const fault = fc.oneof(
  fc.record({
    do: fc.constantFrom('kill' as const, 'pause' as const, 'scale' as const, 'compact' as const),
    at: time,
    which: fc.nat(1),
    length,
  }),
  fc.record({
    do: fc.constantFrom('crash' as const, 'isolate' as const, 'cut off' as const),
    at: time,
    which: fc.nat(2),
    length,
  }),
);

it('whatever befalls consumers and brokers, offsets stay committed and a generation has one owner of a partition', () => {
  const sends = Array.from({ length: 60 }, (_, i) => 5 + i * 6);
  fc.assert(
    fc.property(
      fc.array(fault, { maxLength: 8 }),
      fc.constantFrom('auto' as const, 'after' as const, 'after-async' as const),
      fc.constantFrom(...(Object.keys(assignors) as (keyof typeof assignors)[])),
      (faults, commit, assignor) => {
        const small = smallGroup(sends, { commit, assignor: assignors[assignor] });
        const { sim, group, cluster } = small;
        const watch = new Watch(small);
        withSmallSegments(cluster);
        group.scale(2);
        for (const { do: what, at, which, length: lasts } of faults) {
          const act = (): void => {
            if (what === 'kill') group.consumers[which].kill(ms(lasts));
            else if (what === 'pause') group.consumers[which].pause(ms(lasts));
            else if (what === 'scale') group.scale(which + 1);
            else if (what === 'compact') compactInternal(cluster, sim.now);
            else if (what === 'crash') cluster.brokers[which].kill(ms(lasts));
            else cluster.brokers[which].isolate(ms(lasts), what === 'isolate');
          };
          sim.scheduleAt(ms(at), act, undefined);
        }
        while (!sim.runUntil(ms(4000), 100)) expect(watch.look()).toEqual([]);
        const undone = cluster.book.records.filter(({ processed }) => processed === 0);
        expect(undone.map(({ request }) => request)).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

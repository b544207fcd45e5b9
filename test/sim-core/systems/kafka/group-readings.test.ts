/** In which epoch a group has read what it commits, where members go on with what they had read before an election. */
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { ConsumerGroup } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import { GroupReadings } from '../../../../sim-core/systems/kafka/groups/group-readings.ts';
import { ms, SMALL_GROUP, smallCluster } from './small-cluster.ts';

it('what a group has committed was read in the epoch of what it was given last once it lies in that, and not before', () => {
  const readings = new GroupReadings();
  const committed = (offset: number): number => {
    readings.committed('orders-0', offset);
    return readings.epochOf('orders-0');
  };
  expect(committed(3)).toBe(-1);
  readings.read('orders-0', 0, 6, 1);
  readings.read('orders-0', 6, 10, 1);
  expect([committed(4), committed(9)]).toEqual([1, 1]);
  // An election cuts it off at 5, a member is given what follows there, and another is still at what it had: up to 5, and up to 10.
  readings.read('orders-0', 5, 7, 2);
  expect([committed(5), committed(10), committed(6)]).toEqual([1, 1, 2]);
  // A leader that has been replaced and does not know it.
  readings.read('orders-0', 7, 9, 1);
  expect([committed(7), committed(8)]).toEqual([2, 1]);
  readings.forget('orders-0');
  expect([readings.epochOf('orders-0'), committed(9)]).toEqual([-1, 1]);
});

it('who is ahead of a log that was cut is no fault until the group has read on and committed that', () => {
  const sends = [...Array.from({ length: 40 }, (_, i) => 5 + i * 6), ...[0, 1, 2, 3].map((i) => 900 + i * 5)];
  const groups = { names: ['group'] };
  const { sim, cluster } = smallCluster({ sends, topic: { partitions: 3 }, cluster: { groups } });
  const group = new ConsumerGroup(sim, cluster, {
    ...SMALL_GROUP,
    topics: [cluster.topics[0]],
    consumers: 2,
    assignor: assignors['cooperative-sticky'],
    pollRecords: 2,
    delay: constant(ms(0.3)),
  });
  const { partitions } = cluster.topics[0];
  const { book } = cluster;
  const end = (partition: string): number => (book.line(partition).at(-1)?.lastOffset ?? -1) + 1;
  const isAhead = (partition: string): boolean => group.committedOf(partition) > end(partition);
  group.scale(2);
  sim.scheduleAt(ms(240), () => cluster.brokers.forEach((host) => host.losePower(ms(30))), undefined);
  let ahead = 0;
  while (!sim.runUntil(ms(1500), 20)) {
    ahead += partitions.filter(isAhead).length;
    expect(group.violations()).toEqual([]);
  }
  expect(ahead).toBeGreaterThan(0);
  const cut = partitions.filter((partition) => end(partition) < book.cutBelow(partition));
  const read = cut.filter((partition) => book.line(partition).at(-1)!.records[0].sentAt > ms(800));
  expect(read).not.toEqual([]);
  for (const partition of read) {
    group['book'].commit(partition, { offset: book.cutBelow(partition), at: Infinity }, group['book']['epoch']);
    expect(group.violations()).toEqual([`${partition}: more is committed than there is`]);
    group['book'].commit(partition, { offset: end(partition), at: Infinity }, group['book']['epoch']);
  }
});

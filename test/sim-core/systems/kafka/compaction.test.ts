/** Topics whose keys are compacted, on brokers that die and come back: what is left, where, and who can read it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { KEEP_ALL } from '../../../../sim-core/messaging/log/partition-log.ts';
import { offsetOf } from '../../../../sim-core/messaging/log/record-batch.ts';
import { ConsumerGroup } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import { groupSkipped } from '../../../../sim-core/systems/kafka/groups/group-lag.ts';
import type { Replica } from '../../../../sim-core/systems/kafka/replica.ts';
import { ms, SMALL_GROUP, smallCluster, type SmallCluster, type SmallOptions } from './small-cluster.ts';

const KEYS = 5;
const SENDS = Array.from({ length: 60 }, (_, i) => i * 1000);
/** Cleaners look every 15 s: nobody has to be heard of more often than that. */
const SLOW = { heartbeatInterval: ms(1000), sessionTimeout: ms(3000), lagMax: ms(2000), fetchWaitMax: ms(500) };
const COMPACT = { ...KEEP_ALL, cleanupPolicy: 'compact', segmentBytes: 500 } as const;

const compacted = (options: Partial<SmallOptions> = {}): SmallCluster =>
  smallCluster({
    sends: SENDS,
    keyOf: (number) => number % KEYS,
    topic: { log: COMPACT },
    cluster: SLOW,
    ...options,
    // Nothing is given up, so that a record's number is its offset.
    producer: { deliveryTimeout: ms(200_000), ...options.producer },
  });

const replicas = ({ cluster }: SmallCluster): Replica[] => cluster.brokers.map((broker) => broker.replica('t-0')!);

/** Numbers of the records of a replica, by offset. */
const held = ({ log }: Replica): [number, number][] =>
  [...log.batches()].flatMap((batch) =>
    batch.records.map(({ request }, i): [number, number] => [offsetOf(batch, i), request]),
  );

it('each replica compacts its own log, and a follower that comes late is given the gaps', () => {
  const small = compacted();
  const { sim, cluster } = small;
  sim.scheduleAt(ms(2000), () => cluster.brokers[2].kill(ms(50_000)), undefined);
  sim.runUntil(ms(51_900));
  expect(replicas(small)[2].log.endOffset).toBeLessThan(4);
  sim.runUntil(ms(80_000));
  expect(small.violations()).toEqual([]);
  for (const replica of replicas(small)) {
    const rows = held(replica);
    expect(replica.log.endOffset).toBe(60);
    expect(rows.length).toBeLessThan(30);
    expect(rows.every(([offset, number]) => offset === number)).toBe(true);
    expect(rows.slice(-KEYS)).toEqual(Array.from({ length: KEYS }, (_, i) => [55 + i, 55 + i]));
  }
  expect(cluster.book.totals.lost).toBe(0);
});

it('a group that begins when all is compacted is given the last of each key', () => {
  const small = compacted();
  const group = new ConsumerGroup(small.sim, small.cluster, {
    ...SMALL_GROUP,
    topics: [small.cluster.topics[0]],
    consumers: 1,
    assignor: assignors.range,
    pollRecords: 5,
    delay: constant(ms(0.3)),
  });
  const skipped: number[] = [];
  small.sim.facts.channel(groupSkipped).listen(({ records }) => skipped.push(records));
  small.sim.scheduleAt(ms(61_000), () => group.scale(1), undefined);
  small.sim.runUntil(ms(62_000));
  // Whoever reads a compacted topic is given the last of each key, and has skipped nothing.
  expect(Math.max(...skipped)).toBe(0);
  const processed = small.records().filter((record) => record.processed > 0);
  expect(processed.map(({ request }) => request)).toEqual(held(replicas(small)[0]).map(([, number]) => number));
  expect(new Set(processed.map(({ key }) => key)).size).toBe(KEYS);
  expect(group.committedOf('t-0')).toBe(60);
});

it('a group that comes when what is left was deleted has skipped that, and not what had been compacted', () => {
  const cleanupPolicy = 'compact,delete';
  const log = { ...COMPACT, cleanupPolicy, retentionTime: ms(70_000) } as const;
  const sends = [...SENDS, 139_000];
  const small = compacted({ sends, topic: { log }, cluster: { ...SLOW, retentionCheck: ms(1000) } });
  const group = new ConsumerGroup(small.sim, small.cluster, {
    ...SMALL_GROUP,
    topics: [small.cluster.topics[0]],
    consumers: 1,
    assignor: assignors.range,
    pollRecords: 5,
    delay: constant(ms(0.3)),
  });
  let skipped = 0;
  small.sim.facts.channel(groupSkipped).listen(({ records }) => (skipped = records));
  small.sim.runUntil(ms(100_000));
  const left = held(replicas(small)[0]).length;
  small.sim.scheduleAt(ms(140_000), () => group.scale(1), undefined);
  small.sim.runUntil(ms(142_000));
  expect(group.committedOf('t-0')).toBe(61);
  expect(small.records().filter((record) => record.processed > 0).length).toBe(1);
  expect(left).toBeLessThan(30);
  expect(skipped).toBe(left);
});

it('begins to compact when the topic is configured to, and refuses records without a key from then on', () => {
  const small = compacted({ topic: {}, producer: { isKeyed: false } });
  const { sim, cluster } = small;
  const configure = (policy: number): void => cluster.controllers.interventions.cleanup.apply([policy, 4, 60, 0.2, 0]);
  sim.scheduleAt(ms(20_500), () => configure(1), undefined);
  sim.scheduleAt(ms(40_500), () => configure(0), undefined);
  sim.runUntil(ms(20_000));
  expect(replicas(small).map(({ log }) => log.segmentCount)).toEqual([1, 1, 1]);
  sim.runUntil(ms(80_000));
  expect([...small.refused]).toEqual(Array.from({ length: 20 }, (_, i) => 21 + i));
  expect(cluster.book.totals.lost).toBe(0);
  expect(small.violations()).toEqual([]);
});

it('the last of each key that was acknowledged is there in its place, whatever befalls the brokers', () => {
  const fault = fc.record({
    at: fc.integer({ min: 0, max: 60_000 }),
    broker: fc.nat(2),
    length: fc.integer({ min: 10, max: 30_000 }),
    isKill: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fault, { maxLength: 5 }), (faults) => {
      const small = compacted();
      const { sim, cluster } = small;
      for (const { at, broker, length, isKill } of faults) {
        const hit = cluster.brokers[broker];
        sim.scheduleAt(ms(at), () => (isKill ? hit.kill(ms(length)) : hit.isolate(ms(length), true)), undefined);
      }
      while (!sim.runUntil(ms(200_000), 500)) expect(small.violations()).toEqual([]);
      expect(small.acknowledged.size).toBe(SENDS.length);
      expect(cluster.book.totals).toMatchObject({ lost: 0, doubled: 0 });
      const leader = replicas(small).find(({ leading }) => leading !== undefined)!;
      for (const replica of replicas(small)) {
        expect(replica.log.endOffset).toBe(leader.log.endOffset);
        const rows = held(replica);
        expect(rows.map(([offset]) => offset)).toEqual(rows.map(([offset]) => offset).sort((a, b) => a - b));
        const lastOf = (key: number): number | undefined => rows.findLast(([, number]) => number % KEYS === key)?.[1];
        expect(Array.from({ length: KEYS }, (_, key) => lastOf(key))).toEqual([55, 56, 57, 58, 59]);
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

/** A small cluster: what is sent is replicated, who is behind is evicted in time, what comes again is known. */
import { recordsDeleted } from '../../../../sim-core/systems/kafka/log-upkeep.ts';
import { expect, it } from 'vitest';
import { KEEP_ALL } from '../../../../sim-core/messaging/log/partition-log.ts';
import { ms, smallCluster } from './small-cluster.ts';

it('replicates what is sent, and acknowledges it', () => {
  const small = smallCluster({ sends: [1, 2, 3, 40, 41] });
  small.sim.runUntil(ms(300));
  expect([...small.acknowledged]).toEqual([0, 1, 2, 3, 4]);
  expect(small.log()).toEqual([0, 1, 2, 3, 4]);
  for (const broker of small.cluster.brokers) {
    expect(broker.replica('t-0')!.log.endOffset).toBe(5);
  }
  expect(small.violations()).toEqual([]);
});

it('a batch that comes again when everybody has it already is acknowledged at once', () => {
  // The leader of the second partition dies when its followers have the batch and its producer has no answer.
  const small = smallCluster({ sends: [0, 5e-7, 0, 0], topic: { partitions: 2 } });
  small.sim.scheduleAt(ms(1), () => small.cluster.brokers[1].kill(ms(1)), undefined);
  small.sim.runUntil(ms(200));
  expect(small.acknowledged.size).toBe(4);
  expect(small.cluster.book.totals.doubled).toBe(0);
});

it('evicts a follower that is cut off 1 to 1.5 times the limit after it was caught up, whenever that is', () => {
  for (let cut = 100; cut < 125; cut += 3) {
    const sends = Array.from({ length: 400 }, (_, i) => i / 2);
    const small = smallCluster({ sends, cluster: { sessionTimeout: ms(1000) } });
    const { sim, cluster } = small;
    sim.scheduleAt(ms(cut), () => cluster.brokers[2].isolate(ms(80), true), undefined);
    const inSync = (): number => cluster.metadata.partitions.get('t-0')!.inSync.length;
    let evicted = cut;
    while (inSync() === 3) sim.runUntil(ms((evicted += 0.25)));
    // The last fetch was up to one way before the cut; the controllers are asked and answer.
    expect(evicted - cut).toBeGreaterThan(20 - 2);
    expect(evicted - cut).toBeLessThan(30 + 2);
    sim.runUntil(ms(300));
    expect(inSync()).toBe(3);
    expect(small.acknowledged.size).toBe(sends.length);
  }
});

it('refuses settings by which followers of a quiet partition fall out of sync', () => {
  expect(() => smallCluster({ sends: [], cluster: { fetchWaitMax: ms(20) } })).toThrow('must be less than lagMax');
});

it('deletes what a topic does not keep, on every replica by itself, and a follower that comes late begins where the log does', () => {
  const sends = Array.from({ length: 60 }, (_, i) => i * 1000);
  const log = { ...KEEP_ALL, segmentBytes: 1000, segmentTime: Infinity, retentionBytes: 3000 };
  const small = smallCluster({
    sends,
    topic: { log },
    cluster: { heartbeatInterval: ms(200), sessionTimeout: ms(600) },
  });
  const { sim, cluster } = small;
  sim.scheduleAt(ms(100), () => cluster.brokers[2].kill(ms(305_000)), undefined);
  sim.runUntil(ms(310_000));
  const logs = cluster.brokers.map((broker) => broker.replica('t-0')!.log);
  expect(logs[0].endOffset).toBe(60);
  expect(logs[0].startOffset).toBeGreaterThan(20);
  expect(logs[0].bytes).toBeGreaterThanOrEqual(3000);
  for (const { startOffset, endOffset } of logs) expect([startOffset, endOffset]).toEqual([logs[0].startOffset, 60]);
  expect(small.violations()).toEqual([]);
});

it('with acks=0 what a leader takes that has been replaced and does not know it is lost', () => {
  const small = smallCluster({ sends: [1, 70, 71], producer: { acks: '0', isIdempotent: false } });
  const { sim, cluster } = small;
  // Cut off from the cluster, and not from its clients: another leads from 40 ms at the latest.
  sim.scheduleAt(ms(5), () => cluster.brokers[0].isolate(ms(100), false), undefined);
  sim.runUntil(ms(400));
  expect(small.log()).toEqual([0]);
  expect(small.acknowledged.size).toBe(3);
  expect(cluster.book.totals.lost).toBe(2);
  expect(cluster.book.records.map(({ loss }) => loss)).toEqual([undefined, 'deposed-leader', 'deposed-leader']);
});

it('a broker that is killed again while it is down is up at the latest of the ends', () => {
  const { sim, cluster } = smallCluster({ sends: [] });
  const [broker] = cluster.brokers;
  for (const [at, downtime] of [
    [200, 100],
    [210, 300],
    [220, 50],
  ])
    sim.scheduleAt(ms(at), () => broker.kill(ms(downtime)), undefined);
  sim.runUntil(ms(509));
  expect(broker.isUp).toBe(false);
  sim.runUntil(ms(511));
  expect(broker.isUp).toBe(true);
  // Whoever starts it by hand ends its downtime: what was planned before is of no account to the next.
  sim.scheduleAt(ms(600), () => broker.kill(ms(100)), undefined);
  sim.scheduleAt(ms(610), () => broker.restart(), undefined);
  sim.scheduleAt(ms(620), () => broker.kill(ms(200)), undefined);
  sim.runUntil(ms(819));
  expect(broker.isUp).toBe(false);
  sim.runUntil(ms(821));
  expect(broker.isUp).toBe(true);
});

it('keeps less from the moment at which a topic is configured to', () => {
  const small = smallCluster({
    sends: Array.from({ length: 60 }, (_, i) => i * 10_000),
    cluster: { heartbeatInterval: ms(200), sessionTimeout: ms(600) },
  });
  const { sim, cluster } = small;
  let deleted = 0;
  sim.facts.channel(recordsDeleted).listen(({ records }) => (deleted += records));
  sim.scheduleAt(
    ms(400_000),
    () => cluster.controllers.interventions.retention.apply([100, 20, -1, 1e9, 0]),
    undefined,
  );
  sim.runUntil(ms(399_000));
  const logs = cluster.brokers.map((broker) => broker.replica('t-0')!.log);
  expect(logs.map(({ segmentCount, startOffset }) => [segmentCount, startOffset])).toEqual(logs.map(() => [1, 0]));
  // Segments of three records from then on; the look at 600 s finds those whose last one is older than 500 s.
  sim.runUntil(ms(600_001));
  for (const { segmentCount, startOffset, endOffset } of logs) {
    expect(segmentCount).toBeGreaterThan(2);
    expect([startOffset, endOffset]).toEqual([logs[0].startOffset, 60]);
    expect(startOffset).toBeGreaterThan(40);
    expect(startOffset).toBeLessThanOrEqual(51);
  }
  // What is counted is what the leader has deleted, once for three replicas.
  expect(deleted).toBe(logs[0].startOffset);
  expect(small.violations()).toEqual([]);
});

it('keeps no more bytes than a topic is configured to while it runs', () => {
  const small = smallCluster({
    sends: Array.from({ length: 60 }, (_, i) => i * 1000),
    cluster: { heartbeatInterval: ms(200), sessionTimeout: ms(600) },
  });
  const { sim, cluster } = small;
  const { retention } = cluster.controllers.interventions;
  sim.scheduleAt(ms(5000), () => retention.apply([1e6, 1e6, 3000, 1000, 0]), undefined);
  sim.runUntil(ms(310_000));
  for (const { segmentCount, startOffset, endOffset, bytes } of cluster.brokers.map(
    (broker) => broker.replica('t-0')!.log,
  )) {
    expect(segmentCount).toBeGreaterThan(2);
    expect(startOffset).toBeGreaterThan(0);
    expect(endOffset).toBe(60);
    // The oldest segment goes while the others have so many, and has no more than a segment may.
    expect(bytes).toBeGreaterThanOrEqual(3000);
    expect(bytes).toBeLessThan(4000);
  }
  retention.apply([1e6, 1e6, -1, 1000, 0]);
  expect(cluster.topics[0].log.retentionBytes).toBe(Infinity);
  expect(small.violations()).toEqual([]);
});

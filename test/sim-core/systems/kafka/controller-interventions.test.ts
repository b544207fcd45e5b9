/** What the controllers' interventions on topics do to writes and elections: in every topic, or in the one that is named. */
import { describe, expect, it } from 'vitest';
import { ms, SMALL_TOPIC, smallCluster, type SmallCluster, type SmallOptions } from './small-cluster.ts';

/** Two topics; the producer writes to the first. */
const twoTopics = (options: SmallOptions, minInSync: number): SmallCluster => {
  const topics = ['t', 'u'].map((name) => ({ ...SMALL_TOPIC, name, partitions: 1, minInSync }));
  return smallCluster({ ...options, cluster: { ...options.cluster, topics } });
};

const leaderOf = ({ cluster }: SmallCluster, partition: string): string | undefined =>
  cluster.metadata.partitions.get(partition)!.leader;

const intervene = ({ sim, cluster }: SmallCluster, name: string, values: readonly number[]): void =>
  sim.inject(() => cluster.controllers.interventions[name].apply(values), 0);

describe('min-in-sync', () => {
  /** Records that are in the log for their sender while two of three are in sync. */
  function taken(topic: number): number {
    const small = twoTopics({ sends: [100, 101] }, 2);
    small.sim.runUntil(ms(20));
    small.cluster.brokers.find(({ name }) => name !== leaderOf(small, 't-0'))!.isolate(ms(400), false);
    small.sim.runUntil(ms(90));
    expect(small.cluster.metadata.partitions.get('t-0')!.inSync).toHaveLength(2);
    intervene(small, 'min-in-sync', [3, topic]);
    small.sim.runUntil(ms(300));
    return small.acknowledged.size;
  }

  it.each([
    ['every topic', 0, 0],
    ['the topic that is written to', 1, 0],
    ['another', 2, 2],
  ])('of %s: writes wait for so many', (_which, topic, expected) => {
    expect(taken(topic)).toBe(expected);
  });
});

const OF_TOPICS = [
  ['every topic', 0, true],
  ['the topic that is written to', 1, true],
  ['another', 2, false],
] as const;

describe('retention', () => {
  /** Where the log begins of sixty records, ten seconds apart, when segments of three are kept for 100 s. */
  function kept(topic: number): readonly number[] {
    const cluster = { heartbeatInterval: ms(200), sessionTimeout: ms(600) };
    const small = twoTopics({ sends: Array.from({ length: 60 }, (_, i) => i * 10_000), cluster }, 1);
    small.sim.runUntil(ms(400_000));
    intervene(small, 'retention', [100, 20, -1, 1e9, topic]);
    small.sim.runUntil(ms(600_001));
    expect(small.violations()).toEqual([]);
    return small.cluster.brokers.map((broker) => broker.replica('t-0')!.log.startOffset);
  }

  it.each(OF_TOPICS)('of %s: its old segments go', (_which, topic, goes) => {
    expect(kept(topic).map((start) => start > 40)).toEqual([goes, goes, goes]);
  });
});

describe('cleanup', () => {
  /** Records without a key that were refused, of ten that were sent before and of ten after the topic was to be compacted. */
  function refused(topic: number): number {
    const sends = Array.from({ length: 20 }, (_, i) => i * 100);
    const small = twoTopics({ sends, producer: { isKeyed: false } }, 1);
    small.sim.runUntil(ms(950));
    intervene(small, 'cleanup', [1, 10, 60, 0.5, topic]);
    small.sim.runUntil(ms(3000));
    return small.refused.size;
  }

  it.each(OF_TOPICS)('of %s: compacted, it takes no record without a key', (_which, topic, refuses) => {
    expect(refused(topic)).toBe(refuses ? 10 : 0);
  });
});

describe('unclean', () => {
  /** Which of two partitions have a leader when the last in sync of both has died. */
  function led(values: readonly number[]): boolean[] {
    const small = twoTopics({ sends: [] }, 1);
    small.sim.runUntil(ms(20));
    const [last, ...others] = small.cluster.brokers;
    for (const broker of others) broker.kill(ms(60));
    small.sim.runUntil(ms(70));
    for (const partition of ['t-0', 'u-0']) expect(leaderOf(small, partition)).toBe(last.name);
    small.sim.inject(() => last.kill(ms(2000)), 0);
    small.sim.runUntil(ms(300));
    expect(['t-0', 'u-0'].map((partition) => leaderOf(small, partition))).toEqual([undefined, undefined]);
    intervene(small, 'unclean', values);
    small.sim.runUntil(ms(400));
    expect(small.violations()).toEqual([]);
    return ['t-0', 'u-0'].map((partition) => leaderOf(small, partition) !== undefined);
  }

  it.each([
    ['every topic', [1, 0], [true, true]],
    ['the first', [1, 1], [true, false]],
    ['the second', [1, 2], [false, true]],
    ['none', [0, 0], [false, false]],
  ])('in %s: a replica that is not in sync is elected there', (_which, values, expected) => {
    expect(led(values)).toEqual(expected);
  });
});

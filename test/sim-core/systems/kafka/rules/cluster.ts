/** What brokers, their controllers and a producer answer to Kafka’s rules. */
import { expect } from 'vitest';
import { FollowerProgress } from '../../../../../sim-core/messaging/log/in-sync.ts';
import { ProducerStates } from '../../../../../sim-core/messaging/log/producer-states.ts';
import { ms, smallCluster, type SmallCluster } from '../small-cluster.ts';
import { processed, smallGroup } from '../small-group.ts';

const leaderName = ({ cluster }: SmallCluster): string | undefined => cluster.metadata.partitions.get('t-0')!.leader;
const inSyncOf = ({ cluster }: SmallCluster): number => cluster.metadata.partitions.get('t-0')!.inSync.length;

/** One in sync is left, the leader, which dies for a while; what it took alone is 19 records. */
function lastInSyncDies(isUncleanElectionAllowed: boolean): SmallCluster {
  const sends = Array.from({ length: 20 }, (_, i) => 10 + 5 * i);
  const small = smallCluster({ sends, topic: { minInSync: 1, isUncleanElectionAllowed } });
  small.sim.runUntil(ms(12));
  const leader = small.cluster.brokers.find(({ name }) => name === leaderName(small))!;
  for (const broker of small.cluster.brokers) if (broker !== leader) broker.isolate(ms(110), true);
  small.sim.scheduleAt(ms(115), () => leader.kill(ms(300)), undefined);
  return small;
}

export const CLUSTER_RULES: Readonly<Record<string, () => void>> = {
  visibility() {
    // One in sync, two asked for: the record is in the log and above the watermark, and no consumer is given it.
    // Its session outlasts that, whoever coordinates the group.
    const small = smallGroup('range', { sessionTimeout: ms(200) }, [30], { partitions: 1 });
    small.group.scale(1);
    small.sim.runUntil(ms(20));
    const others = small.cluster.brokers.filter(({ name }) => name !== leaderName(small));
    for (const broker of others) broker.isolate(ms(60), false);
    const below = (): number[] => small.cluster.brokers.map((broker) => broker.replica('t-0')!.highWatermark);
    small.sim.runUntil(ms(80));
    expect([small.log(), processed(small), below()]).toEqual([[0], [0], [0, 0, 0]]);
    small.sim.runUntil(ms(200));
    // Followers hear of the watermark by the answer to a fetch.
    expect([processed(small), below()]).toEqual([[1], [1, 1, 1]]);
    // Committed only: below the last stable offset.
    const states = new ProducerStates();
    states.append({ id: 1, epoch: 0, sequence: 0, isTransactional: true }, 2, 3);
    expect([states.lastStable(9), states.lastStable(2)]).toEqual([3, 2]);
  },

  isr_shrink() {
    const LAG = 30_000;
    const follower = new FollowerProgress(true, 0, 0);
    follower.fetched(0, 100, 10_000);
    // Any number of records behind: by this fetch it has what the leader had at the one before.
    follower.fetched(100, 1_000_000, 20_000);
    expect([40_000, 40_001].map((now) => follower.isCaughtUp(1_000_000, now, LAG))).toEqual([true, false]);
    expect(follower.isCaughtUp(100, 1e9, LAG)).toBe(true);
    // Looked at every half of the limit of 20 ms: it falls out after 20 to 30.
    const small = smallCluster({ sends: Array.from({ length: 100 }, (_, i) => 5 + i) });
    small.sim.runUntil(ms(40));
    const [victim] = small.cluster.brokers.filter(({ name }) => name !== leaderName(small));
    victim.isolate(ms(60), false);
    small.sim.runUntil(ms(59));
    expect(inSyncOf(small)).toBe(3);
    small.sim.runUntil(ms(40 + 30 + 2));
    expect(inSyncOf(small)).toBe(2);
  },

  unclean_leader_election() {
    const [clean, unclean] = [false, true].map(lastInSyncDies);
    for (const small of [clean, unclean]) small.sim.runUntil(ms(300));
    expect([leaderName(clean) === undefined, leaderName(unclean) === undefined]).toEqual([true, false]);
    for (const small of [clean, unclean]) small.sim.runUntil(ms(1500));
    const lost = (small: SmallCluster): number => {
      const log = small.log();
      return [...small.acknowledged].filter((number) => !log.includes(number)).length;
    };
    expect([lost(clean), lost(unclean) > 0]).toEqual([0, true]);
    // Who comes back truncates: all replicas are the same in the end.
    const ends = unclean.cluster.brokers.map((broker) => broker.replica('t-0')!.log.endOffset);
    expect(new Set(ends).size).toBe(1);
  },

  linger_batch() {
    // Of six keys those of one partition of two, on one broker.
    const answered = (sends: readonly number[], producer: object, until: number): number => {
      const cluster = { brokers: 1, groups: { names: [], replicationFactor: 1 } };
      const topic = { partitions: 2, replicationFactor: 1, minInSync: 1 };
      const small = smallCluster({ sends, topic, cluster, producer: { linger: ms(20), ...producer } });
      small.sim.runUntil(ms(until));
      return small.acknowledged.size;
    };
    expect([answered([10], {}, 29), answered([10], {}, 33)]).toEqual([0, 1]);
    // Full at two records of 100 bytes: nobody lingers. Keys 0 … 5 are in both partitions.
    expect(answered([10, 10, 10, 10, 10, 10], { batchSize: 300 }, 14)).toBeGreaterThanOrEqual(4);
    // Those of the other partition that came later leave with the first, at 30 ms, before they have lingered themselves.
    expect(answered([10, 25, 25, 25, 25, 25], {}, 33)).toBe(6);
    // The memory is exhausted.
    expect(answered([10, 10], { bufferMemory: 1000 }, 14)).toBeGreaterThanOrEqual(1);
  },
};

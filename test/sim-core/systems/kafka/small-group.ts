/** A group of up to four consumers of the small cluster's topic, of five partitions. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { ConsumerGroup, type ConsumerGroupOptions } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import { ms, SMALL_GROUP, smallCluster, type SmallCluster, type SmallOptions } from './small-cluster.ts';

export type AssignorName = keyof typeof assignors;

export interface SmallGroup extends SmallCluster {
  readonly group: ConsumerGroup;
}

export const SENDS = Array.from({ length: 120 }, (_, i) => 5 + i * 4);

export function smallGroup(
  assignor: AssignorName,
  options: Partial<ConsumerGroupOptions> = {},
  sends: readonly number[] = SENDS,
  topic: SmallOptions['topic'] = { partitions: 5 },
  cluster: SmallOptions['cluster'] = {},
): SmallGroup {
  const small = smallCluster({ sends, topic, cluster });
  const group = new ConsumerGroup(small.sim, small.cluster, {
    ...SMALL_GROUP,
    topics: [small.cluster.topics[0]],
    consumers: 4,
    assignor: assignors[assignor],
    pollRecords: 5,
    delay: constant(ms(0.3)),
    ...options,
  });
  return { ...small, group };
}

/** How often each record that was sent has been processed. */
export const processed = ({ cluster }: SmallCluster): number[] =>
  cluster.book.records.map((record) => record.processed);

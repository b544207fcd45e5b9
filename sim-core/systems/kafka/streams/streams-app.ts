/** What all threads of a Kafka Streams application share: its topology, its topics, and its settings by the names that they have here. */
import type { Duration } from '../../../kernel/time.ts';
import type { Topology } from '../../../messaging/streams/topology.ts';
import type { TopicOptions } from '../topic.ts';

/** `processing.guarantee`. */
export type Guarantee = 'at-least-once' | 'exactly-once';

export interface StreamsApp {
  /** `application.id`: its group, and the beginning of its changelogs' names. */
  readonly id: string;
  readonly topology: Topology;
  readonly guarantee: Guarantee;
  /** `commit.interval.ms`: 30 s by default, and 100 ms where it is exactly once. */
  readonly commitInterval: Duration;
  /**
   * Records of a task's changelogs after which a commit writes a checkpoint: 10,000 (`OFFSET_DELTA_THRESHOLD_FOR_CHECKPOINT`) in
   * StateManagerUtil of apache/kafka.
   */
  readonly checkpointDelta: number;
  /**
   * `num.standby.replicas`: 0 by default. So many of the other threads have a standby of each task: which ones is said with the
   * assignment (`standby-assignor.ts`), and an assignor that looks at what members own gives the task to one of them when its thread is gone.
   */
  readonly standbyReplicas: number;
  /** Bytes of a record that it writes. */
  readonly recordBytes: number;
}

export const changelogOf = (app: string, store: string): string => `${app}-${store}-changelog`;

/** The changelogs of an application whose tasks are so many: compacted, as Kafka Streams makes them. */
export function changelogTopics(
  { id, topology }: Pick<StreamsApp, 'id' | 'topology'>,
  like: Omit<TopicOptions, 'name'>,
): TopicOptions[] {
  return topology.stores.map((store) => ({
    ...like,
    name: changelogOf(id, store),
    log: { ...like.log, cleanupPolicy: 'compact' },
  }));
}

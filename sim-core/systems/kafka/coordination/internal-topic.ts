/**
 * The topics in which coordinators keep what they know: compacted, each name in one partition, whose leader coordinates
 * what goes by that name. Partitions that keep nothing are left out; the others are where they would be among them.
 */
import { partitionOfName } from '../../../messaging/log/partition-of-name.ts';
import { KEEP_ALL } from '../../../messaging/log/partition-log.ts';
import { Topic } from '../topic.ts';

export interface InternalTopicSettings {
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInSync: number;
}

/** `offsets.topic.segment.bytes` and `transaction.state.log.segment.bytes`, as they are by default. */
const SEGMENT_BYTES = 104_857_600;

export function internalTopic(name: string, keys: readonly string[], settings: InternalTopicSettings): Topic {
  const used = new Set(keys.map((key) => partitionOfName(key, settings.partitions)));
  return new Topic({
    name,
    ...settings,
    only: [...used].sort((a, b) => a - b),
    isUncleanElectionAllowed: false,
    log: { ...KEEP_ALL, cleanupPolicy: 'compact', segmentBytes: SEGMENT_BYTES },
  });
}

export const partitionKeeping = (topic: string, key: string, partitions: number): string =>
  `${topic}-${partitionOfName(key, partitions)}`;

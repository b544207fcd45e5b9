/** How a group's partitions are shared out among its members: the interface, and what all assignors need. */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** Of a stream processor: not the task itself is meant, but a standby of it. */
  readonly isStandby?: true;
}

export interface Member {
  readonly id: string;
  /** `group.instance.id`: a static member has one, and keeps its place by it. */
  readonly instance?: string;
  readonly topics: readonly string[];
  /** What it says it owns, and since which generation of the group. */
  readonly owned: readonly TopicPartition[];
  readonly generation: number;
  /** Of a stream processor: by task what it has of the stores, as the sum of offsets in changelogs (SubscriptionInfo of apache/kafka). */
  readonly offsetSums?: ReadonlyMap<number, number>;
}

/** By member's id. */
export type Assignment = ReadonlyMap<string, readonly TopicPartition[]>;

/** Partitions by topic. */
export type TopicSizes = ReadonlyMap<string, number>;

export interface Assignor {
  readonly name: string;
  /**
   * `eager`: members give up everything before they join. `cooperative`: they keep what they have, and give up only what
   * goes to somebody else.
   */
  readonly protocol: 'eager' | 'cooperative';
  assign(topics: TopicSizes, members: readonly Member[]): Assignment;
}

export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;

/** Static members first, by instance; then the others, by id. Ids compare as strings: `c10` comes before `c2`. */
export function sortedMembers(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => {
    if (a.instance !== undefined && b.instance !== undefined) return compare(a.instance, b.instance);
    if (a.instance !== undefined) return -1;
    if (b.instance !== undefined) return 1;
    return compare(a.id, b.id);
  });
}

/** Partitions of the topics that somebody subscribes to, by topic and number. */
export function subscribedPartitions(topics: TopicSizes, members: readonly Member[]): TopicPartition[] {
  const names = [...topics.keys()].filter((topic) => members.some((member) => member.topics.includes(topic)));
  return names
    .sort(compare)
    .flatMap((topic) => Array.from({ length: topics.get(topic)! }, (_, partition) => ({ topic, partition })));
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

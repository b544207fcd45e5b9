/**
 * Range: topic by topic, each member a run of consecutive partitions, the first members one more. Partitions of equal
 * number of several topics meet in one member; with many small topics the first members get everything.
 */
import { sortedMembers, type Assignor, type TopicPartition } from './assignor.ts';

export const range: Assignor = {
  name: 'range',
  protocol: 'eager',
  assign(topics, members) {
    const sorted = sortedMembers(members);
    const assignment = new Map<string, TopicPartition[]>(sorted.map(({ id }) => [id, []]));
    for (const [topic, partitions] of topics) {
      const subscribed = sorted.filter((member) => member.topics.includes(topic));
      const each = Math.floor(partitions / subscribed.length);
      const more = partitions % subscribed.length;
      let next = 0;
      subscribed.forEach(({ id }, index) => {
        for (const end = next + each + (index < more ? 1 : 0); next < end; next++) {
          assignment.get(id)!.push({ topic, partition: next });
        }
      });
    }
    return assignment;
  },
};

/** Round-robin: all partitions of all topics in turn to the members that subscribe to them. */
import { sortedMembers, subscribedPartitions, type Assignor, type TopicPartition } from './assignor.ts';

export const roundRobinAssignor: Assignor = {
  name: 'roundrobin',
  protocol: 'eager',
  assign(topics, members) {
    const sorted = sortedMembers(members);
    const assignment = new Map<string, TopicPartition[]>(sorted.map(({ id }) => [id, []]));
    let turn = 0;
    for (const place of subscribedPartitions(topics, members)) {
      while (!sorted[turn % sorted.length].topics.includes(place.topic)) turn++;
      assignment.get(sorted[turn++ % sorted.length].id)!.push(place);
    }
    return assignment;
  },
};

/**
 * Tasks are shared out, not partitions: records of one key are in partitions of the same number of each topic that a topology reads,
 * and a task has all partitions of its number (StreamsPartitionAssignor of apache/kafka, which wants as many in each topic). Who
 * has which task, and which standby of one, is for another assignor to say.
 */
import type { Assignor, Member, TopicPartition } from '../groups/assignor.ts';

export function byTask(tasks: Assignor, app: string): Assignor {
  return {
    name: tasks.name,
    protocol: tasks.protocol,
    assign(topics, members) {
      const [[first, count], ...others] = topics;
      for (const [topic, partitions] of others) {
        if (partitions === count) continue;
        throw new RangeError(`${app}: ${topic} has ${partitions} partitions; it must have ${count}, as ${first} has`);
      }
      const isOfFirst = ({ topic }: TopicPartition): boolean => topic === first;
      const ofTasks = members.map((member): Member => {
        return { ...member, topics: [first], owned: member.owned.filter(isOfFirst) };
      });
      const assignment = tasks.assign(new Map([[first, count]]), ofTasks);
      return new Map(
        [...assignment].map(([member, numbers]) => [
          member,
          [...topics.keys()].flatMap((topic) => numbers.map((place) => ({ ...place, topic }))),
        ]),
      );
    },
  };
}

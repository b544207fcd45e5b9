/** The partitions that tasks write to, by topic: the partition of a key by its hash, as any producer finds it. */
import { partitionOf } from '../../../messaging/log/partitioner.ts';
import type { RecordKey } from '../../../messaging/streams/stream-record.ts';
import type { Topic } from '../topic.ts';

export class Destinations {
  /** All partitions of all the topics, for the producer that writes to them. */
  readonly all: Pick<Topic, 'name' | 'partitions'>;
  private readonly topics: ReadonlyMap<string, Topic>;
  private readonly known = new Map<string, Map<RecordKey, string>>();

  constructor(topics: readonly Topic[]) {
    this.topics = new Map(topics.map((topic) => [topic.name, topic]));
    this.all = {
      name: topics.map(({ name }) => name).join(', '),
      partitions: topics.flatMap(({ partitions }) => partitions),
    };
  }

  /** A record without a key goes to the first partition, always: a real producer spreads such over all of them. */
  of(topic: string, key: RecordKey | undefined): string {
    if (key === undefined) return this.partitionsOf(topic)[0];
    let known = this.known.get(topic);
    if (known === undefined) this.known.set(topic, (known = new Map()));
    let partition = known.get(key);
    if (partition === undefined) {
      const partitions = this.partitionsOf(topic);
      partition = partitions[partitionOf(key, partitions.length)];
      known.set(key, partition);
    }
    return partition;
  }

  private partitionsOf(topic: string): readonly string[] {
    const found = this.topics.get(topic);
    if (found !== undefined) return found.partitions;
    throw new RangeError(`nothing can be written to ${topic}: it must be one of ${this.all.name}`);
  }
}

/** What group coordinators keep of each group in the partitions of `__consumer_offsets`. */
import { days, minutes, type Duration, type Time } from '../../../kernel/time.ts';
import type { GroupImage } from '../../../messaging/groups/group.ts';
import { internalTopic, partitionKeeping, type InternalTopicSettings } from '../coordination/internal-topic.ts';
import { SentRecord } from '../record-book.ts';
import type { Topic } from '../topic.ts';
import type { KnownGroup } from './coordinated-group.ts';

const NAME = '__consumer_offsets';
/** Of a record and, with a header, of its batch; of a member in a group's record: about. */
const RECORD_BYTES = 100;
const HEADER_BYTES = 61;
const MEMBER_BYTES = 200;

/** `offsets.topic.num.partitions`, `offsets.topic.replication.factor`, and `min.insync.replicas` as the brokers have it. */
export interface OffsetsTopicSettings extends InternalTopicSettings {
  /** Groups that there will be. */
  readonly names: readonly string[];
  /** `offsets.retention.minutes`: how long the offsets of a group are kept that has no member. */
  readonly retention: Duration;
  /** `offsets.retention.check.interval.ms`. */
  readonly retentionCheck: Duration;
}

/** Kafka's defaults. */
export const OFFSETS = {
  partitions: 50,
  replicationFactor: 3,
  minInSync: 1,
  retention: days(7),
  retentionCheck: minutes(10),
} satisfies Partial<OffsetsTopicSettings>;

/** The settings, and the groups by name. */
export interface GroupsKept {
  readonly settings: OffsetsTopicSettings;
  readonly groups: ReadonlyMap<string, KnownGroup>;
}

/** How far a group is in a partition, or that this is not kept any more: nobody's message, and no reader is given it. */
export class OffsetRecord extends SentRecord {
  readonly group: string;
  readonly partition: string;
  readonly offset: number | undefined;
  override readonly isTombstone: boolean;

  constructor(group: string, partition: string, offset: number | undefined, request: number) {
    super(request, `offset ${group} ${partition}`, RECORD_BYTES, 0, 0);
    this.group = group;
    this.partition = partition;
    this.offset = offset;
    this.isTombstone = offset === undefined;
  }
}

/** Who is in a group since when, and what each was assigned. */
export class GroupRecord extends SentRecord {
  readonly group: string;
  readonly image: GroupImage;

  constructor(group: string, image: GroupImage, now: Time, request: number) {
    super(request, `group ${group}`, RECORD_BYTES + MEMBER_BYTES * image.members.length, now, 0);
    this.group = group;
    this.image = image;
  }
}

export const bytesOf = (records: readonly SentRecord[]): number =>
  records.reduce((sum, { bytes }) => sum + bytes, HEADER_BYTES);

/** The partition that keeps a group: its leader is the group's coordinator. */
export const offsetsPartition = (group: string, partitions: number): string =>
  partitionKeeping(NAME, group, partitions);

export const isOffsetsPartition = (partition: string): boolean => partition.startsWith(`${NAME}-`);

export const offsetsTopic = (settings: OffsetsTopicSettings): Topic => internalTopic(NAME, settings.names, settings);

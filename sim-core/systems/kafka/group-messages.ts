/** What consumers and their group's coordinator say to each other. */
import type { Assignment, Member, TopicPartition } from '../../messaging/groups/assignor.ts';
import type { GroupError, Joined } from '../../messaging/groups/group.ts';

export type GroupQuery =
  | { readonly kind: 'join'; readonly subscription: Member }
  | {
      readonly kind: 'sync';
      readonly member: string;
      readonly generation: number;
      readonly assignment: Assignment | undefined;
    }
  | { readonly kind: 'heartbeat'; readonly member: string; readonly generation: number }
  | { readonly kind: 'leave'; readonly member: string }
  | {
      readonly kind: 'commit';
      readonly member: string;
      readonly generation: number;
      /** By partition: the offset of the next record to be processed. */
      readonly offsets: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'committed'; readonly partitions: readonly string[] };

export type GroupReply =
  | Joined
  | readonly TopicPartition[]
  | GroupError
  | 'ok'
  /** Committed offsets by partition; 0 where there is none. */
  | ReadonlyMap<string, number>;

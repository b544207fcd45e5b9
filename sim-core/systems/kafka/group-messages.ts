/** What consumers and their group's coordinator say to each other. */
import type { Assignment, Member, TopicPartition } from '../../messaging/groups/assignor.ts';
import type { GroupError, Joined } from '../../messaging/groups/group.ts';
import type { Marker } from '../../messaging/log/record-batch.ts';
import type { ProducerIdentity } from '../../messaging/transactions/transaction.ts';

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
  | {
      /** As `commit`, in a transaction: it counts when this is committed. */
      readonly kind: 'transactional-commit';
      readonly member: string;
      readonly generation: number;
      readonly producer: ProducerIdentity;
      readonly offsets: ReadonlyMap<string, number>;
    }
  /** The transaction is decided. */
  | { readonly kind: 'marker'; readonly producer: ProducerIdentity; readonly marker: Marker }
  | { readonly kind: 'committed'; readonly partitions: readonly string[] };

export type GroupReply =
  | Joined
  | readonly TopicPartition[]
  | GroupError
  | 'ok'
  | 'invalid-producer-epoch'
  /** A transaction that is not decided has offsets of these partitions: ask again (KIP-447). */
  | 'unstable-offset-commit'
  /** Committed offsets by partition; 0 where there is none. */
  | ReadonlyMap<string, number>;

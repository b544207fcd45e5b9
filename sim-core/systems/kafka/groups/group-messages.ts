/** What consumers and their group's coordinator, the leader of the partition that keeps the group, say to each other. */
import type { Assignment, Member, TopicPartition } from '../../../messaging/groups/assignor.ts';
import type { GroupError, Joined } from '../../../messaging/groups/group.ts';
import type { CoordinatorError } from '../coordination/coordinator-errors.ts';
import type { ProducerIdentity } from '../../../messaging/transactions/transaction.ts';

interface OfGroup {
  readonly group: string;
}

interface OfMember extends OfGroup {
  readonly member: string;
  readonly generation: number;
}

export type GroupQuery =
  | (OfGroup & { readonly kind: 'join'; readonly subscription: Member })
  | (OfMember & { readonly kind: 'sync'; readonly assignment: Assignment | undefined })
  | (OfMember & { readonly kind: 'heartbeat' })
  | (OfGroup & { readonly kind: 'leave'; readonly member: string })
  /** By partition: the offset of the next record to be processed. */
  | (OfMember & { readonly kind: 'commit'; readonly offsets: ReadonlyMap<string, number> })
  /** As `commit`, in a transaction: it counts when this is committed. */
  | (OfMember & {
      readonly kind: 'transactional-commit';
      readonly producer: ProducerIdentity;
      readonly offsets: ReadonlyMap<string, number>;
    })
  | (OfGroup & { readonly kind: 'committed'; readonly partitions: readonly string[] });

export type GroupReply =
  | Joined
  | readonly TopicPartition[]
  | GroupError
  | CoordinatorError
  | 'ok'
  | 'invalid-producer-epoch'
  /** A transaction that is not decided has offsets of these partitions: ask again (KIP-447). */
  | 'unstable-offset-commit'
  /** Committed offsets by partition; 0 where there is none. */
  | ReadonlyMap<string, number>;

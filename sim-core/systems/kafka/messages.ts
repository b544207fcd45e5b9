/** What brokers, controllers and clients say to each other: the part of Kafka's protocol that is modelled. */
import type { Acks } from '../../messaging/log/in-sync.ts';
import type { ProduceError as LeaderError } from '../../messaging/log/partition-leader.ts';
import type { EndedTransaction } from '../../messaging/log/producer-states.ts';
import type { BatchDraft, Marker, RecordBatch } from '../../messaging/log/record-batch.ts';
import type { ProducerIdentity, TransactionError } from '../../messaging/transactions/transaction.ts';
import type { Duration } from '../../kernel/time.ts';
import type { CoordinatorError } from './coordination/coordinator-errors.ts';
import type { GroupQuery, GroupReply } from './groups/group-messages.ts';
import type { SentRecord } from './record-book.ts';
import type { Metadata, PartitionState } from './topic.ts';

export type Draft = BatchDraft<SentRecord>;
export type Batch = RecordBatch<SentRecord>;

export interface ProduceQuery {
  readonly kind: 'produce';
  readonly acks: Acks;
  readonly batches: readonly { readonly partition: string; readonly draft: Draft }[];
}

/** A transaction coordinator has markers written to the partitions that a broker leads. */
export interface MarkersQuery {
  readonly kind: 'markers';
  readonly marker: Marker;
  readonly producer: ProducerIdentity;
  readonly partitions: readonly string[];
}

/** A producer to the coordinator of its transactions: the leader of the partition that keeps its transactional id. */
export type TransactionQuery =
  | { readonly kind: 'init-producer'; readonly transaction: string; readonly timeout: Duration }
  | {
      readonly kind: 'add-to-transaction';
      readonly transaction: string;
      readonly producer: ProducerIdentity;
      readonly participants: readonly string[];
    }
  | {
      readonly kind: 'end-transaction';
      readonly transaction: string;
      readonly producer: ProducerIdentity;
      readonly marker: Marker;
    };

export type TransactionFailure = TransactionError | CoordinatorError;

export interface TransactionReply {
  readonly error?: TransactionFailure;
  /** Who it is from now on. */
  readonly producer?: ProducerIdentity;
}

export interface FetchPart {
  readonly partition: string;
  readonly offset: number;
  /** A follower says which leader it follows, and which one wrote its last batch. */
  readonly epoch?: number;
  readonly lastEpoch?: number;
}

export interface FetchQuery {
  readonly kind: 'fetch';
  /** The follower's name; consumers have none. */
  readonly replica?: string;
  readonly parts: readonly FetchPart[];
  /** How long the broker may wait for something to give. */
  readonly waitMax: Duration;
  /** Bytes of one partition, about. */
  readonly bytesMax: number;
  /** `isolation.level`: with `committed` nothing beyond the last stable offset is given. */
  readonly isolation?: IsolationLevel;
}

export type IsolationLevel = 'committed' | 'uncommitted';

export interface MetadataQuery {
  readonly kind: 'metadata';
}

/** The controllers tell a broker what they have decided. */
export interface MetadataUpdate {
  readonly kind: 'update';
  readonly metadata: Metadata;
  /** The life of the broker in which they have heard of it. */
  readonly life: number;
}

/** A consumer to the coordinator of its group. */
export interface GroupRequest {
  readonly kind: 'group';
  readonly query: GroupQuery;
}

export type BrokerQuery =
  | ProduceQuery
  | MarkersQuery
  | TransactionQuery
  | GroupRequest
  | FetchQuery
  | MetadataQuery
  | MetadataUpdate;

export type ProduceError = LeaderError | 'not-leader';

export interface ProduceResult {
  readonly partition: string;
  readonly error?: ProduceError;
  readonly firstOffset: number;
}

export interface FetchResult {
  readonly partition: string;
  /** Of the leader that answers; -1 if it does not lead. */
  readonly epoch: number;
  readonly error: 'not-leader' | 'offset-out-of-range' | undefined;
  /** The follower's log and the leader's part: the epoch up to which they agree, and where the leader's ends. */
  readonly diverging: { readonly epoch: number; readonly end: number } | undefined;
  readonly batches: readonly Batch[];
  /** Of what is given, transactions that were aborted. */
  readonly aborted: readonly EndedTransaction[];
  readonly highWatermark: number;
  readonly startOffset: number;
  readonly endOffset: number;
}

export type BrokerReply =
  | readonly ProduceResult[]
  | readonly FetchResult[]
  | TransactionReply
  | GroupReply
  | Metadata
  | undefined;

export interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly broker: string;
  /** Counts the lives of the broker. */
  readonly life: number;
}

/** A leader asks for another set of replicas in sync. */
export interface AlterPartition {
  readonly kind: 'alter';
  readonly broker: string;
  readonly partition: string;
  readonly epoch: number;
  readonly version: number;
  readonly inSync: readonly string[];
}

export type ControllerQuery = Heartbeat | AlterPartition;
/** The partition's state after the change, or undefined where it was refused. */
export type ControllerReply = PartitionState | undefined;

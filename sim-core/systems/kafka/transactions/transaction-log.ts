/** What transaction coordinators keep of each transactional id in the partitions of `__transaction_state`. */
import { SECOND, type Duration } from '../../../kernel/time.ts';
import type { Transaction } from '../../../messaging/transactions/transaction.ts';
import { internalTopic, partitionKeeping, type InternalTopicSettings } from '../coordination/internal-topic.ts';
import { SentRecord } from '../record-book.ts';
import type { Draft } from '../messages.ts';
import type { Topic } from '../topic.ts';

const NAME = '__transaction_state';
/** A record and its batch, about. */
const BYTES = 200;

/** `transaction.state.log.num.partitions`, `.replication.factor` and `.min.isr`; and what is not the topic's. */
export interface TransactionSettings extends InternalTopicSettings {
  /** Transactional ids that will be used. */
  readonly ids: readonly string[];
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms`: when it is looked for those whose time is over. */
  readonly timeoutCheck: Duration;
  /** Pause before markers are sent again to those who have not taken them. */
  readonly markerBackoff: Duration;
}

/** Kafka's defaults. */
export const TRANSACTIONS = {
  partitions: 50,
  replicationFactor: 3,
  minInSync: 2,
  timeoutCheck: 10 * SECOND,
  markerBackoff: SECOND / 10,
} satisfies Partial<TransactionSettings>;

/** The state of a transaction, as a record. It is nobody's message, and no reader is given it. */
export class TransactionRecord extends SentRecord {
  readonly transaction: Transaction;

  constructor(transaction: Transaction, request: number) {
    super(request, transaction.id, BYTES, 0, 0);
    this.transaction = transaction;
  }
}

export const draftOf = (transaction: Transaction, request: number): Draft => ({
  records: [new TransactionRecord(transaction, request)],
  bytes: BYTES,
});

/** The partition that keeps a transactional id: its leader is the id's coordinator. */
export const transactionPartition = (id: string, partitions: number): string => partitionKeeping(NAME, id, partitions);

export const isTransactionPartition = (partition: string): boolean => partition.startsWith(`${NAME}-`);

export const transactionTopic = (settings: TransactionSettings): Topic => internalTopic(NAME, settings.ids, settings);

/** What a producer is made of: Kafka's settings by the names that they have here. */
import type { Duration } from '../../kernel/time.ts';
import type { Acks } from '../../messaging/log/in-sync.ts';
import type { RecordBook } from './record-book.ts';
import type { Metadata, Topic } from './topic.ts';
import type { TransactionalOptions } from './transactions/producer-transactions.ts';

export interface ProducerOptions {
  readonly name: string;
  /** Where records go; the partitions of several topics, if each record says where to. */
  readonly topic: Pick<Topic, 'name' | 'partitions'>;
  /** What it knows of the cluster at the start. */
  readonly metadata: Metadata;
  readonly book: RecordBook;
  /** Bytes of a record. */
  readonly recordBytes: number;
  /** Whether records have the key that they were asked for by; without one they go where the others go. */
  readonly isKeyed: boolean;
  readonly acks: Acks;
  /** `enable.idempotence`. */
  readonly isIdempotent: boolean;
  readonly linger: Duration;
  readonly batchSize: number;
  readonly bufferMemory: number;
  /** `max.block.ms`: how long a caller waits for memory. */
  readonly maxBlock: Duration;
  /** `max.in.flight.requests.per.connection`. */
  readonly maxInFlight: number;
  readonly deliveryTimeout: Duration;
  /** `retry.backoff.ms` and `retry.backoff.max.ms`: the first pause, doubled each time up to the longest. */
  readonly retryBackoff: Duration;
  readonly retryBackoffMax: Duration;
  /** With a `transactional.id`: records are taken in transactions only. */
  readonly transactional?: TransactionalOptions;
}

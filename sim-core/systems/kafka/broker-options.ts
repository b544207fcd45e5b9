/** What a broker is made of: Kafka's settings by the names that they have here. */
import type { Duration } from '../../kernel/time.ts';
import type { GroupsKept } from './groups/offsets-log.ts';
import type { RecordBook } from './record-book.ts';
import type { Metadata, Topic } from './topic.ts';
import type { TransactionSettings } from './transactions/transaction-log.ts';

export interface BrokerOptions {
  readonly name: string;
  readonly topics: readonly Topic[];
  /** What the controllers say at the start. */
  readonly metadata: Metadata;
  readonly book: RecordBook;
  /** Time of the thread for a request, and for each byte of it, in nanoseconds. */
  readonly requestTime: Duration;
  readonly byteTime: number;
  /** `replica.lag.time.max.ms`. */
  readonly lagMax: Duration;
  /** `replica.fetch.wait.max.ms`: less than `lagMax`, or followers of a quiet partition fall out of sync. */
  readonly fetchWaitMax: Duration;
  /** `replica.fetch.backoff.ms`. */
  readonly fetchBackoff: Duration;
  /** `broker.heartbeat.interval.ms`. */
  readonly heartbeatInterval: Duration;
  /** `log.retention.check.interval.ms`; five minutes without it. */
  readonly retentionCheck?: Duration;
  /** `log.cleaner.backoff.ms`; fifteen seconds without it. */
  readonly cleanerBackoff?: Duration;
  /** Without it nobody coordinates transactions. */
  readonly transactions?: TransactionSettings | undefined;
  /** Without it nobody coordinates groups. */
  readonly groups?: GroupsKept | undefined;
}

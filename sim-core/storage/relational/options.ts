/** What a relational database is made of. */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Change, TableDefinition } from './rows.ts';

export interface RelationalOptions {
  readonly name: string;
  readonly tables: readonly TableDefinition[];
  /** Transactions that are open at once; an integer of at least 1. */
  readonly connections: number;
  /** Requests that may wait for a connection. */
  readonly queueMax: number;
  /** Processors that the requests share. */
  readonly cores: number;
  /** Processor time of one statement, in nanoseconds, and of each row that it looks at or writes. */
  readonly demand: Distribution;
  readonly rowTime: Duration;
  /** Processor time of each record of the log that is decoded for its reader. */
  readonly decodeTime: Duration;
  /** How long a flush of the log to disk takes. */
  readonly flushTime: Duration;
  readonly checkpointInterval: Duration;
  /** Time to redo a byte of the log, in nanoseconds, when it comes back after a crash. */
  readonly replayTimePerByte: number;
  /** The share of the sessions' commits that fail, 0 to 1. */
  readonly abortShare: number;
  /** Whether there is a slot for a logical reader of the log, for which the log is kept. */
  readonly hasSlot: boolean;
  /** Told of what each transaction changed as it becomes visible, in that order. */
  readonly onCommit?: (changes: readonly Change[]) => void;
}

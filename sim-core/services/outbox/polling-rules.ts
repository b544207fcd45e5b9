/**
 * How a polling relay finds what it has not published yet, in which order it takes it, and how it keeps account of that.
 *
 * - `as-printed`: `WHERE processed = false ORDER BY created_at`, which is what the handbook's table (2.7) has columns for. No index
 *   is printed either, so that every poll looks at every row that ever was. `created_at` is when a transaction began, and that is
 *   not the order in which transactions changed an aggregate.
 * - `mark`: the same by `position`, with an index on what is not processed. Who changes an aggregate has its row locked when it
 *   draws the position, so that within an aggregate positions are in the order of the commits.
 * - `delete`: rows are deleted instead of marked, and the table stays small.
 * - `position`: `WHERE position > last`. A position is drawn before the commit: a row whose transaction commits behind that of a
 *   higher position is skipped, for ever (https://event-driven.io/en/ordering_in_postgres_outbox/).
 * - `settled-position`: by transaction and position, and only rows of transactions below the oldest one that is open
 *   (`pg_snapshot_xmin`), behind whom nobody can come any more. A transaction has its number from its first write on. So within an
 *   aggregate this is the order of the commits only if the lock of its row is the first thing that a transaction writes: with
 *   an earlier write it has a lower number than one that had the row before it.
 */
import type { StoredRow } from '../../storage/relational/rows.ts';
import type { Statement } from '../../storage/relational/statements.ts';
import {
  deleteEvents,
  isProcessed,
  markEvents,
  positionOf,
  progressAt,
  selectEvents,
  writeProgress,
  type RelayProgress,
  type SelectStatement,
} from './outbox-table.ts';

export interface PollingRule {
  /** Its account is one position for all relays: what is behind that and not published is published by nobody. */
  readonly keepsPosition: boolean;
  /** The next rows behind what was published, at most so many. */
  select(progress: RelayProgress, limit: number): SelectStatement;
  /** Keeps account of rows that are published: at least one. */
  done(rows: readonly StoredRow[]): Statement;
}

const byPosition = (a: StoredRow, b: StoredRow): number => positionOf(a) - positionOf(b);
const byCreation = (a: StoredRow, b: StoredRow): number =>
  (a.row['createdAt'] as number) - (b.row['createdAt'] as number) || a.key - b.key;
const byTransaction = (a: StoredRow, b: StoredRow): number => a.writtenBy - b.writtenBy || byPosition(a, b);

const keysOf = (rows: readonly StoredRow[]): number[] => rows.map(({ key }) => key);
const isUnprocessed = ({ row }: StoredRow): boolean => !isProcessed(row);

export const pollingRules = {
  'as-printed': {
    keepsPosition: false,
    select: (_progress, limit) => selectEvents({ where: isUnprocessed, orderBy: byCreation, limit, isIndexed: false }),
    done: (rows) => markEvents(keysOf(rows)),
  },
  mark: {
    keepsPosition: false,
    select: (_progress, limit) => selectEvents({ where: isUnprocessed, orderBy: byPosition, limit, isIndexed: true }),
    done: (rows) => markEvents(keysOf(rows)),
  },
  delete: {
    keepsPosition: false,
    select: (_progress, limit) => selectEvents({ where: () => true, orderBy: byPosition, limit, isIndexed: true }),
    done: (rows) => deleteEvents(keysOf(rows)),
  },
  position: {
    keepsPosition: true,
    select: ({ position }, limit) =>
      selectEvents({ where: (row) => positionOf(row) > position, orderBy: byPosition, limit, isIndexed: true }),
    done: (rows) => writeProgress(progressAt(rows.at(-1)!)),
  },
  'settled-position': {
    keepsPosition: true,
    select: ({ transaction, position }, limit) =>
      selectEvents({
        where: (row, { oldestOpen }) =>
          row.writtenBy < oldestOpen &&
          (row.writtenBy > transaction || (row.writtenBy === transaction && positionOf(row) > position)),
        orderBy: byTransaction,
        limit,
        isIndexed: true,
      }),
    done: (rows) => writeProgress(progressAt(rows.at(-1)!)),
  },
} satisfies Readonly<Record<string, PollingRule>>;

export type PollingRuleName = keyof typeof pollingRules;

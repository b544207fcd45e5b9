/**
 * What a client says to a relational database. A request is one round trip: statements, and how the transaction ends if it
 * does. In a session they belong to its transaction, which the first of them begins; without one they are a transaction by
 * themselves (autocommit).
 */
import type { Row, StoredRow } from './rows.ts';

/** What a statement can know of the transactions that are open as it runs. */
export interface Snapshot {
  /** The lowest number of a transaction that has not ended, as `pg_snapshot_xmin(pg_current_snapshot())`. */
  readonly oldestOpen: number;
}

export type Statement =
  | { readonly do: 'insert'; readonly table: string; readonly key: number; readonly row: Row }
  | {
      readonly do: 'update';
      readonly table: string;
      readonly keys: readonly number[];
      readonly set: (row: Row) => Row;
    }
  | { readonly do: 'delete'; readonly table: string; readonly keys: readonly number[] }
  | {
      readonly do: 'get';
      readonly table: string;
      readonly key: number;
      /** `FOR UPDATE`: waits for the row's lock, and has it to the end of the transaction. */
      readonly forUpdate?: true;
    }
  | {
      readonly do: 'select';
      readonly table: string;
      readonly where: (row: StoredRow, snapshot: Snapshot) => boolean;
      readonly orderBy: (a: StoredRow, b: StoredRow) => number;
      readonly limit: number;
      /** Whether an index leads to the rows that it wants; without one every row of the table is looked at. */
      readonly isIndexed: boolean;
      /** `FOR UPDATE SKIP LOCKED`: has the locks of what it finds to the end of the transaction, and leaves out what others have. */
      readonly skipLocked?: true;
    };

/** One end of a connection, for one transaction; the database knows it again by what it is. */
export type SqlSession = object;

export interface SqlRequest {
  /** Who asks: PostgreSQL's `application_name`, by which work is told apart. */
  readonly application: string;
  readonly statements: readonly Statement[];
  readonly session?: SqlSession;
  readonly ends?: 'commit' | 'rollback';
}

/** The rows that the last statement found. */
export type SqlReply = readonly StoredRow[];

/** The name of a row's lock. */
export const lockOf = (table: string, key: number): string => `${table}/${key}`;

/** The rows whose locks a statement needs before it runs. */
export function rowsLocked(statement: Statement): string[] {
  if (statement.do === 'insert' || (statement.do === 'get' && statement.forUpdate === true)) {
    return [lockOf(statement.table, statement.key)];
  }
  if (statement.do === 'update' || statement.do === 'delete') {
    return statement.keys.map((key) => lockOf(statement.table, key));
  }
  return [];
}

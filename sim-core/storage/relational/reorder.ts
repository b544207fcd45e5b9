/**
 * What the log says of its transactions, gathered from a place on: changes by transaction until it commits, and those of
 * transactions that have not ended. Recovery redoes what committed, a checkpoint writes it to the data files, and logical
 * decoding hands it out (PostgreSQL's reorder buffer): one reading of one log.
 */
import type { Change } from './rows.ts';
import type { Tables } from './tables.ts';
import type { LogRecord, Lsn } from './write-ahead-log.ts';

/** A transaction that has committed, by the log. */
export interface CommittedTransaction {
  readonly transaction: number;
  /** Where its first change begins and its commit ends. */
  readonly first: Lsn;
  readonly commit: Lsn;
  readonly changes: readonly Change[];
}

export class Reorder {
  private readonly open = new Map<number, { readonly first: Lsn; readonly changes: Change[] }>();

  /** Takes the next record; returns the transaction that it commits, if it does. */
  take({ start, end, entry }: LogRecord): CommittedTransaction | undefined {
    const { transaction } = entry;
    const known = this.open.get(transaction);
    if (entry.kind === 'change') {
      if (known === undefined) this.open.set(transaction, { first: start, changes: [entry.change] });
      else known.changes.push(entry.change);
      return undefined;
    }
    this.open.delete(transaction);
    if (entry.kind === 'abort' || known === undefined) return undefined;
    return { transaction, commit: end, ...known };
  }

  /** Transactions that have not ended. */
  get unended(): Iterable<number> {
    return this.open.keys();
  }

  /** Where the first change of a transaction stands that has not ended; Infinity if there is none. */
  get oldestOpen(): Lsn {
    let oldest = Infinity;
    for (const { first } of this.open.values()) oldest = Math.min(oldest, first);
    return oldest;
  }
}

/**
 * Has tables hold what these records commit; what they hold of it already is written once more, in the same order. Returns what
 * it knows in the end of the transactions that have not ended.
 */
export function redo(tables: Tables, records: Iterable<LogRecord>): Reorder {
  const reorder = new Reorder();
  for (const record of records) {
    const committed = reorder.take(record);
    for (const change of committed?.changes ?? []) tables.apply(change, committed!.transaction);
  }
  return reorder;
}

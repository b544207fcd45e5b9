/**
 * Tables with transactions over a write-ahead log: rules without a clock. What a transaction changes nobody else sees until
 * it is settled, which is when its commit is flushed (read committed; rows that it writes it has locked before). A crash
 * leaves the data files as the last checkpoint wrote them and what was flushed of the log; recovery redoes from these what
 * committed (ARIES' redo pass; as in PostgreSQL there is nothing to undo, for only what committed reaches the data files).
 */
import type { Time } from '../../kernel/time.ts';
import { redo } from './reorder.ts';
import { RowLocks, type LockOwner } from './row-locks.ts';
import type { Change, Row, StoredRow, TableDefinition } from './rows.ts';
import { lockOf, type Statement } from './statements.ts';
import { Tables } from './tables.ts';
import { WriteAheadLog, type Lsn } from './write-ahead-log.ts';

export class Transaction implements LockOwner {
  readonly startedAt: Time;
  /** 0 until it writes: readers have none. */
  number = 0;
  readonly changes: Change[] = [];
  readonly held: string[] = [];
  waitsFor: string | undefined = undefined;

  constructor(startedAt: Time) {
    this.startedAt = startedAt;
  }
}

/** What a statement found, and how many rows it had to look at or write. */
export interface Executed {
  readonly rows: readonly StoredRow[];
  readonly visited: number;
  /** The key of an insert is there already. */
  readonly isDuplicate?: true;
}

export class TransactionStore {
  readonly log = new WriteAheadLog();
  readonly locks = new RowLocks<Transaction>();
  private readonly definitions: ReadonlyMap<string, TableDefinition>;
  private readonly sequences = new Map<string, number>();
  private live: Tables;
  /** The data files, as the last checkpoint left them. */
  private readonly files: Tables;
  private redoFrom: Lsn = 0;
  private readonly open = new Set<number>();
  private lastNumber = 0;

  constructor(definitions: readonly TableDefinition[]) {
    this.definitions = new Map(definitions.map((definition) => [definition.name, definition]));
    this.files = Tables.of(definitions);
    this.live = this.files.copy();
  }

  /** What is committed. */
  get tables(): Tables {
    return this.live;
  }

  /** The lowest number of a transaction that has not ended; the next one's if there is none. */
  get oldestOpen(): number {
    // Numbers are given in rising order, and a set keeps that order.
    for (const number of this.open) return number;
    return this.lastNumber + 1;
  }

  /** Where recovery would begin to read. */
  get recoversFrom(): Lsn {
    return this.redoFrom;
  }

  /** It is about to write, and has a number from now on. */
  numbered(transaction: Transaction): void {
    if (transaction.number > 0) return;
    transaction.number = ++this.lastNumber;
    this.open.add(transaction.number);
  }

  execute(transaction: Transaction, statement: Statement): Executed {
    const { table } = statement;
    switch (statement.do) {
      case 'insert': {
        const { key } = statement;
        if (this.find(transaction, table, key) !== undefined) return { rows: [], visited: 1, isDuplicate: true };
        this.write(transaction, { table, key, row: { ...this.defaultsOf(table, transaction), ...statement.row } });
        return { rows: [], visited: 1 };
      }
      case 'update':
      case 'delete': {
        let visited = 0;
        for (const key of statement.keys) {
          const found = this.find(transaction, table, key);
          visited++;
          if (found === undefined) continue;
          this.write(transaction, {
            table,
            key,
            row: statement.do === 'update' ? statement.set(found.row) : undefined,
          });
        }
        return { rows: [], visited };
      }
      case 'get': {
        const found = this.find(transaction, table, statement.key);
        return { rows: found === undefined ? [] : [found], visited: 1 };
      }
      default: {
        const { where, orderBy, limit, isIndexed, skipLocked = false } = statement;
        const snapshot = { oldestOpen: this.oldestOpen };
        const found: StoredRow[] = [];
        for (const row of this.visible(transaction, table)) if (where(row, snapshot)) found.push(row);
        found.sort(orderBy);
        const rows = skipLocked ? this.locked(transaction, table, found, limit) : found.slice(0, limit);
        // Rows that others have locked are looked at as well.
        const looked = skipLocked && rows.length > 0 ? found.indexOf(rows[rows.length - 1]) + 1 : rows.length;
        return { rows, visited: isIndexed ? looked : this.live.size(table) };
      }
    }
  }

  /** The first so many of which nobody else has the lock: it has them now. */
  private locked(transaction: Transaction, table: string, found: readonly StoredRow[], limit: number): StoredRow[] {
    const rows: StoredRow[] = [];
    for (const row of found) {
      if (rows.length === limit) break;
      if (this.locks.tryTake(transaction, lockOf(table, row.key))) rows.push(row);
    }
    // A lock is written in the row.
    if (rows.length > 0) this.numbered(transaction);
    return rows;
  }

  /** Writes that it commits; returns up to where the log has to be flushed for that to be so. */
  commit({ number }: Transaction): Lsn {
    return this.log.append({ kind: 'commit', transaction: number });
  }

  /** Its commit is flushed: everybody sees what it changed, and its locks are free. */
  settle(transaction: Transaction): void {
    for (const change of transaction.changes) this.live.apply(change, transaction.number);
    this.end(transaction);
  }

  abort(transaction: Transaction): void {
    if (transaction.changes.length > 0) this.log.append({ kind: 'abort', transaction: transaction.number });
    this.end(transaction);
  }

  /** Writes what is committed and flushed to the data files. What of the log recovery needs begins at `recoversFrom` then. */
  checkpoint(): void {
    const { oldestOpen } = redo(this.files, this.log.from(this.redoFrom));
    this.redoFrom = Math.min(this.log.flushed, oldestOpen);
  }

  /**
   * The process dies and comes back: what it had in memory is gone, what is on disk is read. That transactions which were open
   * are over is written in the log, or whoever reads it would wait for their ends (PostgreSQL logs which ones run).
   */
  crash(): void {
    this.log.crash();
    this.locks.clear();
    this.open.clear();
    this.live = this.files.copy();
    const { unended } = redo(this.live, this.log.from(this.redoFrom));
    for (const transaction of unended) this.log.append({ kind: 'abort', transaction });
    this.log.flush(this.log.end);
  }

  private end(transaction: Transaction): void {
    this.open.delete(transaction.number);
    this.locks.release(transaction);
  }

  private write(transaction: Transaction, change: Change): void {
    transaction.changes.push(change);
    this.log.append({ kind: 'change', transaction: transaction.number, change });
  }

  /** What a transaction sees under a key: what it changed itself, or what is committed. */
  private find({ changes, number }: Transaction, table: string, key: number): StoredRow | undefined {
    const own = changes.findLast((change) => change.table === table && change.key === key);
    if (own === undefined) return this.live.get(table, key);
    return own.row === undefined ? undefined : { key, row: own.row, writtenBy: number };
  }

  private visible(transaction: Transaction, table: string): Iterable<StoredRow> {
    if (!transaction.changes.some((change) => change.table === table)) return this.live.rows(table);
    const rows = new Map<number, StoredRow>();
    for (const row of this.live.rows(table)) rows.set(row.key, row);
    for (const { table: of, key, row } of transaction.changes) {
      if (of !== table) continue;
      if (row === undefined) rows.delete(key);
      else rows.set(key, { key, row, writtenBy: transaction.number });
    }
    return rows.values();
  }

  private defaultsOf(table: string, { startedAt }: Transaction): Row {
    const next = (): number => {
      const number = (this.sequences.get(table) ?? 0) + 1;
      this.sequences.set(table, number);
      return number;
    };
    return this.definitions.get(table)?.defaults?.({ startedAt, next }) ?? {};
  }
}

/**
 * Transactions that write one row: an `update` takes the row's lock and writes a version that nobody else sees, a
 * `commit` makes it the one that stands, a `rollback` takes it back. A `write` does both at once (autocommit). Whoever
 * wants to write a locked row waits in line, as in PostgreSQL and InnoDB; readers do not wait and see what is committed
 * (read committed).
 *
 * A share of the commits fails, as by a constraint that is checked then or a serialisation failure, and rolls back. A
 * transaction that is left alone is rolled back after a while (PostgreSQL's `idle_in_transaction_session_timeout`).
 * Does not model transactions of several rows, deadlocks, or the connection that an open transaction keeps. The line at a
 * lock has no bound of its own: who stands in it takes up a place in an instance of the application.
 */
import type { EventHandle } from '../kernel/event-table.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import type { Duration } from '../kernel/time.ts';
import type { Call, Endpoint } from '../network/call.ts';
import type { Database } from './database.ts';
import type { WriteOutcome } from './database-signals.ts';
import { Query, type DatabaseOperation, type QueryOutcome, type Row } from './queries.ts';

/**
 * What a database is asked (`queries.ts`), and the steps of a transaction that stays open. A write of a transaction is of one version:
 * there are no `increments`.
 */
export interface Statement {
  readonly operation: DatabaseOperation | 'update' | 'commit' | 'rollback';
  readonly key: number;
}

export interface TransactionOptions {
  /** The share of commits that fail, 0 to 1. */
  readonly abortShare: number;
  /** How long a transaction may be left alone. */
  readonly idleMax: Duration;
}

/** A row's lock, held by the transaction that is open. */
interface Lock {
  readonly waiting: TransactionQuery[];
  /** The request whose transaction has it. */
  holder: number;
  /** The event that rolls an idle transaction back; -1 while a query of it runs. */
  alarm: EventHandle;
}

export class Transactions implements Endpoint<Statement, Row> {
  readonly name: string;
  readonly database: Database;
  private readonly options: TransactionOptions;
  private readonly locks = new Map<number, Lock>();
  private readonly aborts: KeyedStream;
  private readonly idleKind: number;

  constructor(database: Database, options: TransactionOptions) {
    const { sim, name } = database;
    this.name = name;
    this.database = database;
    this.options = options;
    this.aborts = sim.keyedRandom(`${name}/aborts`);
    this.idleKind = sim.eventKind(`${name} rolls back an idle transaction`);
  }

  receive(call: Call<Statement, Row>): void {
    const query = new TransactionQuery(this, call);
    const lock = this.locks.get(query.key);
    if (call.query.operation === 'read') {
      this.database.admit(query);
    } else if (query.opens) {
      if (lock !== undefined) lock.waiting.push(query);
      else this.open(query);
    } else if (lock === undefined || lock.alarm < 0 || lock.holder !== query.request.id) {
      call.refuse('error'); // It was left alone for too long, and is rolled back.
    } else {
      this.database.sim.cancel(lock.alarm);
      lock.alarm = -1;
      this.database.admit(query);
    }
  }

  /** Whether this request's commit is one of those that fail. */
  aborted(request: number): boolean {
    const { abortShare } = this.options;
    return abortShare > 0 && this.aborts.of(request).next() < abortShare;
  }

  /** The row is written, and waits for its commit. */
  update(key: number): Row {
    const version = this.database.history.write(key);
    const { sim } = this.database;
    this.locks.get(key)!.alarm = sim.schedule(
      this.options.idleMax,
      (transactions) => transactions.end(key, 'rolled back'),
      this as Transactions,
      this.idleKind,
    );
    return { key, version };
  }

  /** Closes the open transaction of a row, and lets the next one in line have its lock. */
  end(key: number, outcome: WriteOutcome): void {
    const { database, locks } = this;
    const { history, sim } = database;
    if (outcome === 'committed') history.commitWritten(key, sim.now);
    else if (outcome === 'rolled back') history.rollBack(key);
    database.tellWritten({ key, version: history.current(key) }, outcome);
    const lock = locks.get(key)!;
    const next = lock.waiting.shift();
    if (next === undefined) {
      locks.delete(key);
      return;
    }
    lock.holder = next.request.id;
    lock.alarm = -1;
    database.admit(next);
  }

  private open(query: TransactionQuery): void {
    this.locks.set(query.key, { waiting: [], holder: query.request.id, alarm: -1 });
    this.database.admit(query);
  }
}

class TransactionQuery extends Query {
  private readonly transactions: Transactions;
  private readonly statement: Statement['operation'];

  constructor(transactions: Transactions, call: Call<Statement, Row>) {
    const { operation: statement, key } = call.query;
    super(transactions.database, call as Call<unknown, unknown>, statement === 'update' ? 'write' : statement, key, 1);
    this.transactions = transactions;
    this.statement = statement;
  }

  /** Whether it is the first of its transaction, which needs the lock. */
  get opens(): boolean {
    return this.statement === 'write' || this.statement === 'update';
  }

  override get isDoomed(): boolean {
    return (this.statement === 'write' || this.statement === 'commit') && this.transactions.aborted(this.request.id);
  }

  reply(): void {
    const { transactions, key, statement } = this;
    const { history } = transactions.database;
    if (statement === 'update') {
      this.call.reply(transactions.update(key));
      return;
    }
    if (statement === 'write') history.write(key);
    if (statement !== 'read') transactions.end(key, statement === 'rollback' ? 'rolled back' : 'committed');
    this.call.reply(this.database.access('read', key));
  }

  override refuse(outcome: QueryOutcome): void {
    if (this.statement !== 'read') this.transactions.end(this.key, this.opens ? 'nothing written' : 'rolled back');
    super.refuse(outcome);
  }
}

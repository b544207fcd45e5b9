/**
 * Queries: what a database is asked, and each on its way through it, from its arrival by a connection to its answer. A
 * batch is one query for several keys (`SELECT … WHERE id IN (…)`, a multi-row `UPDATE`): one round trip and one
 * connection, and either all of its writes are done or, where it fails, none.
 */
import type { Simulation } from '../kernel/simulation.ts';
import type { Time } from '../kernel/time.ts';
import type { Wait } from '../kernel/wait.ts';
import type { Call } from '../network/call.ts';
import type { RequestContext } from '../network/request-context.ts';

export type DatabaseOperation = 'read' | 'write';

export interface DatabaseQuery {
  readonly operation: DatabaseOperation;
  readonly key: number;
  /** Of a write: it adds up so many, each a version (`UPDATE … SET n = n + ?`): an integer of at least 1; 1 without it. */
  readonly increments?: number;
}

/** What can be asked of a store about a key; `transactions.ts` has stores that know more than to read and to write. */
export interface StoreQuery {
  readonly operation: string;
  readonly key: number;
}

/** The way to a store, whatever it is: a database, one with transactions, something that stands before one. */
export interface StoreAccess<Query extends StoreQuery = DatabaseQuery> {
  /** Yield what it returns to send the query and wait for the row. */
  readonly call: (query: Query, request: RequestContext) => Wait<Row>;
}

/** One query for several keys: at least one. */
export interface DatabaseBatch {
  readonly operation: DatabaseOperation;
  readonly keys: readonly number[];
}

/** What is stored under a key. */
export interface Row {
  readonly key: number;
  readonly version: number;
  /** There is no row under the key: what has version 0 is nothing. */
  readonly absent?: true;
}

/** How a query can fail. */
export type QueryOutcome = 'overloaded' | 'error';

/** The database, as a query sees it. */
interface QueryRunner {
  readonly name: string;
  readonly sim: Simulation;
  /** Has a connected query worked at. */
  work(query: Query): void;
  /** Ends a query that has been worked at. */
  finish(query: Query): void;
  /** Reads or writes one row. */
  access(operation: DatabaseOperation, key: number, increments?: number): Row;
}

/** One query on its way through the database. */
export abstract class Query {
  protected readonly database: QueryRunner;
  readonly call: Call<unknown, unknown>;
  readonly request: RequestContext;
  readonly operation: string;
  /** The key, or the first of a batch. */
  readonly key: number;
  readonly rows: number;
  readonly arrived: Time;
  connectedAt: Time;
  /** What its draws are keyed by. */
  workKey = 0;

  constructor(database: QueryRunner, call: Call<unknown, unknown>, operation: string, key: number, rows: number) {
    this.database = database;
    this.call = call;
    this.request = call.request;
    this.operation = operation;
    this.key = key;
    this.rows = rows;
    this.arrived = database.sim.now;
    this.connectedAt = this.arrived;
  }

  /** Whether it fails by what it is, whatever the database's state. */
  get isDoomed(): boolean {
    return false;
  }

  /** Does what it is for, and answers. */
  abstract reply(): void;

  /** Answers that it failed, and has had no effect. */
  refuse(outcome: QueryOutcome): void {
    this.call.refuse(outcome);
  }

  static connected(query: Query): void {
    query.connectedAt = query.database.sim.now;
    query.database.work(query);
  }

  static worked(query: Query): void {
    query.database.finish(query);
  }
}

export class SingleQuery extends Query {
  constructor(database: QueryRunner, call: Call<DatabaseQuery, Row>) {
    const { operation, key } = call.query;
    super(database, call as Call<unknown, unknown>, operation, key, 1);
    const { increments = 1 } = call.query;
    if (!(Number.isInteger(increments) && increments >= 1))
      throw new RangeError(`${database.name}: increments is ${increments}; give an integer of at least 1`);
  }

  reply(): void {
    const { operation, key, increments } = this.call.query as DatabaseQuery;
    this.call.reply(this.database.access(operation, key, increments));
  }
}

export class BatchQuery extends Query {
  constructor(database: QueryRunner, call: Call<DatabaseBatch, readonly Row[]>) {
    const { operation, keys } = call.query;
    if (keys.length === 0) throw new RangeError(`${database.name}: a batch without keys; give at least one`);
    super(database, call as Call<unknown, unknown>, operation, keys[0], keys.length);
  }

  reply(): void {
    const { operation, keys } = this.call.query as DatabaseBatch;
    this.call.reply(keys.map((key) => this.database.access(operation, key)));
  }
}

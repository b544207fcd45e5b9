/**
 * What a relational database knows of its clients: which transaction belongs to which session, and what is asked of it. A
 * session keeps its connection from its first request until its transaction ends.
 */
import type { Claim } from '../../kernel/resource.ts';
import type { Time } from '../../kernel/time.ts';
import type { Call } from '../../network/call.ts';
import { rowsLocked, type SqlSession, type SqlReply, type SqlRequest, type Statement } from './statements.ts';
import { Transaction } from './transaction-store.ts';

export class Connection {
  readonly session: SqlSession | undefined;
  readonly application: string;
  /** The number of the request that began it. */
  readonly request: number;
  /** Begins when it has one of the pool's connections: there is none before. */
  transaction!: Transaction;
  /** What is being worked at. */
  current: SqlQuery | undefined = undefined;
  /** Whether it has one of the pool's connections. */
  isConnected = false;
  /** Its client is gone: what is worked at is finished, and the transaction rolled back. */
  isAbandoned = false;

  constructor({ query, request }: Call<SqlRequest, SqlReply>) {
    this.session = query.session;
    this.application = query.application;
    this.request = request.id;
  }

  begin(now: Time): void {
    this.isConnected = true;
    this.transaction = new Transaction(now);
  }
}

/** One request on its way through the database. */
export class SqlQuery {
  readonly call: Call<SqlRequest, SqlReply>;
  readonly connection: Connection;
  readonly arrived: Time;
  connectedAt: Time;
  /** Its place in the line for a connection. */
  claim: Claim | undefined = undefined;
  /** Rows whose locks it has to take yet. */
  readonly locks: string[];
  /** What its last statement found, and rows that all of them looked at or wrote. */
  found: SqlReply = [];
  visited = 0;
  /** A row that it inserts is there already. */
  isDuplicate = false;

  constructor(call: Call<SqlRequest, SqlReply>, connection: Connection, now: Time) {
    this.call = call;
    this.connection = connection;
    this.arrived = now;
    this.connectedAt = now;
    this.locks = call.query.statements.flatMap(rowsLocked);
  }

  get statements(): readonly Statement[] {
    return this.call.query.statements;
  }

  /** Whether the transaction commits when the statements are done. */
  get commits(): boolean {
    const { session, ends } = this.call.query;
    return session === undefined || ends === 'commit';
  }

  /** What is told of it: its first statement, or how the transaction ends. */
  get operation(): string {
    return this.statements.length > 0 ? this.statements[0].do : (this.call.query.ends ?? 'nothing');
  }

  get key(): number {
    const [first] = this.statements;
    if (first === undefined || first.do === 'select') return 0;
    return 'key' in first ? first.key : (first.keys[0] ?? 0);
  }
}

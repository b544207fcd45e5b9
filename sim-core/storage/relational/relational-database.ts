/**
 * A relational database: tables with transactions over a write-ahead log (`transaction-store.ts`), behind a pool of connections
 * and processors that all requests share. A session keeps its connection while its transaction is open, waits in line for rows
 * that another one has locked, and its commit is answered when the log is flushed up to there. A request sees what was committed
 * when its work began; a row that it writes it sees as it stands once it has the lock (PostgreSQL, "Read Committed").
 *
 * It can die at any moment. What was flushed of committed transactions is there again once it has read its log from the last
 * checkpoint on; the rest is gone, and clients who waited for a commit do not know which of the two it is.
 *
 * `logReader` hands out what committed to one logical reader. Does not model: disks other than the log's flushes, vacuum, the time
 * until a deadlock is noticed, isolation above read committed, or a time limit for transactions that are left open: a client here
 * always hangs up.
 */
import { ProcessorSharing } from '../../kernel/processor-sharing.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import { Resource } from '../../kernel/resource.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call, CallFailure, Endpoint } from '../../network/call.ts';
import { register, roomToWait, type Component, type Intervention } from '../../network/component.ts';
import { Connection, SqlQuery } from './connections.ts';
import { relationalInterventions } from './interventions.ts';
import { LogFlushes } from './log-flushes.ts';
import { LogReader, type LogQuery } from './log-reader.ts';
import type { Decoded } from './logical-slot.ts';
import type { RelationalOptions } from './options.ts';
import { RelationalReports } from './reports.ts';
import { relationalSignals } from './signals.ts';
import type { SqlSession, SqlReply, SqlRequest } from './statements.ts';
import type { Tables } from './tables.ts';
import { TransactionStore } from './transaction-store.ts';

export class RelationalDatabase implements Endpoint<SqlRequest, SqlReply>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = relationalSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  /** Where who reads the log asks. */
  readonly logReader: Endpoint<LogQuery, Decoded>;
  private readonly sim: Simulation;
  private readonly options: RelationalOptions;
  private readonly store: TransactionStore;
  private readonly pool: Resource;
  private readonly processors: ProcessorSharing;
  private readonly flushes: LogFlushes;
  private readonly reader: LogReader;
  private readonly sessions = new Map<SqlSession, Connection>();
  /** Sessions whose transactions have ended. */
  private readonly ended = new WeakSet<SqlSession>();
  private readonly queries = new Set<SqlQuery>();
  private readonly draws: KeyedStream;
  private readonly aborts: KeyedStream;
  /** Transactions that are still to be rolled back, since somebody asked for it. */
  private aborting = 0;
  private downUntil: Time = 0;
  private readonly checkpointKind: number;
  private readonly reports: RelationalReports;

  constructor(sim: Simulation, options: RelationalOptions) {
    const { name, connections, queueMax, cores, tables } = options;
    this.sim = sim;
    this.name = name;
    this.options = options;
    const names = tables.map((table) => table.name).join(', ');
    this.help = `${connections} connections over ${cores} cores, and a write-ahead log; tables ${names}`;
    this.store = new TransactionStore(tables);
    this.pool = new Resource(sim, { name: `${name} pool`, capacity: connections, queueMax });
    this.processors = new ProcessorSharing(sim, name, cores);
    this.reader = new LogReader(this.store.log, options, (...work) => this.work(...work));
    this.logReader = {
      name,
      receive: (call) => (this.isDown ? call.refuse('unavailable') : this.reader.receive(call)),
    };
    this.flushes = new LogFlushes(sim, name, this.store.log, options.flushTime, () => {
      this.tellLog();
      this.reader.flushed();
    });
    this.draws = sim.keyedRandom(`${name}/demand`);
    this.aborts = sim.keyedRandom(`${name}/aborts`);
    this.reports = new RelationalReports(sim, name);
    this.interventions = relationalInterventions(this);
    register(sim, this);
    this.checkpointKind = sim.eventKind(`${name} writes a checkpoint`);
    this.checkpointLater();
  }

  /** What is committed. */
  get tables(): Tables {
    return this.store.tables;
  }

  receive(call: Call<SqlRequest, SqlReply>): void {
    const { session, ends } = call.query;
    if (this.isDown) return call.refuse('unavailable');
    if (ends === 'rollback') {
      if (session !== undefined) this.hangUp(session);
      return call.reply([]);
    }
    if (session !== undefined && this.ended.has(session)) return call.refuse('error');
    const connection = (session && this.sessions.get(session)) ?? new Connection(call);
    if (session !== undefined) this.sessions.set(session, connection);
    const query = new SqlQuery(call, connection, this.sim.now);
    connection.current = query;
    this.queries.add(query);
    this.reports.queried(query);
    if (connection.isConnected) this.lock(query);
    else if (this.pool.tryAcquire()) this.connect(query);
    else {
      query.claim = this.pool.enqueue((claimed) => this.connect(claimed), query);
      if (query.claim === undefined) {
        this.close(connection);
        this.answer(query, 'overloaded');
      }
    }
    this.tellPool();
  }

  /** It dies with all that it has not flushed, and is up again so long after the downtime as reading its log takes. */
  kill(downtime: Duration): void {
    const { store } = this;
    const replay = Math.round((store.log.flushed - store.recoversFrom) * this.options.replayTimePerByte);
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime + replay);
    const lost = [...this.queries];
    this.queries.clear();
    for (const { claim } of lost) if (claim !== undefined) this.pool.withdraw(claim);
    while (this.pool.inUse > 0) this.pool.release();
    this.processors.clear();
    this.flushes.crash();
    for (const [session, connection] of this.sessions) {
      this.ended.add(session);
      connection.isConnected = false;
    }
    this.sessions.clear();
    store.crash();
    this.reader.crash();
    for (const query of lost) {
      query.connection.isConnected = false;
      this.answer(query, 'unavailable');
    }
    this.tellPool();
    this.tellLog();
  }

  slow(factor: number): void {
    this.processors.setSpeed(1 / factor);
  }

  /** Rolls back the next so many transactions that want to commit. */
  rollBackNext(transactions: number): void {
    this.aborting = transactions;
  }

  state(): Readonly<Record<string, number | string>> {
    const { log, locks, tables } = this.store;
    const rows = this.options.tables.map(({ name }) => [`rows of ${name}`, tables.size(name)] as const);
    const state = {
      'connections in use': this.pool.inUse,
      'waiting for a connection': this.pool.waiting,
      ...roomToWait(this.pool.queueMax),
      'rows locked': locks.size,
      'bytes of the log': log.end - log.begin,
      ...Object.fromEntries(rows),
    };
    return this.isDown ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    const { log, recoversFrom, locks } = this.store;
    const open = new Set([...this.sessions.values(), ...[...this.queries].map(({ connection }) => connection)]);
    const connected = [...open].filter(({ isConnected }) => isConnected);
    const held = connected.reduce((sum, { transaction }) => sum + transaction.held.length, 0);
    if (this.pool.inUse < connected.length) broken.push(`${this.name}: more are connected than hold a connection`);
    if (held !== locks.size) broken.push(`${this.name}: ${locks.size} rows are locked, ${held} by who is connected`);
    if (log.begin > recoversFrom) broken.push(`${this.name}: what recovery needs of its log is gone`);
    if (log.begin > this.reader.keeps) broken.push(`${this.name}: what its reader needs of its log is gone`);
    return broken;
  }

  private get isDown(): boolean {
    return this.sim.now < this.downUntil;
  }

  /** Not if the database died between the grant of the connection and this event. */
  private connect(query: SqlQuery): void {
    if (!this.queries.has(query)) return;
    query.claim = undefined;
    query.connectedAt = this.sim.now;
    query.connection.begin(this.sim.now);
    this.lock(query);
  }

  /** Takes the locks that it needs one after the other; when it has them it is worked at. */
  private lock(query: SqlQuery): void {
    const { transaction } = query.connection;
    if (query.locks.length > 0) this.store.numbered(transaction);
    for (let row = query.locks.shift(); row !== undefined; row = query.locks.shift()) {
      const taken = this.store.locks.take(transaction, row, () => this.lock(query));
      if (taken === 'deadlock') return this.fail(query, 'error');
      if (taken === 'waits') return;
    }
    this.execute(query);
  }

  private execute(query: SqlQuery): void {
    const { statements, call, connection } = query;
    for (const statement of statements) {
      const { rows, visited, isDuplicate = false } = this.store.execute(connection.transaction, statement);
      query.found = rows;
      query.visited += visited;
      query.isDuplicate ||= isDuplicate;
    }
    const { demand, rowTime } = this.options;
    const statement = demand.sample(this.draws.of(call.request.nextWorkKey()));
    const work = Math.max(1, statements.length) * statement + query.visited * rowTime;
    this.work(call.query.application, Math.max(0, Math.round(work)), () => this.done(query));
  }

  private work(application: string, demand: Duration, then: () => void): void {
    this.reports.worked(application, demand);
    this.processors.work(demand, then, undefined);
  }

  private done(query: SqlQuery): void {
    const { transaction } = query.connection;
    if (query.isDuplicate) this.fail(query, 'error');
    else if (!query.commits) this.answer(query, 'ok');
    else if (transaction.changes.length === 0) this.settle(query);
    else if (this.isRolledBack(query)) this.fail(query, 'error');
    else this.flushes.wait(this.store.commit(transaction), () => this.settle(query));
  }

  /** Whether its commit is one of those that fail, as by a constraint that is checked then or a serialisation failure. */
  private isRolledBack({ connection: { session, request } }: SqlQuery): boolean {
    if (session === undefined) return false;
    if (this.aborting > 0) {
      this.aborting--;
      return true;
    }
    const { abortShare } = this.options;
    return abortShare > 0 && this.aborts.of(request).next() < abortShare;
  }

  private settle(query: SqlQuery): void {
    const { connection } = query;
    this.store.settle(connection.transaction);
    this.reports.ended(connection, 'committed');
    if (connection.transaction.changes.length > 0) this.options.onCommit?.(connection.transaction.changes);
    this.close(connection);
    this.answer(query, 'ok');
  }

  private fail(query: SqlQuery, failure: CallFailure): void {
    this.rollBack(query.connection);
    this.answer(query, failure);
  }

  private answer(query: SqlQuery, outcome: 'ok' | CallFailure): void {
    const { call, connection } = query;
    connection.current = undefined;
    this.queries.delete(query);
    this.reports.answered(query, outcome);
    if (outcome === 'ok') call.reply(query.found);
    else call.refuse(outcome);
    if (connection.isAbandoned && connection.isConnected) this.rollBack(connection);
  }

  /** The client is gone. What is worked at is finished first, as by a backend that hears of it when it answers: a commit too. */
  private hangUp(session: SqlSession): void {
    const connection = this.sessions.get(session);
    this.ended.add(session);
    if (connection?.current !== undefined) connection.isAbandoned = true;
    else if (connection !== undefined) this.rollBack(connection);
  }

  private rollBack(connection: Connection): void {
    this.store.abort(connection.transaction);
    this.reports.ended(connection, 'rolled back');
    this.close(connection);
  }

  private close(connection: Connection): void {
    const { session } = connection;
    if (session !== undefined) {
      this.sessions.delete(session);
      this.ended.add(session);
    }
    if (!connection.isConnected) return;
    connection.isConnected = false;
    this.pool.release();
    this.tellPool();
  }

  private checkpointLater(): void {
    this.sim.schedule(this.options.checkpointInterval, () => this.checkpoint(), undefined, this.checkpointKind);
  }

  /** Writes the data files, and recycles what of the log neither recovery nor the reader needs. */
  private checkpoint(): void {
    this.checkpointLater();
    if (this.isDown) return;
    this.store.checkpoint();
    this.reader.save();
    this.store.log.recycle(Math.min(this.store.recoversFrom, this.reader.keeps));
    this.tellLog();
  }

  private tellPool(): void {
    this.reports.pool(this.pool.inUse, this.pool.waiting);
  }

  private tellLog(): void {
    const { log, recoversFrom } = this.store;
    this.reports.log(log.end - log.begin, recoversFrom - log.begin);
  }
}

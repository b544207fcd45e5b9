/**
 * A database that is read and written by key: a connection pool in front of processors that all queries share.
 *
 * A query waits for a connection (the line is bounded; beyond that it is refused), then its demand is worked off by
 * processor sharing over `cores`: a query alone takes its demand, a hundred at once slow each other down. Latency
 * depends on load by that mechanism alone. Each query's demand belongs to the request that sent it and to how many it
 * had sent before.
 *
 * Every key has a version, 0 at first, that each write raises; a read returns the version that stood when it finished.
 * Queries and batches are in `queries.ts`, transactions of several queries in `transactions.ts`. Does not model disks or replicas.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import type { Fact, FactChannel } from '../kernel/fact.ts';
import { ProcessorSharing } from '../kernel/processor-sharing.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import { Resource } from '../kernel/resource.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { MILLISECOND, type Duration } from '../kernel/time.ts';
import type { Call, Endpoint } from '../network/call.ts';
import { register, roomToWait, type Component, type ComponentPart, type Intervention } from '../network/component.ts';
import type { SignalDefinition } from '../statistics/signal.ts';
import {
  databaseAnswered,
  databasePool,
  databaseQueried,
  databaseSignals,
  databaseWritten,
  type WriteOutcome,
} from './database-signals.ts';
import {
  BatchQuery,
  Query,
  SingleQuery,
  type DatabaseBatch,
  type DatabaseOperation,
  type DatabaseQuery,
  type QueryOutcome,
  type Row,
} from './queries.ts';
import { VersionHistory } from './version-history.ts';

export interface DatabaseOptions {
  readonly name: string;
  /** Connections: queries worked at at once; an integer of at least 1. */
  readonly connections: number;
  /** Queries that may wait for a connection. */
  readonly queueMax: number;
  /** Processors that the queries share. */
  readonly cores: number;
  /** Processor time of one query, in nanoseconds. */
  readonly demand: Distribution;
  /** Processor time of each row of a batch beyond its first; the mean
   * demand without it, so that a batch saves round trips only.
   */
  readonly rowDemand?: Duration;
  /** Which keys have a row at the start; all of them without it. The others get theirs by their first write. */
  readonly hasRow?: (key: number) => boolean;
  /** What it has beside that, such as what applies a primary's changes: shown and checked as a part of it. */
  readonly inside?: ComponentPart;
  /** Told of every row as it is committed, in order: where a log of the changes is kept. */
  readonly onCommit?: (row: Row) => void;
}

export class Database implements Endpoint<DatabaseQuery, Row>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  /** Where batches are sent: the same database, answering with a row a key. */
  readonly batches: Endpoint<DatabaseBatch, readonly Row[]>;
  /** What was committed when. */
  readonly history = new VersionHistory();
  private readonly pool: Resource;
  private readonly processors: ProcessorSharing;
  private readonly demand: Distribution;
  private readonly rowDemand: Duration;
  private readonly onCommit: ((row: Row) => void) | undefined;
  private readonly inside: ComponentPart | undefined;
  private readonly hasRow: ((key: number) => boolean) | undefined;
  private readonly draws: KeyedStream;
  private readonly failureDraws: KeyedStream;
  private failureShare = 0;
  private readonly queried: FactChannel<Fact<typeof databaseQueried>>;
  private readonly answered: FactChannel<Fact<typeof databaseAnswered>>;
  private readonly pooled: FactChannel<Fact<typeof databasePool>>;
  private readonly written: FactChannel<Fact<typeof databaseWritten>>;

  constructor(sim: Simulation, options: DatabaseOptions) {
    const { name, connections, queueMax, cores, demand, rowDemand } = options;
    this.sim = sim;
    this.name = name;
    this.help = `${connections} connections over ${cores} cores; a query alone takes ${Number((demand.mean / MILLISECOND).toPrecision(3))} ms in the mean`;
    this.pool = new Resource(sim, { name: `${name} pool`, capacity: connections, queueMax });
    this.processors = new ProcessorSharing(sim, name, cores);
    this.demand = demand;
    this.rowDemand = rowDemand ?? demand.mean;
    this.onCommit = options.onCommit;
    this.hasRow = options.hasRow;
    this.draws = sim.keyedRandom(`${name}/demand`);
    this.failureDraws = sim.keyedRandom(`${name}/failures`);
    this.queried = sim.facts.channel(databaseQueried);
    this.answered = sim.facts.channel(databaseAnswered);
    this.pooled = sim.facts.channel(databasePool);
    this.written = sim.facts.channel(databaseWritten);
    this.inside = options.inside;
    this.signals = this.inside === undefined ? databaseSignals : [...databaseSignals, ...this.inside.signals];
    this.interventions = { slow: this.slowing(), fail: this.failing(), ...this.inside?.interventions };
    this.batches = { name, receive: (call) => this.admit(new BatchQuery(this, call)) };
    register(sim, this);
  }

  receive(call: Call<DatabaseQuery, Row>): void {
    this.admit(new SingleQuery(this, call));
  }

  /** Has a connected query worked at. */
  work(query: Query): void {
    query.workKey = query.request.nextWorkKey();
    const demand = this.demand.sample(this.draws.of(query.workKey)) + (query.rows - 1) * this.rowDemand;
    this.processors.work(Math.max(0, Math.round(demand)), Query.worked, query);
  }

  /** Reads or writes, answers and hands the connection on. */
  finish(query: Query): void {
    const fails =
      query.isDoomed || (this.failureShare > 0 && this.failureDraws.of(query.workKey).next() < this.failureShare);
    this.tellAnswer(query, fails ? 'error' : 'ok');
    this.pool.release();
    this.tellPool();
  }

  /** Reads or writes one row. `increments`: of a write, the versions that it commits at once. */
  access(operation: DatabaseOperation, key: number, increments = 1): Row {
    if (operation === 'write') {
      for (let i = 1; i < increments; i++) this.history.commit(key, this.sim.now);
      const row = { key, version: this.history.commit(key, this.sim.now) };
      this.tellWritten(row, 'committed');
      return row;
    }
    const version = this.history.current(key);
    if (version === 0 && this.hasRow !== undefined && !this.hasRow(key)) return { key, version, absent: true };
    return { key, version };
  }

  /** Tells of a write's end; `row`: what stands now. */
  tellWritten(row: Row, outcome: WriteOutcome): void {
    if (this.written.heard) this.written.emit({ database: this.name, key: row.key, outcome });
    if (outcome === 'committed') this.onCommit?.(row);
  }

  /** The version that stands under a key. */
  version(key: number): number {
    return this.history.current(key);
  }

  state(): Readonly<Record<string, number | string>> {
    return {
      connections: this.pool.capacity,
      'connections in use': this.pool.inUse,
      'waiting for a connection': this.pool.waiting,
      ...roomToWait(this.pool.queueMax),
      'queries running': this.processors.active,
      ...this.inside?.state(),
    };
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    if (this.pool.inUse > this.pool.capacity) broken.push(`${this.name}: more connections in use than there are`);
    if (this.processors.active > this.pool.inUse) broken.push(`${this.name}: a query runs without a connection`);
    if (this.inside !== undefined) broken.push(...this.inside.violations());
    return broken;
  }

  /** Takes a query in: it gets a connection, or waits for one, or is refused. */
  admit(query: Query): void {
    const { operation, key, rows } = query;
    if (this.queried.heard) {
      this.queried.emit({ database: this.name, request: query.request.id, operation, key, rows });
    }
    if (this.pool.tryAcquire()) Query.connected(query);
    else if (this.pool.enqueue(Query.connected, query) === undefined) this.tellAnswer(query, 'overloaded');
    this.tellPool();
  }

  private tellAnswer(query: Query, outcome: 'ok' | QueryOutcome): void {
    const { operation, key, rows } = query;
    if (this.answered.heard) {
      const duration = this.sim.now - query.arrived;
      const waited = query.connectedAt - query.arrived;
      const request = query.request.id;
      this.answered.emit({ database: this.name, request, operation, key, rows, outcome, waited, duration });
    }
    if (outcome === 'ok') query.reply();
    else query.refuse(outcome);
  }

  private tellPool(): void {
    if (!this.pooled.heard) return;
    this.pooled.emit({ database: this.name, used: this.pool.inUse, pending: this.pool.waiting });
  }

  private slowing(): Intervention {
    return {
      help: 'Makes every query take so many times as long from now on; 1 is the original speed',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
      apply: ([factor]) => this.processors.setSpeed(1 / factor),
    };
  }

  private failing(): Intervention {
    return {
      help: 'Makes a share of the queries fail from now on, after their work and without effect; 0 is none',
      arguments: [{ name: 'share', help: 'of the queries', min: 0, max: 1, default: 1 }],
      apply: ([share]) => void (this.failureShare = share),
    };
  }
}

/**
 * A database that is read and written by key: a connection pool in front of processors that all queries share.
 *
 * A query waits for a connection (the line is bounded; beyond that it is refused), then its demand is worked off by
 * processor sharing over `cores`: a query alone takes its demand, a hundred at once slow each other down. Latency
 * depends on load by that mechanism alone. Each query's demand belongs to the request that sent it and to how many it
 * had sent before.
 *
 * Every key has a version, 0 at first, that each write raises; a read returns the version that stood when it finished.
 * Does not model transactions, locks, disks or replicas.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import { defineFact, defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import { ProcessorSharing } from '../kernel/processor-sharing.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import { Resource } from '../kernel/resource.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { MILLISECOND, type Time } from '../kernel/time.ts';
import type { Call, Endpoint } from '../network/call.ts';
import { register, type Component, type Intervention } from '../network/component.ts';
import { defineSignal } from '../statistics/signal.ts';

export interface DatabaseQuery {
  readonly operation: 'read' | 'write';
  readonly key: number;
}

/** What is stored under a key. */
export interface Row {
  readonly key: number;
  readonly version: number;
}

/** A query arrived at the database. */
export const databaseQueried = defineFact('db.queried', 'A query arrived at the database', {
  database: 'text',
  request: 'request',
  operation: 'text',
  key: 'key',
});

/** A query was answered; `waited` of its `duration` went by before it had a connection. */
export const databaseAnswered = defineFact('db.answered', 'A query was answered or refused', {
  database: 'text',
  request: 'request',
  operation: 'text',
  key: 'key',
  outcome: 'text',
  waited: 'duration',
  duration: 'duration',
});

/** Connections in use, or queries waiting for one, changed. */
export const databasePool = defineReading('db.pool', 'Connections in use, or queries waiting for one, changed', {
  database: 'text',
  used: 'number',
  pending: 'number',
});

export const databaseSignals = [
  defineSignal({
    name: 'db.client.operation.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Queries arriving at the database',
    fact: databaseQueried,
  }),
  defineSignal({
    name: 'db.client.operations',
    kind: 'counter',
    unit: '{operation}',
    help: 'Queries that arrived at the database',
    fact: databaseQueried,
  }),
  defineSignal({
    name: 'db.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the arrival of a query to its answer, waiting for a connection included',
    fact: databaseAnswered,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'db.client.connection.count',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Connections in use',
    fact: databasePool,
    value: (fact) => fact.used,
    of: (fact) => fact.database,
  }),
  defineSignal({
    name: 'db.client.connection.pending_requests',
    kind: 'gauge',
    unit: '{request}',
    help: 'Queries waiting for a connection',
    fact: databasePool,
    value: (fact) => fact.pending,
    of: (fact) => fact.database,
  }),
  defineSignal({
    name: 'db.client.operations.refused',
    kind: 'counter',
    unit: '{operation}',
    help: 'Queries refused because too many waited for a connection',
    fact: databaseAnswered,
    where: (fact) => fact.outcome === 'overloaded',
  }),
];

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
}

export class Database implements Endpoint<DatabaseQuery, Row>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = databaseSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  private readonly pool: Resource;
  private readonly processors: ProcessorSharing;
  private readonly demand: Distribution;
  private readonly draws: KeyedStream;
  private readonly versions = new Map<number, number>();
  private readonly queried: FactChannel<Fact<typeof databaseQueried>>;
  private readonly answered: FactChannel<Fact<typeof databaseAnswered>>;
  private readonly pooled: FactChannel<Fact<typeof databasePool>>;

  constructor(sim: Simulation, options: DatabaseOptions) {
    const { name, connections, queueMax, cores, demand } = options;
    this.sim = sim;
    this.name = name;
    this.help = `${connections} connections over ${cores} cores; a query alone takes ${Number((demand.mean / MILLISECOND).toPrecision(3))} ms in the mean`;
    this.pool = new Resource(sim, { name: `${name} pool`, capacity: connections, queueMax });
    this.processors = new ProcessorSharing(sim, name, cores);
    this.demand = demand;
    this.draws = sim.keyedRandom(`${name}/demand`);
    this.queried = sim.facts.channel(databaseQueried);
    this.answered = sim.facts.channel(databaseAnswered);
    this.pooled = sim.facts.channel(databasePool);
    this.interventions = { slow: this.slowing() };
    register(sim, this);
  }

  receive(call: Call<DatabaseQuery, Row>): void {
    const query = new Query(this, call);
    const { operation, key } = call.query;
    if (this.queried.heard) this.queried.emit({ database: this.name, request: call.request.id, operation, key });
    if (this.pool.tryAcquire()) Query.connected(query);
    else if (this.pool.enqueue(Query.connected, query) === undefined) this.tellAnswer(query, 'overloaded');
    this.tellPool();
  }

  /** Has a connected query worked at. */
  work(query: Query): void {
    const demand = this.demand.sample(this.draws.of(query.call.request.nextWorkKey()));
    this.processors.work(Math.max(0, Math.round(demand)), Query.worked, query);
  }

  /** Reads or writes, answers and hands the connection on. */
  finish(query: Query): void {
    const { operation, key } = query.call.query;
    if (operation === 'write') this.versions.set(key, this.version(key) + 1);
    this.tellAnswer(query, 'ok');
    this.pool.release();
    this.tellPool();
  }

  /** The version that stands under a key: the truth that staleness is measured by. */
  version(key: number): number {
    return this.versions.get(key) ?? 0;
  }

  state(): Readonly<Record<string, number | string>> {
    return {
      connections: this.pool.capacity,
      'connections in use': this.pool.inUse,
      'waiting for a connection': this.pool.waiting,
      'queries running': this.processors.active,
    };
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    if (this.pool.inUse > this.pool.capacity) broken.push(`${this.name}: more connections in use than there are`);
    if (this.processors.active > this.pool.inUse) broken.push(`${this.name}: a query runs without a connection`);
    return broken;
  }

  private tellAnswer(query: Query, outcome: 'ok' | 'overloaded'): void {
    const { call } = query;
    const { operation, key } = call.query;
    if (this.answered.heard) {
      const duration = this.sim.now - query.arrived;
      const waited = query.connectedAt - query.arrived;
      this.answered.emit({ database: this.name, request: call.request.id, operation, key, outcome, waited, duration });
    }
    if (outcome === 'ok') call.reply({ key, version: this.version(key) });
    else call.refuse('overloaded');
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
}

/** One query on its way through the database. */
class Query {
  readonly database: Database;
  readonly call: Call<DatabaseQuery, Row>;
  readonly arrived: Time;
  connectedAt: Time;

  constructor(database: Database, call: Call<DatabaseQuery, Row>) {
    this.database = database;
    this.call = call;
    this.arrived = database.sim.now;
    this.connectedAt = this.arrived;
  }

  static connected(query: Query): void {
    query.connectedAt = query.database.sim.now;
    query.database.work(query);
  }

  static worked(query: Query): void {
    query.database.finish(query);
  }
}

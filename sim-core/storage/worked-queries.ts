/**
 * How a store works at what it is asked, whatever that is: a connection for each query from a bounded pool, then its demand on
 * processors that all queries share, then what it does, at one instant, and its answer. As `database.ts` does for rows by key; for
 * stores whose queries are of other shapes.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import type { Fact, FactChannel } from '../kernel/fact.ts';
import { ProcessorSharing } from '../kernel/processor-sharing.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import { Resource } from '../kernel/resource.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Duration, Time } from '../kernel/time.ts';
import type { Call } from '../network/call.ts';
import { roomToWait, type Intervention } from '../network/component.ts';
import { databaseAnswered, databasePool, databaseQueried } from './database-signals.ts';

export interface WorkOptions {
  /** Queries worked at at once; an integer of at least 1. */
  readonly connections: number;
  /** Queries that may wait for a connection. */
  readonly queueMax: number;
  /** Processors that the queries share. */
  readonly cores: number;
  /** Processor time of any query, in nanoseconds. */
  readonly demand: Distribution;
}

/** What a query is, once it is connected: what it reads is read then, what it writes is written when its work is done. */
export interface Work<Reply> {
  /** Processor time that it takes beside that of any query. */
  readonly extra: Duration;
  /** Rows, or events, that it reads or writes. */
  readonly rows: number;
  /** Does it; called when the work is done. */
  finish(): Reply;
}

/** What a query asks for, as it comes: `key` is the first of as many `rows`, or events, as it names. */
export interface AskedFor {
  readonly operation: string;
  readonly key: number;
  readonly rows: number;
}

interface Query {
  readonly call: Call<unknown, unknown>;
  readonly operation: string;
  readonly key: number;
  readonly begin: () => Work<unknown>;
  readonly arrived: Time;
  connectedAt: Time;
  work: Work<unknown> | undefined;
}

export class WorkedQueries {
  readonly slowing: Intervention;
  private readonly sim: Simulation;
  private readonly name: string;
  private readonly pool: Resource;
  private readonly processors: ProcessorSharing;
  private readonly demand: Distribution;
  private readonly draws: KeyedStream;
  private readonly queried: FactChannel<Fact<typeof databaseQueried>>;
  private readonly answered: FactChannel<Fact<typeof databaseAnswered>>;
  private readonly pooled: FactChannel<Fact<typeof databasePool>>;

  constructor(sim: Simulation, name: string, options: WorkOptions) {
    const { connections: capacity, queueMax, cores, demand } = options;
    this.sim = sim;
    this.name = name;
    this.pool = new Resource(sim, { name: `${name} pool`, capacity, queueMax });
    this.processors = new ProcessorSharing(sim, name, cores);
    this.demand = demand;
    this.draws = sim.keyedRandom(`${name}/demand`);
    this.queried = sim.facts.channel(databaseQueried);
    this.answered = sim.facts.channel(databaseAnswered);
    this.pooled = sim.facts.channel(databasePool);
    this.slowing = {
      help: 'Makes every query take so many times as long from now on; 1 is the original speed',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 4 }],
      apply: ([factor]) => this.processors.setSpeed(1 / factor),
    };
  }

  /** Takes a query in: it gets a connection, or waits for one, or is refused. `begin` is called when it has one. */
  admit<Reply>(call: Call<unknown, Reply>, { operation, key, rows }: AskedFor, begin: () => Work<Reply>): void {
    const { now } = this.sim;
    const asked = call as Call<unknown, unknown>;
    const query: Query = { call: asked, operation, key, begin, arrived: now, connectedAt: now, work: undefined };
    if (this.queried.heard) {
      this.queried.emit({ database: this.name, request: call.request.id, operation, key, rows });
    }
    const connected = (one: Query): void => this.connect(one);
    if (this.pool.tryAcquire()) this.connect(query);
    else if (this.pool.enqueue(connected, query) === undefined) {
      this.tellAnswer(query, 'overloaded');
      call.refuse('overloaded');
    }
    this.tellPool();
  }

  state(): Readonly<Record<string, number | string>> {
    return {
      connections: this.pool.capacity,
      'connections in use': this.pool.inUse,
      'waiting for a connection': this.pool.waiting,
      ...roomToWait(this.pool.queueMax),
      'queries running': this.processors.active,
    };
  }

  violations(): readonly string[] {
    return this.processors.active > this.pool.inUse ? [`${this.name}: a query runs without a connection`] : [];
  }

  private connect(query: Query): void {
    query.connectedAt = this.sim.now;
    query.work = query.begin();
    const draws = this.draws.of(query.call.request.nextWorkKey());
    const demand = Math.max(0, Math.round(this.demand.sample(draws) + query.work.extra));
    this.processors.work(demand, (one: Query) => this.finish(one), query);
  }

  private finish(query: Query): void {
    const reply = query.work!.finish();
    this.tellAnswer(query, 'ok');
    query.call.reply(reply);
    this.pool.release();
    this.tellPool();
  }

  private tellAnswer({ call, operation, key, arrived, connectedAt, work }: Query, outcome: string): void {
    if (!this.answered.heard) return;
    const duration = this.sim.now - arrived;
    const [rows, waited] = [work?.rows ?? 0, connectedAt - arrived];
    this.answered.emit({
      database: this.name,
      request: call.request.id,
      operation,
      key,
      rows,
      outcome,
      waited,
      duration,
    });
  }

  private tellPool(): void {
    if (!this.pooled.heard) return;
    this.pooled.emit({ database: this.name, used: this.pool.inUse, pending: this.pool.waiting });
  }
}

/**
 * A read store: read models in a database of their own, each in a table, one of which is served. Reads and what the projection writes
 * share its processors. A batch of events is applied at one instant, with the checkpoint in the same transaction or without.
 *
 * A reader may ask for a position of the log at least, that of its own write: it waits until the served model has got there, but
 * no longer than it said. MongoDB's `afterClusterTime` and Marten's waiting for data that are not stale do so.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { databaseSignals } from '../../storage/database-signals.ts';
import { WorkedQueries, type Work, type WorkOptions } from '../../storage/worked-queries.ts';
import { readStoreSignals, readWaited } from './facts.ts';
import { ReadModel, type DeliveryOutcome, type EventDelivery, type ModelRow, type RowMaker } from './read-model.ts';

/** `atLeast` 0 does not wait. */
export interface ModelRead {
  readonly command: 'read';
  readonly key: number;
  readonly atLeast: number;
  readonly waitMax: Duration;
}

/**
 * What a projection asks of the table that it writes: to `open` it, which makes it if it is not there and tells its checkpoint, or to
 * open it empty (`clear`); to `apply` events up to the first that is early, and in the same transaction to move the checkpoint, if
 * there is one and none is; to move the checkpoint by itself; to have the table read from now on, and to drop all others (`serve`).
 *
 * Of a projection that was killed there may be writes on their way still: each of its lives has an epoch, a table knows the latest
 * that has opened it, and does nothing for an earlier one.
 */
export type ModelWrite = { readonly table: string; readonly epoch: number } & (
  | { readonly command: 'open' | 'clear' | 'serve' }
  | {
      readonly command: 'apply';
      readonly deliveries: readonly EventDelivery[];
      readonly checkpoint: number | undefined;
    }
  | { readonly command: 'checkpoint'; readonly position: number }
);

export type ReadStoreQuery = ModelRead | ModelWrite;

export interface ReadStoreReply<Row> {
  readonly checkpoint: number;
  readonly row?: ModelRow<Row>;
  readonly outcomes?: readonly DeliveryOutcome[];
}

export interface ReadStoreOptions<Row> extends WorkOptions {
  readonly name: string;
  /** Processor time of each event that is applied, beside that of any query. */
  readonly applyTime: Duration;
  readonly maker: RowMaker<Row>;
  /** Whether rows know which events they have. */
  readonly isIdempotent: boolean;
  /** The table that is served from the start. */
  readonly table: string;
  /** What is in it from the start. */
  readonly history: readonly EventDelivery[];
}

interface WaitingRead<Row> {
  readonly call: Call<ReadStoreQuery, ReadStoreReply<Row>>;
  readonly atLeast: number;
  readonly since: Time;
  alarm: EventHandle;
}

export class ReadStore<Row> implements Endpoint<ReadStoreQuery, ReadStoreReply<Row>>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = [...databaseSignals, ...readStoreSignals];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: ReadStoreOptions<Row>;
  private readonly queries: WorkedQueries;
  private readonly tables = new Map<string, ReadModel<Row>>();
  private served: string;
  /** Readers that wait for a position; none of them has a connection. As many as ask. */
  private readonly waiting = new Set<WaitingRead<Row>>();
  private readonly givesUpKind: number;
  private readonly waited: FactChannel<Fact<typeof readWaited>>;

  constructor(sim: Simulation, options: ReadStoreOptions<Row>) {
    const { name, connections, cores, table, history } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `Read models of the projection; ${connections} connections over ${cores} cores`;
    this.queries = new WorkedQueries(sim, name, options);
    this.served = table;
    this.givesUpKind = sim.eventKind(`${name} gives up waiting for an event`);
    this.waited = sim.facts.channel(readWaited);
    const model = this.open(table);
    for (const delivery of history) model.apply(delivery);
    model.checkpoint = history.at(-1)?.position ?? 0;
    this.interventions = { slow: this.queries.slowing };
    register(sim, this);
  }

  /** The model that is served. */
  get model(): ReadModel<Row> {
    return this.open(this.served);
  }

  receive(call: Call<ReadStoreQuery, ReadStoreReply<Row>>): void {
    const { query } = call;
    if (query.command === 'read' && this.model.checkpoint < query.atLeast) this.hold(call, query);
    else this.admit(call);
  }

  state(): Readonly<Record<string, number | string>> {
    const { checkpoint, size } = this.model;
    const tables = [...this.tables.keys()].join(', ');
    return { ...this.queries.state(), tables, rows: size, checkpoint, 'waiting for an event': this.waiting.size };
  }

  violations(): readonly string[] {
    return this.queries.violations();
  }

  private admit(call: Call<ReadStoreQuery, ReadStoreReply<Row>>): void {
    const { query } = call;
    const { command: operation } = query;
    const key = query.command === 'read' ? query.key : 0;
    this.queries.admit(call, { operation, key, rows: rowsOf(query) }, () => this.begin(query));
  }

  private begin(query: ReadStoreQuery): Work<ReadStoreReply<Row>> {
    const rows = rowsOf(query);
    if (query.command === 'read') {
      const finish = (): ReadStoreReply<Row> => {
        const { model } = this;
        return { checkpoint: model.checkpoint, row: model.row(query.key) };
      };
      return { rows, extra: 0, finish };
    }
    return { rows, extra: rows * this.options.applyTime, finish: () => this.write(query) };
  }

  private write(query: ModelWrite): ReadStoreReply<Row> {
    const { command, epoch, table } = query;
    const model = command === 'open' || command === 'clear' ? this.open(table) : this.tables.get(table);
    if (model === undefined || epoch < model.epoch) return { checkpoint: model?.checkpoint ?? 0 };
    let outcomes: readonly DeliveryOutcome[] = [];
    switch (command) {
      case 'open':
        model.epoch = epoch;
        break;
      case 'clear':
        model.epoch = epoch;
        model.clear();
        break;
      case 'apply':
        outcomes = this.apply(model, query);
        break;
      case 'checkpoint':
        model.checkpoint = query.position;
        break;
      case 'serve':
        this.served = table;
        for (const other of this.tables.keys()) if (other !== table) this.tables.delete(other);
    }
    if (table === this.served) this.letRead(model.checkpoint);
    return { checkpoint: model.checkpoint, outcomes };
  }

  private apply(
    model: ReadModel<Row>,
    { deliveries, checkpoint }: ModelWrite & { readonly command: 'apply' },
  ): DeliveryOutcome[] {
    const outcomes: DeliveryOutcome[] = [];
    for (const delivery of deliveries) {
      const outcome = model.apply(delivery);
      outcomes.push(outcome);
      if (outcome === 'early') return outcomes;
    }
    if (checkpoint !== undefined) model.checkpoint = checkpoint;
    return outcomes;
  }

  private open(table: string): ReadModel<Row> {
    let model = this.tables.get(table);
    if (model === undefined) {
      model = new ReadModel(this.options.maker, this.options.isIdempotent);
      this.tables.set(table, model);
    }
    return model;
  }

  private hold(call: Call<ReadStoreQuery, ReadStoreReply<Row>>, { atLeast, waitMax }: ModelRead): void {
    const read: WaitingRead<Row> = { call, atLeast, since: this.sim.now, alarm: -1 };
    read.alarm = this.sim.schedule(waitMax, (late) => this.giveUp(late), read, this.givesUpKind);
    this.waiting.add(read);
  }

  private giveUp(read: WaitingRead<Row>): void {
    this.waiting.delete(read);
    this.tellWaited(read, 'timeout');
    read.call.refuse('timeout');
  }

  private letRead(checkpoint: number): void {
    for (const read of this.waiting) {
      if (read.atLeast > checkpoint) continue;
      this.waiting.delete(read);
      this.sim.cancel(read.alarm);
      this.tellWaited(read, 'ok');
      this.admit(read.call);
    }
  }

  private tellWaited({ call, since }: WaitingRead<Row>, outcome: string): void {
    if (!this.waited.heard) return;
    this.waited.emit({ store: this.name, request: call.request.id, outcome, duration: this.sim.now - since });
  }
}

/** A row that is read, or the events that are applied; else what is asked is of the table. */
function rowsOf(query: ReadStoreQuery): number {
  if (query.command === 'read') return 1;
  return query.command === 'apply' ? query.deliveries.length : 0;
}

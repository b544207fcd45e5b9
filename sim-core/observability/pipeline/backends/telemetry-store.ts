/**
 * A telemetry store: takes export requests, keeps what its keeper takes, and answers queries by reading through it. Writing and
 * reading have processors of their own, each shared by all that is written or read at a time.
 *
 * Answers only when what was written is kept. It may be down, which refuses connections, or slow. Does not model replicas, nor
 * that what was written a moment ago cannot be found yet.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import { ProcessorSharing } from '../../../kernel/processor-sharing.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../../kernel/time.ts';
import type { Call, Endpoint } from '../../../network/call.ts';
import { register, type Component, type Intervention } from '../../../network/component.ts';
import { defineSignal, type SignalDefinition } from '../../../statistics/signal.ts';
import { countOf } from '../export-batches.ts';
import type { ExportRequest, ExportResponse } from '../export-request.ts';
import type { Keeper, StoreQuery } from './keeper.ts';
import { storeRead, storeSize, storeWritten } from './store-signals.ts';

export interface StoreAnswer {
  /** Bytes, or samples, that were read for it. */
  readonly read: number;
}

export interface TelemetryStoreOptions {
  readonly name: string;
  readonly help: string;
  readonly keeper: Keeper;
  /** Processors for writing, and for reading. */
  readonly cores: number;
  /** Processor time of an item that is written. */
  readonly writing: Duration;
  /** Bytes, or samples, that one processor reads through in a second. */
  readonly readRate: number;
}

type Write = Call<ExportRequest, ExportResponse>;
type Read = Call<StoreQuery, StoreAnswer>;

export class TelemetryStore implements Endpoint<ExportRequest, ExportResponse>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  /** Where queries are sent. */
  readonly reads: Endpoint<StoreQuery, StoreAnswer>;
  private readonly sim: Simulation;
  private readonly options: TelemetryStoreOptions;
  private readonly writers: ProcessorSharing;
  private readonly readers: ProcessorSharing;
  private readonly writing = new Set<Write>();
  private readonly reading = new Set<Read>();
  private downUntil: Time = 0;
  private readonly written: FactChannel<Fact<typeof storeWritten>>;
  private readonly sized: FactChannel<Fact<typeof storeSize>>;
  private readonly answered: FactChannel<Fact<typeof storeRead>>;

  constructor(sim: Simulation, options: TelemetryStoreOptions) {
    const { name, cores, readRate } = options;
    if (!(readRate > 0)) throw new RangeError(`${name}: readRate is ${readRate}; it must be above 0`);
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = options.help;
    this.signals = signalsOf(name);
    this.writers = new ProcessorSharing(sim, `${name} writing`, cores);
    this.readers = new ProcessorSharing(sim, `${name} reading`, cores);
    this.reads = { name, receive: (call) => this.read(call) };
    this.written = sim.facts.channel(storeWritten);
    this.sized = sim.facts.channel(storeSize);
    this.answered = sim.facts.channel(storeRead);
    this.interventions = { down: this.outage(), slow: this.slowing() };
    register(sim, this);
  }

  get isUp(): boolean {
    return this.sim.now >= this.downUntil;
  }

  receive(call: Write): void {
    if (!this.isUp) return this.refuse(call, 'unavailable');
    this.writing.add(call);
    this.writers.work(countOf(call.query) * this.options.writing, () => this.write(call), undefined);
  }

  /** Nobody answers for so long; what was being written or read is broken off, and what is kept stays. */
  down(length: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + length);
    this.writers.clear();
    this.readers.clear();
    for (const call of this.writing) this.refuse(call, 'unavailable');
    for (const call of this.reading) call.refuse('unavailable');
    this.writing.clear();
    this.reading.clear();
  }

  state(): Readonly<Record<string, number | string>> {
    const { writing, reading, options } = this;
    const state = { writing: writing.size, reading: reading.size, ...options.keeper.state() };
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    return this.options.keeper.violations();
  }

  private write(call: Write): void {
    const { query } = call;
    this.writing.delete(call);
    const outcome = this.options.keeper.write(query, this.sim.now);
    if (typeof outcome === 'string') return this.refuse(call, outcome);
    this.tellWritten(call, outcome.rejected, 'ok');
    this.tellSize();
    call.reply(outcome);
  }

  private read(call: Read): void {
    if (!this.isUp) return call.refuse('unavailable');
    const { keeper, readRate } = this.options;
    const amount = keeper.amountToRead(call.query);
    const began = this.sim.now;
    this.reading.add(call);
    const finish = (): void => {
      this.reading.delete(call);
      const { name: store } = this;
      const duration = this.sim.now - began;
      if (this.answered.heard) this.answered.emit({ store, request: call.request.id, amount, duration });
      call.reply({ read: amount });
    };
    this.readers.work(Math.round((amount / readRate) * SECOND), finish, undefined);
  }

  private refuse(call: Write, failure: 'unavailable' | Extract<ReturnType<Keeper['write']>, string>): void {
    this.tellWritten(call, 0, failure);
    call.refuse(failure);
  }

  private tellWritten({ query, request }: Write, rejected: number, outcome: string): void {
    if (!this.written.heard) return;
    const { name: store } = this;
    this.written.emit({ store, request: request.id, kind: query.kind, items: countOf(query), rejected, outcome });
  }

  private tellSize(): void {
    if (!this.sized.heard) return;
    const { bytes, series = 0 } = this.options.keeper;
    this.sized.emit({ store: this.name, bytes, series });
  }

  private outage(): Intervention {
    return {
      help: 'Nobody answers for so long; what is kept stays',
      arguments: [{ name: 'seconds', help: 'how long', min: 0.001, max: 1e6, default: 600 }],
      apply: ([seconds]) => this.down(Math.round(seconds * SECOND)),
    };
  }

  private slowing(): Intervention {
    return {
      help: 'Writing and reading take so many times as long from now on; 1 is as it was',
      arguments: [{ name: 'factor', help: 'times as long', min: 0.01, max: 1000, default: 10 }],
      apply: ([factor]) => {
        this.writers.setSpeed(1 / factor);
        this.readers.setSpeed(1 / factor);
      },
    };
  }
}

/** Under the store's own name, so that each is charted by itself. */
const signalsOf = (store: string): SignalDefinition[] => [
  defineSignal({
    name: `store.${store}.written`,
    kind: 'rate',
    unit: '1/s',
    help: `Items that the store ${store} has taken, a second`,
    fact: storeWritten,
    where: (fact) => fact.store === store && fact.outcome === 'ok',
    amount: ({ items, rejected }) => items - rejected,
  }),
  defineSignal({
    name: `store.${store}.rejected`,
    kind: 'counter',
    unit: '{item}',
    help: `Items that the store ${store} has rejected for good, while it took the rest of their request`,
    fact: storeWritten,
    where: (fact) => fact.store === store,
    amount: ({ rejected }) => rejected,
  }),
  defineSignal({
    name: `store.${store}.refusals`,
    kind: 'counter',
    unit: '{request}',
    help: `Requests that the store ${store} has refused as a whole: down, full, or over a limit`,
    fact: storeWritten,
    where: (fact) => fact.store === store && fact.outcome !== 'ok',
  }),
  defineSignal({
    name: `store.${store}.size`,
    kind: 'gauge',
    unit: 'By',
    help: `Bytes that the store ${store} keeps: on disk, or of metrics the series in memory`,
    fact: storeSize,
    where: (fact) => fact.store === store,
    value: ({ bytes }) => bytes,
    of: (fact) => fact.store,
  }),
  defineSignal({
    name: `store.${store}.read.duration`,
    kind: 'histogram',
    unit: 's',
    help: `Time in which the store ${store} answers a query`,
    fact: storeRead,
    where: (fact) => fact.store === store,
    value: ({ duration }) => duration,
  }),
];

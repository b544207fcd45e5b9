/**
 * An event store: the log of events with the cost of reading and writing it. Every query takes a connection and the processors that
 * all share; beside the demand of any query it takes so much for each event or snapshot that is read or written. An append is checked and
 * committed at one instant, when its work is done; a read sees what was committed when its work began.
 *
 * It keeps a snapshot of each stream, the latest that came: a state, the version of the stream that it is the fold of, and the
 * revision of the code that made it, since code of another one cannot read it. A load is given the snapshot, if there is one that it
 * can use, and the events behind it.
 * Does not model a disk apart from the processors, replicas, or subscriptions that are pushed: who follows the log asks for more.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { databaseSignals } from '../../storage/database-signals.ts';
import { WorkedQueries, type AskedFor, type Work, type WorkOptions } from '../../storage/worked-queries.ts';
import {
  isWithin,
  type AppendResult,
  type AsOf,
  type EventLog,
  type ExpectedVersion,
  type RecordedEvent,
} from './event-log.ts';
import { appendConflicted, eventsAppended, eventStoreSignals } from './facts.ts';

export interface Snapshot {
  readonly stream: number;
  readonly version: number;
  /** A time by which all events in it had been committed, and the position of the last of them. */
  readonly at: Time;
  readonly position: number;
  readonly revision: number;
  readonly state: unknown;
}

export interface StreamLoad {
  readonly stream: number;
  /** Of the code that asks: a snapshot of another one is of no use to it. Undefined for all events and no snapshot. */
  readonly revision: number | undefined;
  /** The stream as it was then; as it is without it. */
  readonly asOf?: AsOf;
}

export type EventStoreQuery =
  | { readonly command: 'load'; readonly loads: readonly StreamLoad[] }
  | {
      readonly command: 'append';
      readonly stream: number;
      readonly expected: ExpectedVersion;
      readonly events: readonly Uint8Array[];
    }
  | { readonly command: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly command: 'read-all'; readonly after: number; readonly count: number };

export interface LoadedStream {
  readonly snapshot: Snapshot | undefined;
  readonly events: readonly RecordedEvent[];
}

export type EventStoreReply =
  | { readonly answer: 'loaded'; readonly loaded: readonly LoadedStream[] }
  | { readonly answer: 'appended'; readonly result: AppendResult }
  | { readonly answer: 'kept' }
  | { readonly answer: 'read'; readonly events: readonly RecordedEvent[]; readonly head: number };

export interface EventStoreOptions extends WorkOptions {
  readonly name: string;
  /** Processor time of each event or snapshot that is read, and of each that is written. */
  readonly readTime: Duration;
  readonly writeTime: Duration;
  /** What is in it from the start. */
  readonly log: EventLog;
  readonly snapshots: readonly Snapshot[];
  /** Told of each append as it is committed, by the last event's version. */
  readonly onAppend?: (stream: number, version: number) => void;
}

export class EventStore implements Endpoint<EventStoreQuery, EventStoreReply>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = [...databaseSignals, ...eventStoreSignals];
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly log: EventLog;
  private readonly sim: Simulation;
  private readonly options: EventStoreOptions;
  private readonly queries: WorkedQueries;
  private readonly snapshots = new Map<number, Snapshot>();
  private readonly appended: FactChannel<Fact<typeof eventsAppended>>;
  private readonly conflicted: FactChannel<Fact<typeof appendConflicted>>;

  constructor(sim: Simulation, options: EventStoreOptions) {
    const { name, connections, cores } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.log = options.log;
    this.help = `A log of events, a stream for each aggregate; ${connections} connections over ${cores} cores`;
    this.queries = new WorkedQueries(sim, name, options);
    for (const snapshot of options.snapshots) this.snapshots.set(snapshot.stream, snapshot);
    this.interventions = { slow: this.queries.slowing, 'drop-snapshots': this.dropping() };
    this.appended = sim.facts.channel(eventsAppended);
    this.conflicted = sim.facts.channel(appendConflicted);
    register(sim, this);
  }

  receive(call: Call<EventStoreQuery, EventStoreReply>): void {
    const { query } = call;
    this.queries.admit(call, askedFor(query), () => this.begin(query, call.request.id));
  }

  state(): Readonly<Record<string, number>> {
    return { ...this.queries.state(), events: this.log.head, snapshots: this.snapshots.size };
  }

  violations(): readonly string[] {
    const ahead = [...this.snapshots.values()].find(({ stream, version }) => version > this.log.versionOf(stream));
    const broken =
      ahead && `${this.name}: a snapshot of version ${ahead.version} of the shorter stream ${ahead.stream}`;
    return broken === undefined ? this.queries.violations() : [...this.queries.violations(), broken];
  }

  private begin(query: EventStoreQuery, request: number): Work<EventStoreReply> {
    const { readTime, writeTime } = this.options;
    switch (query.command) {
      case 'load': {
        const loaded = query.loads.map((load) => this.load(load));
        const rows = loaded.reduce((sum, { snapshot, events }) => sum + (snapshot ? 1 : 0) + events.length, 0);
        return { rows, extra: rows * readTime, finish: () => ({ answer: 'loaded', loaded }) };
      }
      case 'read-all': {
        const { head } = this.log;
        const events = this.log.readAll(query.after, query.count);
        const rows = events.length;
        return { rows, extra: rows * readTime, finish: () => ({ answer: 'read', events, head }) };
      }
      case 'append': {
        const rows = query.events.length;
        const finish = (): EventStoreReply => ({ answer: 'appended', result: this.append(query, request) });
        return { rows, extra: rows * writeTime, finish };
      }
      case 'snapshot':
        return { rows: 1, extra: writeTime, finish: () => this.keep(query.snapshot) };
    }
  }

  private load({ stream, revision, asOf }: StreamLoad): LoadedStream {
    const kept = this.snapshots.get(stream);
    const isOfUse = kept !== undefined && kept.revision === revision && (asOf === undefined || isWithin(asOf, kept));
    const snapshot = isOfUse ? kept : undefined;
    return { snapshot, events: this.log.read(stream, snapshot?.version ?? 0, asOf) };
  }

  private append(query: EventStoreQuery & { command: 'append' }, request: number): AppendResult {
    const { stream, expected, events } = query;
    const result = this.log.append(stream, expected, events, this.sim.now);
    const { version } = result;
    const store = this.name;
    if (result.outcome === 'appended') {
      if (this.appended.heard) this.appended.emit({ store, request, stream, version, position: result.position });
      this.options.onAppend?.(stream, version);
    } else if (this.conflicted.heard) {
      this.conflicted.emit({ store, request, stream, expected: Number(expected), actual: version });
    }
    return result;
  }

  /** A snapshot that was overtaken by a later one is of no use, unless that is of another revision. */
  private keep(snapshot: Snapshot): EventStoreReply {
    const kept = this.snapshots.get(snapshot.stream);
    const isNewer = kept === undefined || kept.revision !== snapshot.revision || kept.version < snapshot.version;
    if (isNewer) this.snapshots.set(snapshot.stream, snapshot);
    return { answer: 'kept' };
  }

  private dropping(): Intervention {
    return { help: 'Throws all snapshots away', arguments: [], apply: () => this.snapshots.clear() };
  }
}

/** What a query names: streams to load, events to append, a snapshot; of the log as many events as it may be given. */
function askedFor(query: EventStoreQuery): AskedFor {
  const { command: operation } = query;
  switch (query.command) {
    case 'load':
      return { operation, key: query.loads[0].stream, rows: query.loads.length };
    case 'append':
      return { operation, key: query.stream, rows: query.events.length };
    case 'snapshot':
      return { operation, key: query.snapshot.stream, rows: 1 };
    case 'read-all':
      return { operation, key: 0, rows: query.count };
  }
}

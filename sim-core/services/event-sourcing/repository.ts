/**
 * Who carries out commands on aggregates: loads one, that is reads its events from the store and folds them, decides, and appends
 * what comes of it, expecting the version that it has seen. If the stream has moved on meanwhile it begins again with a fresh load,
 * because the decision may be another one now; after so many conflicts it gives up.
 *
 * With snapshots it has the state kept when an append has brought the stream so many events past the last snapshot, and nobody waits
 * for that. The code that reads events can be changed while it runs; a snapshot belongs to the code's version.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import { ProcessorSharing } from '../../kernel/processor-sharing.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { worked } from '../../kernel/worked.ts';
import { DecodeFailed } from '../../messaging/schema/bytes.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Decider } from './aggregate.ts';
import type { EventCodec, EventValues } from './event-codec.ts';
import type { AppendResult, AsOf, RecordedEvent } from './event-log.ts';
import type { EventStoreQuery, EventStoreReply, StreamLoad } from './event-store.ts';
import { aggregateLoaded, commandHandled } from './facts.ts';

/** What is deployed together: how events are read and written, and what they mean. */
export interface AggregateCode<Command, State> {
  readonly codec: EventCodec;
  readonly decider: Decider<Command, State, EventValues>;
}

export interface RepositoryOptions<Command, State> {
  readonly service: string;
  readonly store: Link<EventStoreQuery, EventStoreReply>;
  readonly code: AggregateCode<Command, State>;
  /** Processors that fold, and their time for one event. */
  readonly cores: number;
  readonly foldTime: Duration;
  /** A snapshot after so many events; Infinity for none. */
  readonly snapshotEvery: number;
  /** Whether an append says which version it was decided on. */
  readonly checksVersion: boolean;
  /** Times that a command is decided before it is given up. */
  readonly attemptsMax: number;
}

export interface LoadedAggregate<State> {
  readonly state: State;
  readonly version: number;
  /** Of the snapshot that it was loaded from, 0 without one. */
  readonly snapshotVersion: number;
  /** Of the last event in it; 0 if there was none behind its snapshot. */
  readonly position: number;
}

/** What became of a command: `declined` by the state of its aggregate, given up over `conflict`s, or its events are `unreadable`. */
export type CommandResult<State> =
  | {
      readonly outcome: 'appended';
      readonly loaded: LoadedAggregate<State>;
      readonly version: number;
      readonly position: number;
    }
  | { readonly outcome: 'declined'; readonly loaded: LoadedAggregate<State> }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'unreadable' };

export class Repository<Command, State> {
  private readonly sim: Simulation;
  private readonly options: RepositoryOptions<Command, State>;
  private readonly processors: ProcessorSharing;
  private deployed: Deployed<Command, State>;
  private readonly loaded: FactChannel<Fact<typeof aggregateLoaded>>;
  private readonly handled: FactChannel<Fact<typeof commandHandled>>;

  constructor(sim: Simulation, options: RepositoryOptions<Command, State>) {
    const { service, cores, attemptsMax, snapshotEvery } = options;
    if (!(Number.isInteger(attemptsMax) && attemptsMax >= 1)) {
      throw new RangeError(`${service}: attemptsMax is ${attemptsMax}; it must be an integer of at least 1`);
    }
    if (!(snapshotEvery >= 1))
      throw new RangeError(`${service}: snapshotEvery is ${snapshotEvery}; it must be 1 or more`);
    this.sim = sim;
    this.options = options;
    this.processors = new ProcessorSharing(sim, `${service} folding`, cores);
    this.deployed = new Deployed(options.code);
    this.loaded = sim.facts.channel(aggregateLoaded);
    this.handled = sim.facts.channel(commandHandled);
  }

  get code(): AggregateCode<Command, State> {
    return this.deployed;
  }

  /** Whoever begins from now on has this code; what is under way is finished with the one that it began with. */
  deploy(code: AggregateCode<Command, State>): void {
    this.deployed = new Deployed(code);
  }

  /** Aggregates as they are, or were, in one query; throws `DecodeFailed` if an event cannot be read. */
  *load(
    streams: readonly number[],
    request: RequestContext,
    asOf?: AsOf,
    code = this.deployed,
  ): Behaviour<readonly LoadedAggregate<State>[]> {
    const { store, foldTime, snapshotEvery } = this.options;
    const { decider } = code;
    const began = this.sim.now;
    const revision = snapshotEvery < Infinity ? code.codec.version : undefined;
    const loads = streams.map((stream): StreamLoad => ({
      stream,
      revision,
      ...(asOf === undefined ? {} : { asOf }),
    }));
    const reply = yield* store.call({ command: 'load', loads }, request);
    if (reply.answer !== 'loaded') throw new Error(`${store.name}: ${reply.answer} in answer to a load`);
    const { loaded } = reply;
    const count = loaded.reduce((sum, { events }) => sum + events.length, 0);
    if (count > 0) yield* worked(this.sim, this.processors, count * foldTime);
    const aggregates = loaded.map(({ snapshot, events }): LoadedAggregate<State> => {
      const state = code.fold(snapshot === undefined ? decider.initial : (snapshot.state as State), events);
      const snapshotVersion = snapshot?.version ?? 0;
      const position = events.at(-1)?.position ?? 0;
      return { state, version: snapshotVersion + events.length, snapshotVersion, position };
    });
    if (this.loaded.heard) {
      const [service, stream] = [this.options.service, streams[0]];
      const snapshot = loaded.some((one) => one.snapshot !== undefined);
      const duration = this.sim.now - began;
      const past = asOf !== undefined;
      this.loaded.emit({ service, request: request.id, stream, events: count, snapshot, past, duration });
    }
    return aggregates;
  }

  /** Carries a command out on the aggregate of a stream. */
  *handle(stream: number, command: Command, request: RequestContext): Behaviour<CommandResult<State>> {
    const { attemptsMax } = this.options;
    const code = this.deployed;
    const { decider } = code;
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      let loaded: LoadedAggregate<State>;
      try {
        [loaded] = yield* this.load([stream], request, undefined, code);
      } catch (error) {
        if (!(error instanceof DecodeFailed)) throw error;
        this.tellHandled(stream, request, 'unreadable', attempt, false);
        return { outcome: 'unreadable' };
      }
      const events = decider.decide(loaded.state, command);
      if (events.length === 0) {
        this.tellHandled(stream, request, 'declined', attempt, false);
        return { outcome: 'declined', loaded };
      }
      const bytes = events.map((event) => code.codec.encode(event));
      const result = yield* this.append(stream, loaded.version, bytes, request);
      if (result.outcome === 'conflict') continue;
      const isOutdated = result.version !== loaded.version + events.length;
      if (!isOutdated) this.keepSnapshot(stream, loaded, events, result.position, request, code);
      this.tellHandled(stream, request, 'appended', attempt, isOutdated);
      return { outcome: 'appended', version: result.version, position: result.position, loaded };
    }
    this.tellHandled(stream, request, 'conflict', attemptsMax, false);
    return { outcome: 'conflict' };
  }

  private *append(
    stream: number,
    version: number,
    events: readonly Uint8Array[],
    request: RequestContext,
  ): Behaviour<AppendResult> {
    const { store, checksVersion } = this.options;
    const expected = checksVersion ? version : 'any';
    const reply = yield* store.call({ command: 'append', stream, expected, events }, request);
    if (reply.answer !== 'appended') throw new Error(`${store.name}: ${reply.answer} in answer to an append`);
    return reply.result;
  }

  private keepSnapshot(
    stream: number,
    { state, version, snapshotVersion }: LoadedAggregate<State>,
    events: readonly EventValues[],
    position: number,
    request: RequestContext,
    { codec, decider }: AggregateCode<Command, State>,
  ): void {
    const { store, snapshotEvery } = this.options;
    const now = version + events.length;
    if (now - snapshotVersion < snapshotEvery) return;
    const after = events.reduce((one, event) => decider.evolve(one, event), state);
    const snapshot = { stream, version: now, at: this.sim.now, position, revision: codec.version, state: after };
    store.send({ command: 'snapshot', snapshot }, request);
  }

  private tellHandled(
    stream: number,
    request: RequestContext,
    outcome: string,
    attempts: number,
    outdated: boolean,
  ): void {
    if (!this.handled.heard) return;
    this.handled.emit({ service: this.options.service, request: request.id, stream, outcome, attempts, outdated });
  }
}

/** A stream as it has been folded from its beginning, and what was decoded of it, by version. */
interface Known<State> {
  readonly decoded: (EventValues | undefined)[];
  version: number;
  state: State;
}

/** Code, and what it has decoded and folded: it does so with an event once, and is charged for it each time. */
class Deployed<Command, State> implements AggregateCode<Command, State> {
  readonly codec: EventCodec;
  readonly decider: Decider<Command, State, EventValues>;
  private readonly streams = new Map<number, Known<State>>();

  constructor({ codec, decider }: AggregateCode<Command, State>) {
    this.codec = codec;
    this.decider = decider;
  }

  /** What the events of one stream make of a state. */
  fold(from: State, events: readonly RecordedEvent[]): State {
    if (events.length === 0) return from;
    const [{ stream, version: first }] = events;
    let known = this.streams.get(stream);
    if (known === undefined)
      this.streams.set(stream, (known = { decoded: [], version: 0, state: this.decider.initial }));
    const isWhole = first === 1;
    const isAhead = isWhole && known.version <= events.length;
    let state = isAhead ? known.state : from;
    for (let i = isAhead ? known.version : 0; i < events.length; i++) {
      const values = (known.decoded[first + i] ??= this.codec.decode(events[i].bytes));
      state = this.decider.evolve(state, values);
    }
    if (isAhead) {
      known.version = events.length;
      known.state = state;
    }
    return state;
  }
}

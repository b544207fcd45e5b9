/**
 * A projection: follows the log of an event store from a checkpoint on and keeps a read model up to date. It asks for a batch of
 * events, has the read store apply it, and asks again, at once while there are more and else after a pause. So the model lags.
 *
 * The checkpoint is written in one transaction with the rows, or behind them, or before. Killed in between it begins again where the
 * checkpoint says: behind, and events come again; before, and some never come. Source for the transaction and for behind:
 * https://doc.akka.io/libraries/akka-projection/current/r2dbc.html (exactly once, at least once).
 *
 * It can be built anew from the first event, in place, which readers see, or beside: the old model is served and kept up to date
 * until the new one has caught up (blue-green).
 * Does not model several instances that share the streams among them, nor an event that its code cannot read.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { EventCodec } from './event-codec.ts';
import type { RecordedEvent } from './event-log.ts';
import type { EventStoreQuery, EventStoreReply } from './event-store.ts';
import { eventProjected, projectionBehind, projectionRebuilt, projectionSignals } from './facts.ts';
import type { DeliveryOutcome } from './read-model.ts';
import type { ModelWrite, ReadStoreQuery, ReadStoreReply } from './read-store.ts';

/** `with` the rows, in one transaction; `after` them, so that events come at least once; `before`, and they come at most once. */
export type CheckpointOrder = 'with' | 'after' | 'before';

export interface ProjectionOptions<Row> {
  readonly name: string;
  readonly events: Link<EventStoreQuery, EventStoreReply>;
  readonly models: Link<ReadStoreQuery, ReadStoreReply<Row>>;
  readonly codec: EventCodec;
  readonly checkpoint: CheckpointOrder;
  /** Events of a batch, at most. */
  readonly batch: number;
  /** The pause when there is nothing more, or a store does not answer. */
  readonly pollEvery: Duration;
  /** From the start of the run until it first asks: several that follow one log do not ask at the same instants. */
  readonly startAfter?: Duration;
  /** The table that it writes at the start. */
  readonly table: string;
}

/** A table that is written: the one that is served, or one that is to be. */
interface Writing {
  readonly table: string;
  readonly since: Time;
  /** Whether it is still being built. */
  isRebuild: boolean;
  /** Whether it has to be emptied first. */
  clears: boolean;
  /** Of the process that writes it now. */
  epoch: number;
  /** The checkpoint as it was last told. */
  position: number;
  process: Process | undefined;
}

export class Projection<Row> implements Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals = projectionSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: ProjectionOptions<Row>;
  private readonly requests: BackgroundRequests;
  /** The table that is served, and behind it one that is being built, if there is one. */
  private writings: Writing[];
  private builds = 0;
  private epoch = 0;
  private downUntil: Time = 0;
  /** It was down, and has not caught up since. */
  private isReturning = false;
  /** How far the log is, as it was last told. */
  private head = 0;
  private restart: EventHandle = -1;
  private readonly restartKind: number;
  private readonly projected: FactChannel<Fact<typeof eventProjected>>;
  private readonly rebuilt: FactChannel<Fact<typeof projectionRebuilt>>;
  private readonly behind: FactChannel<Fact<typeof projectionBehind>>;

  constructor(sim: Simulation, options: ProjectionOptions<Row>) {
    const { name, table, batch } = options;
    if (!(Number.isInteger(batch) && batch >= 1)) {
      throw new RangeError(`${name}: batch is ${batch}; it must be an integer of at least 1`);
    }
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `Applies events to a read model, up to ${batch} at once; its checkpoint is written ${options.checkpoint} them`;
    this.requests = new BackgroundRequests(sim);
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.projected = sim.facts.channel(eventProjected);
    this.rebuilt = sim.facts.channel(projectionRebuilt);
    this.behind = sim.facts.channel(projectionBehind);
    this.interventions = {
      kill: this.killing(),
      rebuild: {
        help: 'Builds the read model anew beside the old one, which is served until the new one has caught up',
        of: 'operation',
        arguments: [],
        apply: () => this.rebuildBeside(),
      },
      'rebuild-in-place': {
        help: 'Empties the read model and fills it again from the first event, with readers looking on',
        arguments: [],
        apply: () => this.rebuildInPlace(),
      },
    };
    register(sim, this);
    this.writings = [this.write(table, false, { startAfter: options.startAfter })];
  }

  /** Whether what is served has caught up with the log once since it was down, and is not being filled anew. */
  get isInService(): boolean {
    return !this.isDown && !this.isReturning && !this.writings[0].isRebuild;
  }

  /** For the experimenter, who knows how far the log is; an answer of the store may have been overtaken on its way. */
  tellHead(position: number): void {
    this.head = Math.max(this.head, position);
    if (this.behind.heard) this.behind.emit({ who: `log of ${this.name}`, position: this.head });
  }

  kill(downtime: Duration): void {
    this.isReturning = true;
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const { process } of this.writings) process?.cancel();
    if (this.restart >= 0) this.sim.cancel(this.restart);
    this.restart = this.sim.scheduleAt(this.downUntil, () => this.resume(), undefined, this.restartKind);
  }

  /** Whoever asks while a model is being built gets that one. */
  rebuildBeside(): void {
    if (this.writings.length > 1) return;
    const writing = this.write(`${this.options.table}-${++this.builds}`, true);
    this.writings.push(writing);
    if (this.isDown) writing.process?.cancel();
  }

  /** What is built beside goes on. */
  rebuildInPlace(): void {
    const [{ table, process }, ...others] = this.writings;
    process?.cancel();
    const writing = this.write(table, true, { clears: true });
    this.writings = [writing, ...others];
    if (this.isDown) writing.process?.cancel();
  }

  state(): Readonly<Record<string, number | string>> {
    const positions = this.writings.map(({ table, position }) => [`${table} is at`, position]);
    return { ...Object.fromEntries(positions), ...(this.isDown ? { down: 'yes' } : {}) };
  }

  violations(): readonly string[] {
    return [];
  }

  private get isDown(): boolean {
    return this.sim.now < this.downUntil;
  }

  private write(
    table: string,
    isRebuild: boolean,
    { clears = false, startAfter = 0 }: { readonly clears?: boolean; readonly startAfter?: Duration | undefined } = {},
  ): Writing {
    const since = this.sim.now;
    const writing: Writing = { table, since, isRebuild, clears, epoch: 0, position: 0, process: undefined };
    this.begin(writing, startAfter);
    return writing;
  }

  private resume(): void {
    for (const writing of this.writings) this.begin(writing);
  }

  private begin(writing: Writing, after: Duration = 0): void {
    writing.epoch = ++this.epoch;
    writing.process = spawn(this.sim, `${this.name} of ${writing.table}`, this.follow(writing, after));
  }

  /** Goes on where the checkpoint says, for as long as it lives. */
  private *follow(writing: Writing, after: Duration): Behaviour {
    if (after > 0) yield after;
    const { checkpoint } = yield* this.ask({ ...ownedBy(writing), command: writing.clears ? 'clear' : 'open' });
    writing.clears = false;
    writing.position = checkpoint;
    for (;;) {
      const { events, head } = yield* this.fetch(writing.position);
      if (events.length > 0) yield* this.project(writing, events);
      else this.tellPosition(writing, writing.position);
      this.tellHead(head);
      if (writing === this.writings[0] && writing.position >= head) this.isReturning = false;
      if (writing.position < head && events.length > 0) continue;
      if (writing.isRebuild && writing.position >= head) yield* this.finish(writing);
      yield this.options.pollEvery;
    }
  }

  private *fetch(after: number): Behaviour<{ readonly events: readonly RecordedEvent[]; readonly head: number }> {
    const { events, batch: count, pollEvery } = this.options;
    for (;;) {
      try {
        const reply = yield* events.call({ command: 'read-all', after, count }, this.requests.next());
        if (reply.answer === 'read') return reply;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
      yield pollEvery;
    }
  }

  /** Has a batch applied, and the checkpoint moved, in the order of its option. What is early stays to be done. */
  private *project(writing: Writing, events: readonly RecordedEvent[]): Behaviour {
    const { codec, checkpoint: order, pollEvery } = this.options;
    const owned = ownedBy(writing);
    const { position } = events[events.length - 1];
    const deliveries = events.map((event) => ({ ...event, values: codec.decode(event.bytes) }));
    if (order === 'before') yield* this.ask({ ...owned, command: 'checkpoint', position });
    const checkpoint = order === 'with' ? position : undefined;
    const { outcomes = [] } = yield* this.ask({ ...owned, command: 'apply', deliveries, checkpoint });
    this.tellProjected(writing, events, outcomes);
    if (outcomes.includes('early')) {
      yield pollEvery;
      return;
    }
    if (order === 'after') yield* this.ask({ ...owned, command: 'checkpoint', position });
    this.tellPosition(writing, position);
  }

  /** What has been built anew has caught up: if it stands beside the one that is served, it takes its place. */
  private *finish(writing: Writing): Behaviour {
    const { table, since } = writing;
    if (writing !== this.writings[0]) {
      yield* this.ask({ ...ownedBy(writing), command: 'serve' });
      this.writings[0].process?.cancel();
      this.writings = [writing];
      this.tellPosition(writing, writing.position);
    }
    writing.isRebuild = false;
    const duration = this.sim.now - since;
    if (this.rebuilt.heard) this.rebuilt.emit({ table, events: writing.position, duration });
  }

  /** Asks the read store until it answers. */
  private *ask(query: ModelWrite): Behaviour<ReadStoreReply<Row>> {
    for (;;) {
      try {
        return yield* this.options.models.call(query, this.requests.next());
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        yield this.options.pollEvery;
      }
    }
  }

  private tellPosition(writing: Writing, position: number): void {
    writing.position = position;
    if (writing !== this.writings[0] || !this.behind.heard) return;
    this.behind.emit({ who: `read model of ${this.name}`, position: -position });
  }

  private tellProjected(
    { table, isRebuild: rebuild }: Writing,
    events: readonly RecordedEvent[],
    outcomes: readonly DeliveryOutcome[],
  ): void {
    if (!this.projected.heard) return;
    for (const [i, outcome] of outcomes.entries()) {
      const { stream, at } = events[i];
      this.projected.emit({ table, stream, outcome, rebuild, lag: this.sim.now - at });
    }
  }

  private killing(): Intervention {
    return {
      help: 'Kills the projection between any two of its steps; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 2 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }
}

const ownedBy = ({ table, epoch }: Writing): Pick<ModelWrite, 'table' | 'epoch'> => ({ table, epoch });

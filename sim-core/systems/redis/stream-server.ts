/**
 * A Redis server with one stream and its consumer groups (`messaging/channels/stream/`) in the network: one thread takes
 * command after command. A read that finds nothing blocks until an entry comes or its time is over; those who block are
 * served in the order in which they began to (XREADGROUP: https://redis.io/docs/latest/commands/xreadgroup/).
 *
 * Killed, it refuses all until it is up again and has read its file (`LOADING`), and has what its persistence has kept
 * (`persistence.ts`); where that is nothing, those who need a group make it anew from the oldest entry on. A trim counts as
 * kept at once, and so does the making of a group. Does not model other keys, replicas, or that deliveries of what is pending
 * for oneself are counted in memory only.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import { SerialServer } from '../../kernel/serial-server.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { BlockedReads } from '../../messaging/channels/stream/blocked-reads.ts';
import { autoClaim } from '../../messaging/channels/stream/claim.ts';
import type { ConsumerGroup } from '../../messaging/channels/stream/consumer-group.ts';
import { ZERO_ID, type EntryId } from '../../messaging/channels/stream/entry-id.ts';
import type { StreamEntry } from '../../messaging/channels/stream/entry-log.ts';
import type { PendingEntry } from '../../messaging/channels/stream/pending-list.ts';
import { putBack, rewind, stateOf, wipe, type GroupState } from '../../messaging/channels/stream/rewind.ts';
import { EntryStream } from '../../messaging/channels/stream/stream.ts';
import type { Message } from '../../messaging/channels/message.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Death } from '../../storage/page-cache.ts';
import { UnsavedChanges, type Persistence, type SaveRule } from './persistence.ts';
import { streamChanged, streamSignals } from './stream-signals.ts';

export type Entry = StreamEntry<Message>;

interface OfGroup {
  readonly group: string;
  readonly consumer: string;
  readonly count: number;
}

/**
 * `XADD`; `XREADGROUP … >`, which waits for so long where there is nothing; `XREADGROUP … 0`, what is pending for oneself;
 * `XAUTOCLAIM` of what has been idle for so long; `XACK`.
 */
export type StreamCommand =
  | { readonly command: 'add'; readonly message: Message }
  | ({ readonly command: 'read'; readonly block: Duration } & OfGroup)
  | ({ readonly command: 'history' } & OfGroup)
  | ({ readonly command: 'claim'; readonly minIdle: Duration } & OfGroup)
  | { readonly command: 'acknowledge'; readonly group: string; readonly id: EntryId };

/** Entries for whoever asked for some; and how many the command added, or took off the pending ones. */
export interface StreamReply {
  readonly entries: readonly Entry[];
  readonly count: number;
}

type StreamCall = Call<StreamCommand, StreamReply>;

/** A read that waits. */
interface Blocked {
  readonly call: StreamCall;
  readonly alarm: EventHandle;
}

export interface RedisStreamOptions {
  readonly name: string;
  /** What the thread spends on a command. */
  readonly commandTime: Duration;
  /** `appendfsync` of an append-only file, which is `everysec` if not given; or what there is in place of one. */
  readonly persistence?: Persistence;
  /** When snapshots are taken; as in the file that Redis comes with if not given. */
  readonly saves?: readonly SaveRule[];
  /** What it takes to read an entry from the file when it starts; nothing if not given. */
  readonly loadTime?: Duration;
}

const HELP: Readonly<Record<Persistence, string>> = {
  always: 'in an append-only file that is synced before each reply',
  everysec: 'in an append-only file that is synced every second',
  no: 'in an append-only file that the kernel writes back',
  snapshots: 'in snapshots',
  none: 'in memory alone',
};

const NOTHING: StreamReply = { entries: [], count: 0 };
const found = (entries: readonly Entry[]): StreamReply => ({ entries, count: 0 });

export class RedisStreamServer implements Endpoint<StreamCommand, StreamReply>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = streamSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly stream: EntryStream<Message>;
  private readonly sim: Simulation;
  private readonly commandTime: Duration;
  private readonly thread = new SerialServer();
  private readonly blocked = new BlockedReads<Blocked>();
  private readonly changed: FactChannel<Fact<typeof streamChanged>>;
  private readonly doneKind: number;
  private readonly alarmKind: number;
  private readonly persistence: Persistence;
  private readonly loadTime: Duration;
  private readonly unsaved: UnsavedChanges;
  private lives = 0;
  private downUntil: Time = 0;

  constructor(sim: Simulation, options: RedisStreamOptions) {
    const { name, commandTime, persistence = 'everysec', saves, loadTime = 0 } = options;
    this.sim = sim;
    this.name = name;
    this.help = `A Redis server with one stream, kept ${HELP[persistence]}`;
    this.persistence = persistence;
    this.loadTime = loadTime;
    this.unsaved = new UnsavedChanges(persistence, sim.now, saves);
    this.commandTime = commandTime;
    this.stream = new EntryStream<Message>(sim, name);
    this.changed = sim.facts.channel(streamChanged);
    this.doneKind = sim.eventKind(`${name} has done a command`);
    this.alarmKind = sim.eventKind(`${name} ends a read that found nothing`);
    this.interventions = { kill: this.killing(), 'power-loss': this.losingPower(), trim: this.trimming() };
    register(sim, this);
    tellCapacity(sim, this.thread.asCapacity(`${name} thread`));
  }

  /** Makes a group that reads from the oldest entry that is there, or only what comes from now on. */
  createGroup(name: string, from: 'oldest' | 'new'): void {
    this.stream.createGroup(name, from === 'oldest' ? ZERO_ID : this.stream.lastId);
  }

  receive(call: StreamCall): void {
    if (this.isDown) {
      call.refuse('unavailable');
      return;
    }
    const { lives } = this;
    const done = (): void => {
      if (lives === this.lives) this.do(call);
      else call.refuse('unavailable');
    };
    this.sim.scheduleAt(
      this.thread.take(this.commandTime, this.sim.now),
      done,
      undefined,
      this.doneKind,
      call.request.id,
    );
  }

  state(): Readonly<Record<string, number | string>> {
    const state: Record<string, number | string> = { entries: this.stream.length };
    for (const { name, pending, lag } of this.stream.groups.values()) {
      state[name] = `${lag ?? '?'} unread, ${pending.size} pending`;
    }
    return this.isDown ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return this.stream.violations();
  }

  private get isDown(): boolean {
    return this.sim.now < this.downUntil;
  }

  private do(call: StreamCall): void {
    const { query } = call;
    if (query.command === 'add') {
      const { lastId } = this.stream;
      const { id } = this.stream.add('*', query.message);
      this.unsaved.add({ ids: [id], undo: () => this.stream.unadd(id, lastId) }, this.sim.now);
      call.reply({ entries: [], count: 1 });
      for (const group of this.stream.groups.values()) {
        this.serve(group.name);
        this.tell(group);
      }
      return;
    }
    const group = this.groupOf(query.group);
    if (query.command === 'acknowledge') {
      const state = stateOf(group, [query.id]);
      const count = group.acknowledge([query.id]);
      this.changedEach(group, state);
      call.reply({ entries: [], count });
    } else if (query.command === 'history') {
      const history = group.history(query.consumer, ZERO_ID, query.count);
      call.reply(found(history.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))));
    } else if (query.command === 'claim') {
      const { consumer, minIdle, count } = query;
      const pending: PendingEntry[] = [];
      const state = { ...stateOf(group, []), pending };
      const changing = (one: PendingEntry): void => void pending.push({ ...one });
      const { claimed } = autoClaim(group, consumer, { minIdle, from: ZERO_ID, count, changing });
      this.changedEach(group, state);
      call.reply(found(claimed));
    } else {
      const entries = this.read(group, query);
      if (entries.length > 0 || query.block <= 0) call.reply(found(entries));
      else this.block(call, query.group, query.block);
    }
    this.tell(group);
  }

  private read(group: ConsumerGroup<Message>, { consumer, count }: OfGroup): Entry[] {
    const state = stateOf(group, []);
    const entries = group.read(consumer, count);
    const ids = entries.map(({ id }) => id);
    if (ids.length > 0) this.unsaved.add({ ids, undo: () => putBack(group, state, ids) }, this.sim.now);
    return entries;
  }

  /** What was pending so is not any more, and a death may undo that: a change each, as the server counts them (`server.dirty`). */
  private changedEach(group: ConsumerGroup<Message>, state: GroupState): void {
    for (const one of state.pending) {
      const undo = (): void => putBack(group, { ...state, pending: [one] }, [one.id]);
      this.unsaved.add({ ids: [one.id], undo }, this.sim.now);
    }
  }

  private tell({ name: group, pending, lag }: ConsumerGroup<Message>): void {
    if (!this.changed.heard) return;
    const { length } = this.stream;
    this.changed.emit({ stream: this.name, group, length, pending: pending.size, unread: lag ?? 0 });
  }

  private block(call: StreamCall, group: string, time: Duration): void {
    const giveUp = (): void => {
      this.blocked.remove(group, blocked);
      call.reply(NOTHING);
    };
    const alarm = this.sim.schedule(time, giveUp, undefined, this.alarmKind, call.request.id);
    const blocked = { call, alarm };
    this.blocked.add(group, blocked);
  }

  /** Gives what has come to those who wait for it. */
  private serve(name: string): void {
    this.blocked.serve(name, ({ call, alarm }) => {
      const { query } = call;
      const entries = query.command === 'read' ? this.read(this.groupOf(name), query) : [];
      if (entries.length === 0) return false;
      this.sim.cancel(alarm);
      call.reply(found(entries));
      return true;
    });
  }

  private groupOf(name: string): ConsumerGroup<Message> {
    const group = this.stream.groups.get(name);
    if (group === undefined) throw new Error(`${this.name}: there is no group ${name}; make it before it is read`);
    return group;
  }

  private die(death: Death, downtime: Duration): void {
    const { sim, stream } = this;
    const changes = this.unsaved.lost(death, sim.now);
    if (this.persistence === 'none') wipe(stream);
    else {
      const ids = new Map(changes.flatMap((change) => change.ids.map((id) => [`${id.ms}-${id.seq}`, id] as const)));
      rewind(stream, [...ids.values()], () => changes.forEach(({ undo }) => undo()));
    }
    for (const group of stream.groups.values()) this.tell(group);
    this.lives++;
    this.downUntil = Math.max(this.downUntil, sim.now + downtime + stream.length * this.loadTime);
    this.thread.drop(this.sim.now);
    for (const { call, alarm } of this.blocked.clear()) {
      this.sim.cancel(alarm);
      call.refuse('unavailable');
    }
  }

  private killing(): Intervention {
    return {
      help: 'Kills the server (SIGKILL); what was in its file is there again when it is up',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.die('process', Math.round(seconds * SECOND)),
    };
  }

  private losingPower(): Intervention {
    return {
      help: 'Its machine loses its power; what had been synced is there again when it is up',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 60 }],
      apply: ([seconds]) => this.die('machine', Math.round(seconds * SECOND)),
    };
  }

  private trimming(): Intervention {
    return {
      help: 'Cuts the stream to its newest entries, read or not (XTRIM MAXLEN)',
      arguments: [{ name: 'length', help: 'entries that stay', min: 0, max: 1e9, default: 1000 }],
      apply: ([length]) => void this.stream.trim({ keep: { maxLength: Math.round(length) } }),
    };
  }
}

/**
 * A cache server that several instances share: the commands of a Redis that stampede protections need, run one after
 * the other by a single thread, each taking the same short time. Replies leave over a wire that has no bandwidth to
 * reckon with, or one: then the bytes of what is sent queue up on it. Neither line has a bound.
 *
 * `acquire` is `SET lock token NX PX lease`: it takes the lock if nobody holds it or the holder's lease has run out.
 * `release` deletes it if the token is the holder's. (Redis documentation, "Distributed locks with Redis", the
 * single-instance algorithm.) Locks stand apart from the entries and are not evicted.
 * `set-if` is a script that looks at the entry there is before it stores (Redis documentation, `EVAL`; `SET NX` is the
 * simplest), and at what it remembers of the key, see `consistency/tombstones.ts`. `lease-get` and `lease-set` are
 * memcached's leases, see `consistency/leases.ts`.
 * A request that draws badly finds its connection broken: all of its commands fail.
 * Does not model persistence, replication, pipelining or commands of different cost.
 */
import { tellCapacity } from '../kernel/capacity.ts';
import { defineFact, type Fact, type FactChannel } from '../kernel/fact.ts';
import { Fifo } from '../kernel/fifo.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import { SerialServer } from '../kernel/serial-server.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../kernel/time.ts';
import type { Call, Endpoint } from '../network/call.ts';
import { register, type Component, type Intervention } from '../network/component.ts';
import { defineSignal } from '../statistics/signal.ts';
import { Leases, type LeaseTerms } from './consistency/leases.ts';
import { Tombstones, type Mark } from './consistency/tombstones.ts';
import { cacheInterventions } from './cache-in-memory.ts';
import { Cache, cacheSignals, type CacheOptions } from './cache.ts';
import type { CacheEntry } from './entry.ts';

export type CacheCommand<Value> =
  | { readonly command: 'get'; readonly key: number }
  | { readonly command: 'set'; readonly entry: CacheEntry<Value> }
  | SetIf<Value>
  | { readonly command: 'delete'; readonly key: number }
  | { readonly command: 'lease-get'; readonly key: number; readonly lease: LeaseTerms }
  | { readonly command: 'lease-set'; readonly entry: CacheEntry<Value>; readonly token: number }
  | { readonly command: 'acquire'; readonly key: number; readonly token: number; readonly lease: Duration }
  | { readonly command: 'release'; readonly key: number; readonly token: number };

/** Stores an entry over the one that there is only if that may be, and if nothing newer than its mark is remembered. */
interface SetIf<Value> {
  readonly command: 'set-if';
  readonly entry: CacheEntry<Value>;
  readonly over: SetCondition<Value>;
  readonly mark?: Mark;
}

/** The key that a command is about. */
export const keyOf = <Value>(command: CacheCommand<Value>): number =>
  'entry' in command ? command.entry.key : command.key;

/** Whether an entry may be stored in place of the one that there is, if there is one. */
export type SetCondition<Value> = (there: CacheEntry<Value> | undefined) => boolean;

/** The entry of a `get` or a `lease-get`; whether there was one to `delete`, whether a lock was taken or given back. */
export interface CacheReply<Value> {
  readonly entry: CacheEntry<Value> | undefined;
  readonly done: boolean;
  /**
   * Of a `lease-get` that misses: the token to store with. Without one the entry is one that was just deleted. Of an `acquire` that takes a
   * lock: a fencing token, higher than all before it.
   */
  readonly token?: number | undefined;
}

/** Somebody asked for a lock, or gave it back. */
export const lockChanged = defineFact('cache.lock', 'Somebody asked for a lock, or gave it back', {
  cache: 'text',
  request: 'request',
  key: 'key',
  outcome: 'text',
});

export const cacheServerSignals = [
  ...cacheSignals,
  defineSignal({
    name: 'cache.lock.contended',
    kind: 'counter',
    unit: '{attempt}',
    help: 'Attempts to take a lock that somebody else held',
    fact: lockChanged,
    where: (fact) => fact.outcome === 'contended',
  }),
];

export interface CacheServerOptions extends CacheOptions {
  /** Time the thread spends on a command. */
  readonly commandTime: Duration;
  /** The share of requests whose connection is broken, 0 to 1; 0 without it. */
  readonly failureShare?: number;
  /** What the wire out of the server takes, in bytes a second; it is no limit, without it. */
  readonly bandwidth?: number;
  /** Bytes of the value under a key, where there is a bandwidth. */
  readonly bytesOf?: (key: number) => number;
  /** Told the key of every command that it runs: a counter of hot keys. */
  readonly watch?: (key: number) => void;
}

/** A reply whose value is on the wire. */
interface Sending<Value> {
  readonly call: Call<CacheCommand<Value>, CacheReply<Value>>;
  readonly reply: CacheReply<Value>;
}

interface Lock {
  readonly token: number;
  readonly expiresAt: Time;
}

export class CacheServer<Value> implements Endpoint<CacheCommand<Value>, CacheReply<Value>>, Component {
  readonly name: string;
  readonly kind = 'cache';
  readonly help: string;
  readonly signals = cacheServerSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  readonly cache: Cache<Value>;
  /** The thread, and the wire out. */
  readonly thread = new SerialServer();
  readonly wire = new SerialServer();
  private readonly commandTime: Duration;
  private readonly nanosecondsPerByte: number;
  private readonly bytesOf: ((key: number) => number) | undefined;
  private readonly watch: ((key: number) => void) | undefined;
  private readonly locks = new Map<number, Lock>();
  /** Locks taken so far: it goes on counting after a crash, as one that is kept on a disk. */
  private locksTaken = 0;
  /** From the first `lease-get` on: until then what is deleted is of no use to anybody. */
  private leases: Leases<Value> | undefined = undefined;
  private readonly tombstones = new Tombstones();
  /** Commands that wait for the thread or are run by it, and replies on the wire, in their order. */
  private readonly line = new Fifo<Call<CacheCommand<Value>, CacheReply<Value>>>();
  private readonly sending = new Fifo<Sending<Value>>();
  /** How often it has been started: events of an earlier life concern nobody. */
  private life = 0;
  private readonly failures: KeyedStream;
  private failureShare: number;
  private readonly changed: FactChannel<Fact<typeof lockChanged>>;
  private readonly commandKind: number;
  private readonly replyKind: number;
  private downUntil: Time = 0;

  constructor(sim: Simulation, options: CacheServerOptions) {
    this.sim = sim;
    this.name = options.name;
    this.help = `room for ${options.capacity} entries under ${options.eviction}; one thread for all commands`;
    this.cache = new Cache(sim, options);
    this.commandTime = options.commandTime;
    this.nanosecondsPerByte = SECOND / (options.bandwidth ?? Infinity);
    this.bytesOf = options.bytesOf;
    this.watch = options.watch;
    this.failures = sim.keyedRandom(`${options.name}/failures`);
    this.failureShare = options.failureShare ?? 0;
    this.changed = sim.facts.channel(lockChanged);
    this.commandKind = sim.eventKind(`${options.name} runs a command`);
    this.replyKind = options.bandwidth === undefined ? 0 : sim.eventKind(`${options.name} has sent a value`);
    this.interventions = {
      ...cacheInterventions(this.cache),
      crash: this.crashing(),
      fail: this.failing(),
    };
    register(sim, this);
    tellCapacity(sim, this.thread.asCapacity(`${this.name} thread`));
    if (options.bandwidth !== undefined) tellCapacity(sim, this.wire.asCapacity(`${this.name} wire`));
    tellCapacity(sim, {
      kind: 'room',
      name: `${this.name} room for entries`,
      units: () => this.cache.capacity,
      held: () => this.cache.size,
      isMeantToFill: true,
    });
  }

  receive(call: Call<CacheCommand<Value>, CacheReply<Value>>): void {
    const broken = this.failureShare > 0 && this.failures.of(call.request.id).next() < this.failureShare;
    if (broken || this.sim.now < this.downUntil) {
      call.refuse('unavailable');
      return;
    }
    this.line.add(call);
    const done = this.thread.take(this.commandTime, this.sim.now);
    this.sim.scheduleAt(done, this.serve, this.life, this.commandKind);
  }

  /**
   * The server dies with all that is in its memory, and is up again, empty, after `downtime`. Who waits for an answer finds
   * the connection reset, and who asks until then is told that nobody is there. Of several downtimes the latest end counts.
   */
  crash(downtime: Duration): void {
    const { now } = this.sim;
    this.downUntil = Math.max(this.downUntil, now + downtime);
    this.life++;
    this.cache.clear();
    this.locks.clear();
    this.leases?.clear();
    this.tombstones.clear();
    this.thread.drop(now);
    this.wire.drop(now);
    while (this.sending.size > 0) this.sending.take().call.refuse('unavailable');
    while (this.line.size > 0) this.line.take().refuse('unavailable');
  }

  state(): Readonly<Record<string, number | string>> {
    return { entries: this.cache.size, capacity: this.cache.capacity, locks: this.locks.size };
  }

  violations(): readonly string[] {
    return this.cache.violations();
  }

  /** Runs the next command and replies, once the value's bytes have left. */
  private readonly serve = (life: number): void => {
    if (life !== this.life) return;
    const call = this.line.take();
    const reply = this.run(call);
    const bytes = reply.entry === undefined || this.bytesOf === undefined ? 0 : this.bytesOf(reply.entry.key);
    if (bytes === 0 || this.nanosecondsPerByte === 0) {
      call.reply(reply);
      return;
    }
    this.sending.add({ call, reply });
    const sent = this.wire.take(Math.round(bytes * this.nanosecondsPerByte), this.sim.now);
    this.sim.scheduleAt(sent, (started) => this.send(started), life, this.replyKind);
  };

  /** The next value has left. */
  private send(life: number): void {
    if (life !== this.life) return;
    const { call, reply } = this.sending.take();
    call.reply(reply);
  }

  private run(call: Call<CacheCommand<Value>, CacheReply<Value>>): CacheReply<Value> {
    const { query, request } = call;
    this.watch?.(keyOf(query));
    switch (query.command) {
      case 'get': {
        const entry = this.cache.get(query.key, request.id);
        return { entry, done: entry !== undefined };
      }
      case 'set':
        this.cache.set(query.entry, request.id);
        return { entry: undefined, done: true };
      case 'set-if': {
        const done = this.mayStore(query);
        if (done) this.cache.set(query.entry, request.id);
        return { entry: undefined, done };
      }
      case 'delete':
        this.leases?.cancel(query.key, this.cache.peek(query.key), this.sim.now);
        return { entry: undefined, done: this.cache.delete(query.key) };
      case 'lease-get': {
        this.leases ??= new Leases();
        const entry = this.cache.get(query.key, request.id);
        if (entry !== undefined) return { entry, done: true };
        return { done: false, ...this.leases.miss(query.key, this.sim.now, query.lease) };
      }
      case 'lease-set': {
        const done = this.leases?.redeem(query.entry.key, query.token) === true;
        if (done) this.cache.set(query.entry, request.id);
        return { entry: undefined, done };
      }
      case 'acquire':
        return this.acquire(query.key, query.token, query.lease, request.id);
      case 'release':
        return { entry: undefined, done: this.release(query.key, query.token, request.id) };
    }
  }

  private mayStore({ entry: { key }, over, mark }: SetIf<Value>): boolean {
    const { now } = this.sim;
    const isOld = mark !== undefined && this.tombstones.isNewer(key, mark.version, now);
    if (mark !== undefined) this.tombstones.set(key, mark, now);
    return !isOld && over(this.cache.peek(key));
  }

  private acquire(key: number, token: number, lease: Duration, request: number): CacheReply<Value> {
    const holder = this.locks.get(key);
    const free = holder === undefined || holder.expiresAt <= this.sim.now;
    if (free) this.locks.set(key, { token, expiresAt: this.sim.now + lease });
    this.tell(key, request, free ? 'acquired' : 'contended');
    return free ? { entry: undefined, done: true, token: ++this.locksTaken } : { entry: undefined, done: false };
  }

  private release(key: number, token: number, request: number): boolean {
    const held = this.locks.get(key)?.token === token;
    if (held) this.locks.delete(key);
    this.tell(key, request, held ? 'released' : 'lost');
    return held;
  }

  private tell(key: number, request: number, outcome: string): void {
    if (this.changed.heard) this.changed.emit({ cache: this.name, request, key, outcome });
  }

  private failing(): Intervention {
    return {
      help: 'Breaks the connections of a share of the requests from now on; 0 is none',
      arguments: [{ name: 'share', help: 'of the requests', min: 0, max: 1, default: 1 }],
      apply: ([share]) => void (this.failureShare = share),
    };
  }

  private crashing(): Intervention {
    return {
      help: 'Kills the server with all that it holds; it is up again, empty, after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }
}

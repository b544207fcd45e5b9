/**
 * The two times that a queue waits for: that of the copy at its head to expire, and that after which it goes for want of use.
 * Each is set anew whenever it changes; while the queue's node is down neither runs.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';

/** Called when a time has come. */
interface Clocked {
  readonly name: string;
  headIsDue(): void;
  isUnused(): void;
}

export class QueueClocks {
  private readonly sim: Simulation;
  private readonly queue: Clocked;
  private readonly kind: number;
  private head: EventHandle | undefined;
  private headAt: Time = Infinity;
  private unused: EventHandle | undefined;
  private isStopped = false;
  /** Whether somebody is using it. */
  isUsed = false;
  private lastUse: Time;
  /** How often it looks whether it is unused, from when; undefined if it knows at any instant. */
  private readonly tick: Duration | undefined;
  private upSince: Time;

  constructor(sim: Simulation, queue: Clocked, tick: Duration | undefined) {
    this.sim = sim;
    this.queue = queue;
    this.tick = tick;
    this.lastUse = sim.now;
    this.upSince = sim.now;
    this.kind = sim.eventKind(`a message of ${queue.name} may have expired`);
  }

  /** The head expires then; Infinity for never. */
  headExpires(at: Time): void {
    if (at === this.headAt || this.isStopped) return;
    this.cancel(this.head);
    this.headAt = at;
    this.head = at === Infinity ? undefined : this.sim.scheduleAt(at, QueueClocks.look, this, this.kind);
  }

  /** It is used, or was until now: from then on it may be unused for so long, Infinity for ever. */
  used(isUsed: boolean, expires: Duration): void {
    this.isUsed = isUsed;
    this.lastUse = this.sim.now;
    this.waitForUse(expires);
  }

  stop(): void {
    this.headExpires(Infinity);
    this.waitForUse(Infinity);
    this.isStopped = true;
  }

  goOn(expires: Duration): void {
    this.isStopped = false;
    this.upSince = this.sim.now;
    this.waitForUse(expires);
  }

  private waitForUse(expires: Duration): void {
    this.cancel(this.unused);
    this.unused = undefined;
    if (this.isUsed || expires === Infinity || this.isStopped) return;
    const { sim, tick, upSince } = this;
    const end = Math.max(sim.now, this.lastUse + expires);
    const at = tick === undefined ? end : upSince + (Math.floor((end - upSince) / tick) + 1) * tick;
    this.unused = sim.scheduleAt(at, QueueClocks.expire, this, this.kind);
  }

  private cancel(handle: EventHandle | undefined): void {
    if (handle !== undefined) this.sim.cancel(handle);
  }

  private static look(clocks: QueueClocks): void {
    clocks.head = undefined;
    clocks.headAt = Infinity;
    clocks.queue.headIsDue();
  }

  private static expire(clocks: QueueClocks): void {
    clocks.unused = undefined;
    clocks.queue.isUnused();
  }
}

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

  constructor(sim: Simulation, queue: Clocked) {
    this.sim = sim;
    this.queue = queue;
    this.kind = sim.eventKind(`a message of ${queue.name} may have expired`);
  }

  /** The head expires then; Infinity for never. */
  headExpires(at: Time): void {
    if (at === this.headAt || this.isStopped) return;
    this.cancel(this.head);
    this.headAt = at;
    this.head = at === Infinity ? undefined : this.sim.scheduleAt(at, QueueClocks.look, this, this.kind);
  }

  /** It was used: from now on it may be unused for so long; Infinity for ever. */
  used(time: Duration): void {
    this.cancel(this.unused);
    this.unused =
      time === Infinity || this.isStopped ? undefined : this.sim.schedule(time, QueueClocks.expire, this, this.kind);
  }

  stop(): void {
    this.headExpires(Infinity);
    this.used(Infinity);
    this.isStopped = true;
  }

  goOn(): void {
    this.isStopped = false;
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

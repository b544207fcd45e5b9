/** The books of a queue, and what it says aloud of each copy: every copy that it takes in passes through here. */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { Fates, type Fate } from '../fates.ts';
import { deathsOf } from '../dead-letter/deaths.ts';
import type { Copy } from './copy.ts';
import { messageDelivered, messageEnqueued, messageReturned, messageSettled, queueChanged } from './facts.ts';
import type { Message } from './message.ts';
import type { Death, Dispatch } from './queue-options.ts';

export class QueueBooks {
  readonly fates = new Fates();
  private readonly sim: Simulation;
  private readonly queue: string;
  private readonly enqueued: FactChannel<Fact<typeof messageEnqueued>>;
  private readonly delivered: FactChannel<Fact<typeof messageDelivered>>;
  private readonly settled: FactChannel<Fact<typeof messageSettled>>;
  private readonly returned: FactChannel<Fact<typeof messageReturned>>;
  private readonly changed: FactChannel<Fact<typeof queueChanged>>;

  constructor(sim: Simulation, queue: string) {
    this.sim = sim;
    this.queue = queue;
    this.enqueued = sim.facts.channel(messageEnqueued);
    this.delivered = sim.facts.channel(messageDelivered);
    this.settled = sim.facts.channel(messageSettled);
    this.returned = sim.facts.channel(messageReturned);
    this.changed = sim.facts.channel(queueChanged);
  }

  /** A copy comes in. */
  take(message: Message): void {
    this.fates.take('ready');
    if (this.enqueued.heard)
      this.enqueued.emit({
        queue: this.queue,
        request: message.request.id,
        reason: deathsOf(message)[0]?.reason ?? '',
      });
  }

  /** A ready copy is handed to somebody, who has to settle it. */
  handOver(copy: Copy, consumer: string): void {
    copy.deliveries++;
    this.fates.move('ready', 'in-flight');
    if (!this.delivered.heard) return;
    const { message, redelivered, deliveries, enqueued } = copy;
    this.delivered.emit({
      queue: this.queue,
      request: message.request.id,
      consumer,
      redelivered,
      attempt: deliveries,
      waited: this.sim.now - enqueued,
    });
  }

  /** A copy that was out is ready again. */
  comeBack(copy: Copy, cause: string): void {
    copy.redelivered = true;
    this.fates.move('in-flight', 'ready');
    if (!this.returned.heard) return;
    const { message, deliveries } = copy;
    this.returned.emit({ queue: this.queue, request: message.request.id, cause, attempts: deliveries });
  }

  /** The end of a copy that the queue has sent on as a dead letter, by what became of that. */
  buried(copy: Copy, from: Fate, dispatch: Dispatch, death: Death): void {
    if (dispatch === 'sent') this.end(copy, from, 'dead-lettered', death);
    else if (dispatch === 'cycle') this.end(copy, from, 'dropped', 'dead-letter cycle');
    else this.end(copy, from, 'lost', `${dispatch} for the dead letter`);
  }

  /** A copy's end. */
  end(copy: Copy, from: Fate, fate: Fate, cause: string): void {
    this.fates.move(from, fate);
    if (!this.settled.heard) return;
    const { message, deliveries, enqueued } = copy;
    const age = this.sim.now - enqueued;
    this.settled.emit({ queue: this.queue, request: message.request.id, fate, cause, attempts: deliveries, age });
  }

  /** What the queue holds after a change. */
  read(ready: number, unsettled: number): void {
    if (this.changed.heard) this.changed.emit({ queue: this.queue, ready, unsettled });
  }
}

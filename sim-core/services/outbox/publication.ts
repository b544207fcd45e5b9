/**
 * Events that are published together, in order, without waiting for each one's acknowledgement before the next is sent: a wait
 * until all are decided. It gives how many of the first ones are acknowledged. What comes behind one that failed counts as not
 * published, and is published again: to be there twice is better than to be missing, or to be counted behind a gap.
 */
import { PendingWait, type Waiter } from '../../kernel/wait.ts';
import type { Link } from '../../network/link.ts';
import { RequestContext } from '../../network/request-context.ts';
import type { PublishedEvent } from './outbox-table.ts';

export class Publication extends PendingWait<number> {
  private readonly link: Link<number, void>;
  private readonly events: readonly PublishedEvent[];
  private undecided: number;
  private acknowledged: number;

  /** `link`: takes an aggregate for the record's key; the record's request is the event's id. */
  constructor(link: Link<number, void>, events: readonly PublishedEvent[]) {
    super(link.sim);
    this.link = link;
    this.events = events;
    this.undecided = events.length;
    this.acknowledged = events.length;
  }

  override begin(waiter: Waiter): boolean {
    this.result = 0;
    if (this.events.length === 0) return true;
    super.begin(waiter);
    this.events.forEach(({ id, aggregate }, index) => {
      this.link.call(aggregate, new RequestContext(id, this.sim.now)).begin({
        resume: () => this.decide(Infinity),
        fail: () => this.decide(index),
      });
    });
    return false;
  }

  /** `failed`: the place of one that is not acknowledged. */
  private decide(failed: number): void {
    this.acknowledged = Math.min(this.acknowledged, failed);
    if (--this.undecided === 0 && this.waiter !== undefined) this.complete(this.acknowledged);
  }
}

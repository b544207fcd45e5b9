/** Who has items and gives them by a publisher, as it is woken: what a spool or a stage is, without a clock. */
import { OnDemand } from '../../../../../sim-core/messaging/backpressure/reactive/on-demand.ts';

export class QueueOwner<Item> {
  readonly publisher = new OnDemand<Item>(() => this.give());
  readonly waiting: Item[] = [];
  private isEnding = false;

  offer(...items: readonly Item[]): void {
    this.waiting.push(...items);
    this.publisher.offer();
  }

  /** Ends the stream when all that waits has been given. */
  end(): void {
    this.isEnding = true;
    this.publisher.offer();
    if (this.waiting.length === 0) this.publisher.complete();
  }

  private give(): void {
    while (this.waiting.length > 0) {
      const promised = this.publisher.reserve();
      if (promised === undefined) break;
      promised.next(this.waiting.shift()!);
    }
    if (this.isEnding && this.waiting.length === 0) this.publisher.complete();
  }
}

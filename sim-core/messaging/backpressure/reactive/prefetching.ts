/**
 * A subscriber that asks ahead: for so many items at first, and again whenever three quarters of them are done with, so that the
 * wire is never idle for a round trip and no more than the prefetch is ever held. This is what Reactor's `publishOn` and
 * `limitRate` do: `request(limit)` after as many, where `limit = prefetch - (prefetch >> 2)`.
 * https://github.com/reactor/reactor-core/blob/main/reactor-core/src/main/java/reactor/core/publisher/FluxPublishOn.java
 */
import type { Subscriber, Subscription } from './reactive-streams.ts';

export interface PrefetchingOptions<Item> {
  /** An integer of at least 1. */
  readonly prefetch: number;
  readonly receive: (item: Item) => void;
  /** An item came that nobody here waits for any more: it was under way when the subscription was given up (rule 2.8). */
  readonly tooLate?: (item: Item) => void;
  /** The stream is over, by an error if there is one. */
  readonly ended?: (error?: Error) => void;
}

export class Prefetching<Item> implements Subscriber<Item> {
  private readonly options: PrefetchingOptions<Item>;
  private subscription: Subscription | undefined;
  private prefetch: number;
  private doneWith = 0;
  /** Of those that are held, as many are not asked for again: the prefetch has become less. */
  private surplus = 0;

  constructor(options: PrefetchingOptions<Item>) {
    this.options = options;
    this.prefetch = checkedPrefetch(options.prefetch);
  }

  get isSubscribed(): boolean {
    return this.subscription !== undefined;
  }

  onSubscribe(subscription: Subscription): void {
    if (this.subscription !== undefined) {
      subscription.cancel();
      return;
    }
    this.subscription = subscription;
    this.doneWith = this.surplus = 0;
    subscription.request(this.prefetch);
  }

  onNext(item: Item): void {
    if (this.subscription === undefined) this.options.tooLate?.(item);
    else this.options.receive(item);
  }

  onError(error: Error): void {
    this.subscription = undefined;
    this.options.ended?.(error);
  }

  onComplete(): void {
    this.subscription = undefined;
    this.options.ended?.();
  }

  /** An item that was received is done with. */
  consumed(): void {
    if (this.surplus > 0) this.surplus--;
    else this.doneWith++;
    this.replenish();
  }

  /** From now on holds at most so many: asks for more, or for fewer as those that it has are done with. */
  resize(prefetch: number): void {
    const more = checkedPrefetch(prefetch) - this.prefetch;
    this.prefetch = prefetch;
    if (this.subscription === undefined) return;
    // What is done with, less what is a surplus, is what has not been asked for: as if more of it were, or less.
    const unasked = this.doneWith - this.surplus + more;
    this.doneWith = Math.max(0, unasked);
    this.surplus = Math.max(0, -unasked);
    this.replenish();
  }

  private replenish(): void {
    const n = this.doneWith;
    if (n < replenishedAfter(this.prefetch)) return;
    this.doneWith = 0;
    this.subscription?.request(n);
  }

  cancel(): void {
    const { subscription } = this;
    this.subscription = undefined;
    subscription?.cancel();
  }
}

/** After so many that are done with as many are asked for again. */
const replenishedAfter = (prefetch: number): number => prefetch - (prefetch >> 2);

function checkedPrefetch(prefetch: number): number {
  if (Number.isInteger(prefetch) && prefetch >= 1) return prefetch;
  throw new RangeError(`a prefetching subscriber: prefetch is ${prefetch}; it must be an integer of at least 1`);
}

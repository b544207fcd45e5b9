/**
 * A subscriber that asks ahead: for so many items at first, and again whenever three quarters of them are done with, so that the
 * wire is never idle for a round trip and no more than the prefetch is ever held. This is what Reactor's `publishOn` and
 * `limitRate` do: `request(limit)` after as many, where `limit = prefetch - (prefetch >> 2)`. Whoever subscribes anew asks for what
 * there is room for beside what is still held of the subscription before.
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
  /** Asked for in this subscription, and not received. */
  private awaited = 0;
  /** Received, in whichever subscription, and not done with. */
  private held = 0;

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
    this.awaited = 0;
    if (this.unasked > 0) this.ask();
  }

  onNext(item: Item): void {
    if (this.subscription === undefined) {
      this.options.tooLate?.(item);
      return;
    }
    this.awaited--;
    this.held++;
    this.options.receive(item);
  }

  onError(error: Error): void {
    this.subscription = undefined;
    this.options.ended?.(error);
  }

  onComplete(): void {
    this.subscription = undefined;
    this.options.ended?.();
  }

  /** An item is done with; one that came by another way was never counted. */
  consumed(): void {
    if (this.held === 0) return;
    this.held--;
    this.replenish();
  }

  /** All that was received is gone: the process that held it has died. */
  forget(): void {
    this.held = 0;
  }

  /** From now on holds at most so many: asks for more, or for fewer as those that it has are done with. */
  resize(prefetch: number): void {
    this.prefetch = checkedPrefetch(prefetch);
    this.replenish();
  }

  cancel(): void {
    const { subscription } = this;
    this.subscription = undefined;
    subscription?.cancel();
  }

  /** What there is room for and was not asked for; less than 0 if the prefetch has become less than what is held and awaited. */
  private get unasked(): number {
    return this.prefetch - this.held - this.awaited;
  }

  private replenish(): void {
    if (this.subscription !== undefined && this.unasked >= replenishedAfter(this.prefetch)) this.ask();
  }

  private ask(): void {
    const n = this.unasked;
    this.awaited += n;
    this.subscription?.request(n);
  }
}

/** With room for so many they are asked for. */
const replenishedAfter = (prefetch: number): number => prefetch - (prefetch >> 2);

function checkedPrefetch(prefetch: number): number {
  if (Number.isInteger(prefetch) && prefetch >= 1) return prefetch;
  throw new RangeError(`a prefetching subscriber: prefetch is ${prefetch}; it must be an integer of at least 1`);
}

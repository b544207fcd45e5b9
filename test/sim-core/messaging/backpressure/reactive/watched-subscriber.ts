/**
 * A subscriber that watches its publisher: it knows what it has asked for, and writes down every signal and every rule that a
 * signal breaks. What it does on a signal is the test's.
 */
import type {
  Subscriber,
  Subscription,
} from '../../../../../sim-core/messaging/backpressure/reactive/reactive-streams.ts';

interface Reactions<Item> {
  readonly onSubscribe?: (subscription: Subscription) => void;
  readonly onNext?: (item: Item, subscription: Subscription) => void;
}

export class WatchedSubscriber<Item> implements Subscriber<Item> {
  readonly items: Item[] = [];
  readonly signals: string[] = [];
  readonly broken: string[] = [];
  error: Error | undefined;
  /** How many signals deep it has been called at most. */
  deepest = 0;
  private subscription: Subscription | undefined;
  private readonly reactions: Reactions<Item>;
  private asked = 0;
  private depth = 0;
  private isOver = false;

  constructor(reactions: Reactions<Item> = {}) {
    this.reactions = reactions;
  }

  request(n: number): void {
    this.asked += Math.max(0, n);
    this.subscription!.request(n);
  }

  cancel(): void {
    this.subscription!.cancel();
  }

  onSubscribe(subscription: Subscription): void {
    this.signal('onSubscribe', () => {
      if (this.signals.length > 1) this.broken.push('1.9: onSubscribe is not the first');
      this.subscription = { request: (n) => subscription.request(n), cancel: () => subscription.cancel() };
      this.reactions.onSubscribe?.({ request: (n) => this.request(n), cancel: () => this.cancel() });
    });
  }

  onNext(item: Item): void {
    this.signal('onNext', () => {
      this.items.push(item);
      if (this.items.length > this.asked) this.broken.push('1.1: more than was asked for');
      this.reactions.onNext?.(item, { request: (n) => this.request(n), cancel: () => this.cancel() });
    });
  }

  onError(error: Error): void {
    this.error = error;
    this.signal('onError', () => {});
    this.isOver = true;
  }

  onComplete(): void {
    this.signal('onComplete', () => {});
    this.isOver = true;
  }

  private signal(signal: string, react: () => void): void {
    this.signals.push(signal);
    if (signal !== 'onSubscribe' && this.signals[0] !== 'onSubscribe') this.broken.push(`1.9: ${signal} is the first`);
    if (this.isOver) this.broken.push(`1.7: ${signal} after the end`);
    if (this.depth > 0) this.broken.push(`1.3: ${signal} within a signal`);
    this.deepest = Math.max(this.deepest, ++this.depth);
    react();
    this.depth--;
  }
}

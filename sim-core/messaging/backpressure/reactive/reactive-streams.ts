/**
 * Reactive Streams, the interfaces: who has items tells whoever wants them, and never more of them than were asked for.
 * The rules, by their numbers there, are held by `test/sim-core/messaging/backpressure/reactive/rules.test.ts`.
 * https://github.com/reactive-streams/reactive-streams-jvm/blob/v1.0.4/README.md
 */

export interface Publisher<Item> {
  /** Calls `onSubscribe` before anything else, also if it only has to say by `onError` that it cannot (rule 1.9). */
  subscribe(subscriber: Subscriber<Item>): void;
}

export interface Subscriber<Item> {
  onSubscribe(subscription: Subscription): void;
  onNext(item: Item): void;
  onError(error: Error): void;
  onComplete(): void;
}

export interface Subscription {
  /** Asks for `n` items more, an integer of at least 1. */
  request(n: number): void;
  /** Wants nothing any more. */
  cancel(): void;
}

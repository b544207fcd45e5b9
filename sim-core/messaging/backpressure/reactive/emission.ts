/**
 * The near side of a subscription: what one subscriber has asked for, and the signals that it is given. Everything that a
 * publisher has to heed stands here once, whoever publishes: never more items than were asked for (rule 1.1), one signal
 * after another and no deeper than one (1.3, 3.3), nothing after the end (1.7), and `request` and `cancel` as the rules of
 * part 3 say. An end or a cancellation takes hold at once.
 *
 * An item is promised before it is there: `reserve` takes one of the demand, `next` gives the item, in a drain or at any later
 * time, but not from within another signal. So several can be worked at, and demand is kept whatever order they are done in.
 */
import { Demand, isDemand } from './demand.ts';
import type { Subscriber, Subscription } from './reactive-streams.ts';

/** Who has the items. */
export interface Source<Item> {
  /** There is demand, or something else has changed: it gives what it can, by `reserve` and `next`, `complete` or `fail`. */
  drain(emission: Emission<Item>): void;
  /** Nobody wants its items any more. */
  cancelled(): void;
}

export class Emission<Item> implements Subscription {
  private readonly demand = new Demand();
  private readonly source: Source<Item>;
  /** Let go of at the end (rule 3.13). */
  private subscriber: Subscriber<Item> | undefined;
  /** Promised and not given. */
  private promised = 0;
  /** It is to end when all that was promised has been given. */
  private isEnding = false;
  private isBusy = true;
  private isAskedAgain = false;

  private constructor(subscriber: Subscriber<Item>, source: Source<Item>) {
    this.subscriber = subscriber;
    this.source = source;
  }

  /** Begins: `onSubscribe`, and after it what was asked for in it. */
  static open<Item>(
    subscriber: Subscriber<Item>,
    source: Source<Item>,
    isOpen: (emission: Emission<Item>) => void,
  ): void {
    const emission = new Emission(checked(subscriber), source);
    isOpen(emission);
    subscriber.onSubscribe(emission);
    emission.isBusy = false;
    emission.drain();
  }

  /** Turns a subscriber away, in the order that rule 1.9 asks for. */
  static reject<Item>(subscriber: Subscriber<Item>, error: Error): void {
    checked(subscriber).onSubscribe({ request: () => {}, cancel: () => {} });
    subscriber.onError(error);
  }

  /** Whether it was ended or cancelled. */
  get isOver(): boolean {
    return this.subscriber === undefined;
  }

  /** Asked for and not promised. */
  get outstanding(): number {
    return this.demand.outstanding;
  }

  request(n: number): void {
    if (this.isOver) return;
    if (!isDemand(n)) {
      this.fail(new RangeError(`rule 3.9 of Reactive Streams: request(${n}); it must be an integer of at least 1`));
      this.source.cancelled();
      return;
    }
    this.demand.add(n);
    this.drain();
  }

  cancel(): void {
    if (this.isOver) return;
    this.subscriber = undefined;
    this.source.cancelled();
  }

  /** Has the source give what it can; from within one of its own signals, when that is done. */
  drain(): void {
    this.isAskedAgain = true;
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (this.isAskedAgain && !this.isOver) {
        this.isAskedAgain = false;
        this.source.drain(this);
      }
    } finally {
      this.isBusy = false;
    }
  }

  /** Promises an item; false if none is asked for. */
  reserve(): boolean {
    if (this.isOver || this.isEnding || !this.demand.take()) return false;
    this.promised++;
    return true;
  }

  /** Gives an item that was promised; false if it is over, and nobody is there to take it. */
  next(item: Item): boolean {
    if (this.promised === 0) throw new Error('an item was given that nobody asked for');
    this.promised--;
    if (this.subscriber === undefined) return false;
    const isInDrain = this.isBusy;
    this.isBusy = true;
    try {
      this.subscriber.onNext(item);
    } finally {
      this.isBusy = isInDrain;
    }
    if (this.isEnding) this.complete();
    else if (this.isAskedAgain && !isInDrain) this.drain();
    return true;
  }

  /** No more are promised; the end is told when all that were have been given. */
  complete(): void {
    this.isEnding = true;
    if (this.promised > 0) return;
    const { subscriber } = this;
    this.subscriber = undefined;
    subscriber?.onComplete();
  }

  fail(error: Error): void {
    const { subscriber } = this;
    this.subscriber = undefined;
    subscriber?.onError(error);
  }
}

function checked<Item>(subscriber: Subscriber<Item>): Subscriber<Item> {
  if (subscriber === undefined || subscriber === null) {
    throw new TypeError(`rule 1.9 of Reactive Streams: the subscriber is ${subscriber}; it must be one`);
  }
  return subscriber;
}

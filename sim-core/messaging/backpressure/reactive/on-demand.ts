/**
 * A publisher with one subscriber at a time, whose owner has the items: it is woken when there is demand, and gives what it
 * promised in its own time. Between two stages it is the output of a processor.
 */
import { Emission, type Source } from './emission.ts';
import type { Publisher, Subscriber } from './reactive-streams.ts';

export class OnDemand<Item> implements Publisher<Item>, Source<Item> {
  private readonly wake: () => void;
  private emission: Emission<Item> | undefined;
  private isComplete = false;

  /** `wake`: there is demand, or less than there was; the owner gives what it can. */
  constructor(wake: () => void) {
    this.wake = wake;
  }

  /** Asked for and not promised. */
  get outstanding(): number {
    return this.emission === undefined || this.emission.isOver ? 0 : this.emission.outstanding;
  }

  subscribe(subscriber: Subscriber<Item>): void {
    if (this.emission !== undefined && !this.emission.isOver) {
      Emission.reject(subscriber, new Error('there is a subscriber already, and only one at a time'));
      return;
    }
    Emission.open(subscriber, this, (emission) => {
      this.emission = emission;
    });
  }

  /** Has the owner give what it can: something has changed on its side. */
  offer(): void {
    this.emission?.drain();
  }

  /** Promises an item: to whom it is to be given, by `next`; undefined if none is asked for. */
  reserve(): Emission<Item> | undefined {
    return this.emission?.reserve() === true ? this.emission : undefined;
  }

  /** No more are promised; the end is told when all that were have been given. */
  complete(): void {
    this.isComplete = true;
    this.offer();
  }

  fail(error: Error): void {
    this.emission?.fail(error);
  }

  drain(emission: Emission<Item>): void {
    if (!this.isComplete) this.wake();
    if (this.isComplete) emission.complete();
  }

  cancelled(): void {
    this.wake();
  }
}

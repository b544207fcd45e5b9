/**
 * A buffer with a bound, first in, first out, and what becomes of an item that finds it full. The choices are those of
 * Reactor's `BufferOverflowStrategy` (DROP_LATEST, DROP_OLDEST, ERROR). Whoever shall wait for room offers nothing before there is some:
 *
 * | strategy | the item that finds no room |
 * |---|---|
 * | `drop-newest` | is dropped |
 * | `drop-oldest` | takes the place of the oldest, which is dropped |
 * | `error` | ends the stream: neither it nor any later one is taken; those inside are still given out |
 *
 * A bound of 0 is a buffer that takes nothing; one of Infinity none at all, as the experiment may want. Unlike a kernel `Channel`
 * it knows no processes: it is a rule without a clock.
 * https://projectreactor.io/docs/core/release/api/reactor/core/publisher/BufferOverflowStrategy.html
 */
import { Fifo } from '../../kernel/fifo.ts';

/** What became of an item that was offered: it is inside, was dropped, or found that the stream has ended. */
export type Offered = 'taken' | 'dropped' | 'ended';

/** Called for a full buffer: makes room, or says what becomes of the item instead. */
type WhenFull = <Item>(buffer: BoundedBuffer<Item>) => Offered;

export const overflowStrategies = {
  'drop-newest': () => 'dropped',
  'drop-oldest': (buffer) => (buffer.dropOldest() ? 'taken' : 'dropped'),
  error: (buffer) => buffer.end(),
} satisfies Readonly<Record<string, WhenFull>>;

export type OverflowName = keyof typeof overflowStrategies;

export interface BoundedBufferOptions<Item> {
  readonly capacity: number;
  readonly overflow: OverflowName;
  /** Told of every item that is dropped, the one that is offered included. */
  readonly dropped: (item: Item) => void;
}

export class BoundedBuffer<Item> {
  private readonly items = new Fifo<Item>();
  private readonly whenFull: WhenFull;
  private readonly dropped: (item: Item) => void;
  private bound: number;
  private isEnded = false;

  constructor({ capacity, overflow, dropped }: BoundedBufferOptions<Item>) {
    this.bound = checkedCapacity(capacity);
    this.whenFull = overflowStrategies[overflow];
    this.dropped = dropped;
  }

  get size(): number {
    return this.items.size;
  }

  get capacity(): number {
    return this.bound;
  }

  /** Whether an overflow has ended the stream. */
  get ended(): boolean {
    return this.isEnded;
  }

  /** Sets the bound. What is inside stays there: with more than the new bound nothing is taken until it is less. */
  limit(capacity: number): void {
    this.bound = checkedCapacity(capacity);
  }

  offer(item: Item): Offered {
    if (this.isEnded) return 'ended';
    const offered = this.items.size < this.bound ? 'taken' : this.whenFull(this);
    if (offered === 'taken') this.items.add(item);
    else if (offered === 'dropped') this.dropped(item);
    return offered;
  }

  /** Takes in an item that room was promised for, whatever the bound is by now. */
  takeIn(item: Item): void {
    this.items.add(item);
  }

  /** The oldest item; undefined if there is none. */
  take(): Item | undefined {
    return this.items.size === 0 ? undefined : this.items.take();
  }

  /** For strategies: drops as many of the oldest as it takes to have room for one; false if there can be none. */
  dropOldest(): boolean {
    if (this.bound === 0) return false;
    while (this.items.size >= this.bound) this.dropped(this.items.take());
    return true;
  }

  /** For strategies: takes nothing any more. */
  end(): Offered {
    this.isEnded = true;
    return 'ended';
  }

  /** Gives up all that is inside, oldest first, and begins anew. */
  clear(lost: (item: Item) => void): void {
    while (this.items.size > 0) lost(this.items.take());
    this.isEnded = false;
  }
}

function checkedCapacity(capacity: number): number {
  if (capacity === Infinity || (Number.isInteger(capacity) && capacity >= 0)) return capacity;
  throw new RangeError(`a buffer: capacity is ${capacity}; it must be an integer of at least 0, or Infinity for none`);
}

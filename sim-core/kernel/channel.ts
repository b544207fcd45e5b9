/**
 * A channel: items handed from those who put to those who get, first in, first out, through a buffer with a bound.
 * What happens to an item that finds the buffer full is the channel's policy, and part of the experiment:
 *
 * | policy | the item that finds no room |
 * |---|---|
 * | `block` | waits, its putter with it |
 * | `reject` | is refused: `put` gives false |
 * | `drop-oldest` | takes the place of the oldest item in the buffer |
 * | `unbounded` | does not exist: the buffer grows, and says so |
 */
import { defineReading, type Fact, type FactChannel } from './fact.ts';
import { Fifo } from './fifo.ts';
import type { Simulation } from './simulation.ts';
import { PendingWait, type Waiter } from './wait.ts';

export type WhenFull = 'block' | 'reject' | 'drop-oldest' | 'unbounded';

/** An item was put, got or dropped; `buffered` is the number of items left in the buffer. */
export const channelChanged = defineReading('channel.changed', 'An item was put, got or dropped', {
  channel: 'text',
  change: 'text',
  buffered: 'number',
});

export interface ChannelOptions {
  readonly name: string;
  /** Items the buffer holds: an integer of at least 1; not used when `unbounded`. */
  readonly capacity: number;
  readonly whenFull: WhenFull;
}

export class Channel<Item> {
  readonly name: string;
  readonly sim: Simulation;
  private readonly capacity: number;
  private readonly whenFull: WhenFull;
  private readonly buffer = new Fifo<Item>();
  private readonly getters = new Set<Get<Item>>();
  private readonly putters = new Set<Put<Item>>();
  private readonly changed: FactChannel<Fact<typeof channelChanged>>;

  constructor(sim: Simulation, options: ChannelOptions) {
    const { name, capacity, whenFull } = options;
    if (whenFull !== 'unbounded' && (!Number.isInteger(capacity) || capacity < 1)) {
      throw new RangeError(`${name}: capacity is ${capacity}; it must be an integer of at least 1`);
    }
    this.sim = sim;
    this.name = name;
    this.capacity = whenFull === 'unbounded' ? Infinity : capacity;
    this.whenFull = whenFull;
    this.changed = sim.facts.channel(channelChanged);
  }

  /** Items in the buffer. */
  get size(): number {
    return this.buffer.size;
  }

  /** Puts an item by the channel's policy; gives whether it was taken in. */
  put(item: Item): PendingWait<boolean> {
    return new Put(this, item);
  }

  /** Waits for the next item. */
  get(): PendingWait<Item> {
    return new Get(this);
  }

  /** Puts an item without waiting; false when there is no room for it (also under `block`). */
  tryPut(item: Item): boolean {
    const [getter] = this.getters;
    if (getter !== undefined) {
      this.getters.delete(getter);
      this.tell('put');
      this.tell('got');
      getter.complete(item);
      return true;
    }
    if (this.buffer.size >= this.capacity) {
      if (this.whenFull !== 'drop-oldest') {
        if (this.whenFull === 'reject') this.tell('refused');
        return false;
      }
      this.buffer.take();
      this.tell('dropped');
    }
    this.buffer.add(item);
    this.tell('put');
    return true;
  }

  /** Takes the next item, if there is one. */
  tryGet(): { readonly item: Item } | undefined {
    if (this.buffer.size === 0) return undefined;
    const item = this.buffer.take();
    this.tell('got');
    const [putter] = this.putters;
    if (putter !== undefined && this.buffer.size < this.capacity) {
      this.putters.delete(putter);
      this.buffer.add(putter.item);
      this.tell('put');
      putter.complete(true);
    }
    return { item };
  }

  /** For the waits below: whether a putter has to wait when there is no room, and the lists in which they stand. */
  get blocks(): boolean {
    return this.whenFull === 'block';
  }

  standPutting(put: Put<Item>): void {
    this.putters.add(put);
  }

  standGetting(get: Get<Item>): void {
    this.getters.add(get);
  }

  leave(wait: Put<Item> | Get<Item>): void {
    this.putters.delete(wait as Put<Item>);
    this.getters.delete(wait as Get<Item>);
  }

  /**
   * Puts an item back at the head: it was handed to a getter that had gone. It had left the buffer, so the buffer may
   * hold more than its capacity until it is got again; nothing is dropped for it.
   */
  giveBack(item: Item): void {
    const [getter] = this.getters;
    if (getter === undefined) {
      this.buffer.addFirst(item);
      this.tell('returned');
      return;
    }
    this.getters.delete(getter);
    getter.complete(item);
  }

  private tell(change: string): void {
    if (this.changed.heard) this.changed.emit({ channel: this.name, change, buffered: this.buffer.size });
  }
}

class Put<Item> extends PendingWait<boolean> {
  readonly item: Item;
  private readonly channel: Channel<Item>;

  constructor(channel: Channel<Item>, item: Item) {
    super(channel.sim);
    this.channel = channel;
    this.item = item;
  }

  override begin(waiter: Waiter): boolean {
    this.result = this.channel.tryPut(this.item);
    if (this.result || !this.channel.blocks) return true;
    this.waiter = waiter;
    this.channel.standPutting(this);
    return false;
  }

  override abandon(): void {
    this.channel.leave(this);
    super.abandon();
  }
}

class Get<Item> extends PendingWait<Item> {
  private readonly channel: Channel<Item>;
  private taken = false;

  constructor(channel: Channel<Item>) {
    super(channel.sim);
    this.channel = channel;
  }

  override begin(waiter: Waiter): boolean {
    const next = this.channel.tryGet();
    if (next !== undefined) {
      this.result = next.item;
      this.taken = true;
      return true;
    }
    this.waiter = waiter;
    this.channel.standGetting(this);
    return false;
  }

  override abandon(): void {
    this.channel.leave(this);
    super.abandon();
    if (this.taken || this.settled) this.channel.giveBack(this.result as Item);
  }
}

/**
 * The room that a policy's entries take up. By default every object takes one unit, and the capacity counts entries; given
 * `sizeOf` an object takes so many units, bytes say. Its size is that of the moment at which it entered, until it has left.
 *
 * An object that is larger than the whole capacity never enters: the policy refuses it, and nothing makes way for it.
 */
import { checkedCapacity, initialRoom } from './eviction-policy.ts';
import type { EvictionOptions } from './eviction-policy.ts';

export class Room {
  capacity: number;
  /** Entries held, */
  size = 0;
  /** and the units that they take up. */
  used = 0;
  private readonly sizeOf: ((id: number) => number) | undefined;
  /** Of each id its size when it entered last; unused where all sizes are 1. */
  private sizes: Float64Array;

  constructor(options: EvictionOptions) {
    this.capacity = checkedCapacity(options.capacity, options.sizeOf !== undefined);
    this.sizeOf = options.sizeOf;
    this.sizes = new Float64Array(this.sizeOf === undefined ? 0 : initialRoom(options));
  }

  /** The size of an object that asks to enter. Throws where it is none. */
  asks(id: number): number {
    if (this.sizeOf === undefined) return 1;
    const size = this.sizeOf(id);
    if (Number.isInteger(size) && size >= 1) return size;
    throw new RangeError(`sizeOf: ${size} of object ${id} is not a size; give an integer from 1`);
  }

  /** Whoever does so evicts until nothing is lacking. Throws a `RangeError`. */
  resize(capacity: number): void {
    this.capacity = checkedCapacity(capacity, this.sizeOf !== undefined);
  }

  /** Must something go before an object of this size can enter? */
  lacks(size: number): boolean {
    return this.used + size > this.capacity;
  }

  enter(id: number, size: number): void {
    this.size++;
    this.used += size;
    if (this.sizeOf === undefined) return;
    if (id >= this.sizes.length) {
      const grown = new Float64Array(Math.max(id + 1, 2 * this.sizes.length));
      grown.set(this.sizes);
      this.sizes = grown;
    }
    this.sizes[id] = size;
  }

  leave(id: number): void {
    this.size--;
    this.used -= this.of(id);
  }

  /** Where all sizes are 1: so many entries are held. */
  holds(entries: number): void {
    this.size = entries;
    this.used = entries;
  }

  /** The size that an object entered with, even if it has left. */
  of(id: number): number {
    return this.sizeOf === undefined ? 1 : this.sizes[id];
  }
}

/**
 * FIFO, first in, first out: a miss on a full cache evicts the entry that was inserted the longest ago; hits change
 * nothing. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966.
 * Not a stack algorithm: a larger cache can hit less (Belady's anomaly). libCacheSim's and Caffeine's agree to the
 * request. No parameters.
 *
 * The queue is a ring. An entry taken out by `remove` leaves its place behind as a hole, which the hand skips; the ring
 * has as much spare room as entries, and closes its holes when that is used up.
 */
import type { Bookkeeping } from './bookkeeping.ts';
import { initialRoom, isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownInts, highestOf, roomFor } from './growing-array.ts';
import { Room } from './room.ts';

const PLACE_BYTES = 4;

export class Fifo implements EvictionPolicy {
  private readonly room: Room;
  private readonly isUnwatched: boolean;
  private readonly bookkeeping: Bookkeeping | undefined;
  private readonly onEvict: ((id: number) => void) | undefined;
  /** Ids in the order of insertion, from `oldest` up to `newest`; a power of two long, holes included. */
  private ring: Int32Array;
  private oldest = 0;
  private newest = 0;
  /** Of each id one more than its index in the ring; 0: not held. A place in the ring that its id disowns is a hole. */
  private place: Int32Array;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.isUnwatched = isUnwatched(options);
    this.bookkeeping = options.bookkeeping;
    this.onEvict = options.onEvict;
    this.ring = new Int32Array(64);
    this.place = new Int32Array(initialRoom(options));
  }

  get capacity(): number {
    return this.room.capacity;
  }

  get size(): number {
    return this.room.size;
  }

  get used(): number {
    return this.room.used;
  }

  request(id: number): boolean {
    if (id >= this.place.length) this.grow(id);
    if (this.place[id] !== 0) return true;
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    if (this.newest - this.oldest === this.ring.length) this.closeHoles();
    const index = this.newest++ & (this.ring.length - 1);
    this.ring[index] = id;
    this.place[id] = index + 1;
    room.enter(id, size);
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1);
    return false;
  }

  /** Once the cache is full and its ring without holes it stays so, and every newcomer takes over from the oldest. */
  requestAll(ids: Int32Array): number {
    if (!this.isUnwatched) return requestEach(this, ids);
    const highest = highestOf(ids);
    if (highest >= this.place.length) this.grow(highest);
    const { capacity } = this;
    let hits = 0;
    let i = 0;
    while (i < ids.length && (this.used < capacity || this.newest - this.oldest > capacity)) {
      if (this.request(ids[i++])) hits++;
    }
    const { place, ring } = this;
    const mask = ring.length - 1;
    let { oldest, newest } = this;
    for (; i < ids.length; i++) {
      const id = ids[i];
      if (place[id] !== 0) {
        hits++;
        continue;
      }
      place[ring[oldest++ & mask]] = 0;
      const index = newest++ & mask;
      ring[index] = id;
      place[id] = index + 1;
    }
    this.oldest = oldest;
    this.newest = newest;
    return hits;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    while (this.room.lacks(0)) this.evict();
  }

  has(id: number): boolean {
    return id < this.place.length && this.place[id] !== 0;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.place[id] = 0;
    this.room.leave(id);
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1);
    return true;
  }

  private evict(): void {
    const mask = this.ring.length - 1;
    let index = this.oldest & mask;
    const from = this.oldest;
    while (this.place[this.ring[index]] !== index + 1) index = ++this.oldest & mask;
    this.oldest++;
    const victim = this.ring[index];
    this.place[victim] = 0;
    this.room.leave(victim);
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, this.oldest - from);
    this.onEvict?.(victim);
  }

  /** Places of the ring were looked at; it takes as many bytes as there are entries between its ends. */
  private count(bookkeeping: Bookkeeping, steps: number): void {
    bookkeeping.steps += steps;
    bookkeeping.bytes = PLACE_BYTES * (this.newest - this.oldest);
  }

  private grow(id: number): void {
    this.place = grownInts(this.place, roomFor(id, this.place.length));
  }

  /** Rewrites the ring without its holes, doubled while entries would fill more than half of it. */
  private closeHoles(): void {
    const { ring, oldest, newest } = this;
    if (this.bookkeeping !== undefined) this.bookkeeping.steps += newest - oldest;
    const closed = new Int32Array(this.size * 2 > ring.length ? ring.length * 2 : ring.length);
    this.newest = 0;
    for (let position = oldest; position < newest; position++) {
      const index = position & (ring.length - 1);
      const id = ring[index];
      if (this.place[id] === index + 1) closed[this.newest++] = id;
    }
    for (let index = 0; index < this.newest; index++) this.place[closed[index]] = index + 1;
    this.oldest = 0;
    this.ring = closed;
  }
}

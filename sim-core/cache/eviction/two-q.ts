/**
 * 2Q, full version: a newcomer enters a FIFO queue (A1in) in which hits change nothing. What that queue gives up is
 * remembered without its value (A1out); an object requested while it is remembered has shown that it is worth keeping and
 * enters an LRU list (Am). A miss on a full cache takes the oldest of A1in if that holds more than its share, otherwise
 * the least recent of Am, which is not remembered.
 *
 * Johnson and Shasha, "2Q: a low overhead high performance buffer management replacement algorithm", VLDB 1994, with the
 * paper's shares: A1in floor(25 %) of the capacity, A1out as many identifiers as floor(50 %). libCacheSim's and
 * Caffeine's, so set, agree to the request.
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const IN = 1;
const MAIN = 2;
/** Remembered, not held. */
const OUT = 3;

/** Before each head its list's last arrival, after it the next to go. */
const IN_HEAD = headOf(0);
const OUT_HEAD = headOf(1);
const MAIN_HEAD = headOf(2);

const IN_SHARE = 0.25;
const OUT_SHARE = 0.5;

export class TwoQ implements EvictionPolicy {
  private readonly room: Room;
  private inCapacity: number;
  private outCapacity: number;
  /** Units that the objects in A1in take up, and those that A1out remembers. */
  private inUsed = 0;
  private outUsed = 0;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  private place: Uint8Array;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.inCapacity = Math.floor(this.capacity * IN_SHARE);
    this.outCapacity = Math.floor(this.capacity * OUT_SHARE);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 3);
    this.place = new Uint8Array(initialRoom(options));
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
    const { lists, room } = this;
    const place = this.place[id];
    if (place === IN) return true;
    if (place === MAIN) {
      lists.unlink(id);
      lists.insertBefore(MAIN_HEAD, id);
      return true;
    }
    if (place === OUT) this.forget(id);
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    room.enter(id, size);
    if (place === OUT) {
      lists.insertBefore(MAIN_HEAD, id);
      this.place[id] = MAIN;
    } else {
      lists.insertBefore(IN_HEAD, id);
      this.place[id] = IN;
      this.inUsed += size;
    }
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    this.inCapacity = Math.floor(capacity * IN_SHARE);
    this.outCapacity = Math.floor(capacity * OUT_SHARE);
    while (this.room.lacks(0)) this.evict();
    this.forgetMore();
  }

  has(id: number): boolean {
    return id < this.place.length && (this.place[id] === IN || this.place[id] === MAIN);
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    return true;
  }

  private evict(): void {
    const { lists } = this;
    const leastRecent = lists.next(MAIN_HEAD);
    // Only where objects have sizes may a cache be full, Am empty, and A1in within its share.
    if (this.inUsed > this.inCapacity || leastRecent === MAIN_HEAD) {
      const victim = lists.next(IN_HEAD);
      this.takeOut(victim);
      lists.insertBefore(OUT_HEAD, victim);
      this.place[victim] = OUT;
      this.outUsed += this.room.of(victim);
      this.forgetMore();
      this.onEvict?.(victim);
    } else {
      const victim = leastRecent;
      this.takeOut(victim);
      this.onEvict?.(victim);
    }
  }

  private takeOut(id: number): void {
    if (this.place[id] === IN) this.inUsed -= this.room.of(id);
    this.lists.unlink(id);
    this.place[id] = ABSENT;
    this.room.leave(id);
  }

  private forgetMore(): void {
    while (this.outUsed > this.outCapacity) this.forget(this.lists.next(OUT_HEAD));
  }

  private forget(id: number): void {
    this.lists.unlink(id);
    this.place[id] = ABSENT;
    this.outUsed -= this.room.of(id);
  }

  private grow(id: number): void {
    const room = roomFor(id, this.place.length);
    this.place = grownBytes(this.place, room);
    this.lists.grow(room);
  }
}

/**
 * CLOCK, second chance, FIFO with reinsertion: a hit marks the entry; a miss on a full cache looks at the entries in
 * the order of insertion, takes the mark off a marked one and puts it at the end, and evicts the first without a mark.
 * Corbató, "A paging experiment with the Multics system", MIT Project MAC Report M-384, 1968. No parameters.
 *
 * Two conventions, each to the request its source's:
 * - evict-first: second chances come before the newcomer (libCacheSim's clock with its one bit);
 * - insert-first: second chances come after the newcomer, which is itself the victim when every entry is marked
 *   (Caffeine's linked.Clock).
 */
import { initialRoom, isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { areBelow, grownBytes, highestOf, roomFor } from './growing-array.ts';
import { IdRing } from './id-ring.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const HELD = 1;
const MARKED = 2;

export type ClockConvention = 'evict-first' | 'insert-first';

export class Clock implements EvictionPolicy {
  private readonly room: Room;
  private readonly insertFirst: boolean;
  private readonly isUnwatched: boolean;
  private readonly onEvict: ((id: number) => void) | undefined;
  /** The entries, the one that the hand points at first. */
  private readonly queue: IdRing;
  private state: Uint8Array;

  constructor(options: EvictionOptions, convention: ClockConvention) {
    this.room = new Room(options);
    this.insertFirst = convention === 'insert-first';
    this.isUnwatched = isUnwatched(options);
    this.onEvict = options.onEvict;
    this.queue = new IdRing(options.bookkeeping);
    this.state = new Uint8Array(initialRoom(options));
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
    if (id >= this.state.length) this.grow(id);
    if (this.state[id] !== ABSENT) {
      this.state[id] = MARKED;
      return true;
    }
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    if (!this.insertFirst) while (room.lacks(size)) this.evict();
    this.queue.push(id);
    this.state[id] = HELD;
    room.enter(id, size);
    while (room.used > this.capacity) this.evict();
    return false;
  }

  /**
   * Once the cache is full and its ring without holes it stays so. A miss may take several rounds of the last loop, one for
   * each entry that the hand looks at: an engine keeps the arrays of an innermost loop at hand, and looks them up at every
   * access in one around it.
   */
  requestAll(ids: Int32Array): number {
    if (!this.isUnwatched) return requestEach(this, ids);
    if (!areBelow(ids, this.state.length)) this.grow(highestOf(ids));
    const { queue, room, state, capacity, insertFirst } = this;
    let hits = 0;
    let i = 0;
    let { used } = room;
    queue.spare(Math.min(ids.length, capacity - used));
    for (; i < ids.length && used < capacity; i++) {
      const id = ids[i];
      const isHit = state[id] !== ABSENT;
      if (isHit) hits++;
      else used += queue.put(id);
      state[id] = isHit ? MARKED : HELD;
    }
    room.holds(used);
    while (i < ids.length && queue.places > capacity) if (this.request(ids[i++])) hits++;
    queue.spare(1);
    const { ring } = queue;
    const mask = ring.length - 1;
    let { oldest, newest } = queue;
    let isEntering = false;
    while (i < ids.length) {
      const id = ids[i];
      if (state[id] !== ABSENT && !isEntering) {
        state[id] = MARKED;
        hits++;
        i++;
        continue;
      }
      if (insertFirst && !isEntering) {
        ring[newest++ & mask] = id;
        state[id] = HELD;
        isEntering = true;
      }
      const oldestOne = ring[oldest++ & mask];
      if (state[oldestOne] === MARKED) {
        state[oldestOne] = HELD;
        ring[newest++ & mask] = oldestOne;
        continue;
      }
      state[oldestOne] = ABSENT;
      if (!insertFirst) {
        ring[newest++ & mask] = id;
        state[id] = HELD;
      }
      isEntering = false;
      i++;
    }
    queue.moveOn(oldest - queue.oldest);
    return hits;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    while (this.room.lacks(0)) this.evict();
  }

  has(id: number): boolean {
    return id < this.state.length && this.state[id] !== ABSENT;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.queue.disown(id);
    this.state[id] = ABSENT;
    this.room.leave(id);
    return true;
  }

  private evict(): void {
    const { queue, state } = this;
    let victim = queue.shift();
    while (state[victim] === MARKED) {
      state[victim] = HELD;
      queue.push(victim);
      victim = queue.shift();
    }
    state[victim] = ABSENT;
    this.room.leave(victim);
    this.onEvict?.(victim);
  }

  private grow(id: number): void {
    this.state = grownBytes(this.state, roomFor(id, this.state.length));
  }
}

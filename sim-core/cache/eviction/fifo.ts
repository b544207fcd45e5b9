/**
 * FIFO, first in, first out: a miss on a full cache evicts the entry that was inserted the longest ago; hits change
 * nothing. Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966.
 * Not a stack algorithm: a larger cache can hit less (Belady's anomaly). libCacheSim's and Caffeine's agree to the
 * request. No parameters.
 */
import { initialRoom, isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { areBelow, grownBytes, highestOf, roomFor } from './growing-array.ts';
import { IdRing } from './id-ring.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const HELD = 1;

export class Fifo implements EvictionPolicy {
  private readonly room: Room;
  private readonly isUnwatched: boolean;
  private readonly onEvict: ((id: number) => void) | undefined;
  /** The entries in the order of insertion. */
  private readonly queue: IdRing;
  private state: Uint8Array;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
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
    if (this.state[id] !== ABSENT) return true;
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    this.queue.push(id);
    this.state[id] = HELD;
    room.enter(id, size);
    return false;
  }

  /**
   * Once the cache is full and its ring without holes it stays so, and every newcomer takes over from the oldest. The
   * loop does the same whether it is a hit or a miss, but that after a hit both ends stay where they are: which of them it
   * will be nobody can foretell, a processor neither, and a wrong guess costs more than the work.
   */
  requestAll(ids: Int32Array): number {
    if (!this.isUnwatched) return requestEach(this, ids);
    if (!areBelow(ids, this.state.length)) this.grow(highestOf(ids));
    const { queue, room, capacity, state } = this;
    let hits = 0;
    let i = 0;
    let { used } = room;
    queue.spare(Math.min(ids.length, capacity - used));
    for (; i < ids.length && used < capacity; i++) {
      const id = ids[i];
      if (state[id] === ABSENT) used += queue.put(id);
      else hits++;
      state[id] = HELD;
    }
    room.holds(used);
    while (i < ids.length && queue.places > capacity) if (this.request(ids[i++])) hits++;
    if (i === ids.length) return hits;
    queue.spare(1);
    const { ring, oldest: first } = queue;
    const mask = ring.length - 1;
    const behind = queue.newest - first;
    let oldest = first;
    const rest = ids.length - i;
    for (; i < ids.length; i++) {
      const id = ids[i];
      const isHeld = state[id];
      state[ring[oldest & mask]] &= isHeld;
      ring[(oldest + behind) & mask] = id;
      state[id] = HELD;
      oldest += HELD - isHeld;
    }
    queue.moveOn(oldest - first);
    return hits + rest - (oldest - first);
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
    const victim = this.queue.shift();
    this.state[victim] = ABSENT;
    this.room.leave(victim);
    this.onEvict?.(victim);
  }

  private grow(id: number): void {
    this.state = grownBytes(this.state, roomFor(id, this.state.length));
  }
}

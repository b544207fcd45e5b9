/**
 * LRU, least recently used: a miss on a full cache evicts the entry whose last request is the longest ago.
 *
 * Mattson, Gecsei, Slutz and Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970:
 * a stack algorithm, so a larger cache holds all that a smaller one does. libCacheSim's and Caffeine's agree to the
 * request. No parameters.
 *
 * This is the list that a cache in use has, and that `bookkeeping` counts; a simulation whose list nobody looks at does the
 * same with less work (`logged-lru.ts`).
 */
import { listsFor } from './counting-lists.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

/** Before it the most recent entry, after it the least recent. */
const RECENCY = headOf(0);

export class Lru implements EvictionPolicy {
  private readonly room: Room;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 1);
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
    const { lists, room } = this;
    if (id >= lists.room) this.grow(id);
    if (lists.includes(id)) {
      lists.unlink(id);
      lists.insertBefore(RECENCY, id);
      return true;
    }
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    lists.insertBefore(RECENCY, id);
    room.enter(id, size);
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    while (this.room.lacks(0)) this.evict();
  }

  has(id: number): boolean {
    return id < this.lists.room && this.lists.includes(id);
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    return true;
  }

  private evict(): void {
    const victim = this.lists.next(RECENCY);
    this.takeOut(victim);
    this.onEvict?.(victim);
  }

  private takeOut(id: number): void {
    this.lists.unlink(id);
    this.room.leave(id);
  }

  private grow(id: number): void {
    this.lists.grow(roomFor(id, this.lists.room));
  }
}

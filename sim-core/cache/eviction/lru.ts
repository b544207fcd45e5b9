/**
 * LRU, least recently used: a miss on a full cache evicts the entry whose last request is the longest ago.
 *
 * Mattson, Gecsei, Slutz and Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970:
 * a stack algorithm, so a larger cache holds all that a smaller one does. libCacheSim's and Caffeine's agree to the
 * request. No parameters.
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

/** Before it the most recent entry, after it the least recent. */
const RECENCY = headOf(0);

export class Lru implements EvictionPolicy {
  private readonly room: Room;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  private held: Uint8Array;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 1);
    this.held = new Uint8Array(initialRoom(options));
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
    if (id >= this.held.length) this.grow(id);
    const lists = this.lists;
    if (this.held[id] === 1) {
      lists.unlink(id);
      lists.insertBefore(RECENCY, id);
      return true;
    }
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    lists.insertBefore(RECENCY, id);
    this.held[id] = 1;
    room.enter(id, size);
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    while (this.room.lacks(0)) this.evict();
  }

  has(id: number): boolean {
    return this.held[id] === 1;
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
    this.held[id] = 0;
    this.room.leave(id);
  }

  private grow(id: number): void {
    const room = roomFor(id, this.held.length);
    this.held = grownBytes(this.held, room);
    this.lists.grow(room);
  }
}

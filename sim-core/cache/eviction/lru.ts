/**
 * LRU, least recently used: a miss on a full cache evicts the entry whose last request is the longest ago.
 *
 * Mattson, Gecsei, Slutz and Traiger, "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970:
 * a stack algorithm, so a larger cache holds all that a smaller one does. libCacheSim's and Caffeine's agree to the
 * request. No parameters.
 */
import { listsFor } from './counting-lists.ts';
import { isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { highestOf, roomFor } from './growing-array.ts';
import { headOf, NOWHERE, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

/** Before it the most recent entry, after it the least recent. */
const RECENCY = headOf(0);

export class Lru implements EvictionPolicy {
  private readonly room: Room;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  private readonly isUnwatched: boolean;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 1);
    this.isUnwatched = isUnwatched(options);
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

  /**
   * By places in the list's array. The head's link to the newest entry is a variable, until all is done. A cache of one
   * entry, the oldest and the newest, takes them one by one.
   */
  requestAll(ids: Int32Array): number {
    const { lists, room, capacity } = this;
    if (!this.isUnwatched || capacity === 1) return requestEach(this, ids);
    const highest = highestOf(ids);
    if (highest >= lists.room) this.grow(highest);
    const { links, offset } = lists;
    const head = lists.placeOf(RECENCY);
    let newest = links[head + 1];
    let { used } = room;
    let hits = 0;
    for (let i = 0; i < ids.length; i++) {
      const place = (ids[i] + offset) << 1;
      const next = links[place];
      if (next !== NOWHERE) {
        hits++;
        if (place === newest) continue;
        const previous = links[place + 1];
        links[previous] = next;
        links[next + 1] = previous;
      } else if (used < capacity) used++;
      else {
        const oldest = links[head];
        const second = links[oldest];
        links[head] = second;
        links[second + 1] = head;
        links[oldest] = NOWHERE;
      }
      links[newest] = place;
      links[place] = head;
      links[place + 1] = newest;
      newest = place;
    }
    links[head + 1] = newest;
    room.holds(used);
    return hits;
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

/**
 * SIEVE: a hit marks the entry and moves nothing. A miss on a full cache moves a hand from the oldest entry towards the
 * newest, taking marks off, and evicts the first entry without one; past the newest it goes on at the oldest. Newcomers
 * enter before the newest, so that the hand, unlike CLOCK's, sifts out those that nobody asks for again while survivors
 * stay where they are.
 *
 * Zhang, Yang, Yue, Vigfusson and Rashmi, "SIEVE is simpler than LRU: an efficient turn-key eviction algorithm for web
 * caches", NSDI 2024. libCacheSim's and Caffeine's agree to the request. No parameters.
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom, isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, highestOf, roomFor } from './growing-array.ts';
import { headOf, linkBefore, unlink, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

/** Before it the newest entry, after it the oldest. */
const ENTRIES = headOf(0);

const ABSENT = 0;
const HELD = 1;
const MARKED = 2;

export class Sieve implements EvictionPolicy {
  private readonly room: Room;
  private readonly isUnwatched: boolean;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  private state: Uint8Array;
  /** The entry that the hand looks at next; the head: the oldest. */
  private hand = ENTRIES;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.isUnwatched = isUnwatched(options);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 1);
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
    while (room.lacks(size)) this.evict();
    this.lists.insertBefore(ENTRIES, id);
    this.state[id] = HELD;
    room.enter(id, size);
    return false;
  }

  /** By places in the list's array. */
  requestAll(ids: Int32Array): number {
    const { lists, room, capacity } = this;
    if (!this.isUnwatched) return requestEach(this, ids);
    const highest = highestOf(ids);
    if (highest >= this.state.length) this.grow(highest);
    const { state } = this;
    const { links, offset } = lists;
    const head = lists.placeOf(ENTRIES);
    let hand = lists.placeOf(this.hand);
    let { used } = room;
    let hits = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (state[id] !== ABSENT) {
        state[id] = MARKED;
        hits++;
        continue;
      }
      if (used < capacity) used++;
      else {
        if (hand === head) hand = links[head];
        let victim = (hand >> 1) - offset;
        while (state[victim] === MARKED) {
          state[victim] = HELD;
          hand = links[hand];
          if (hand === head) hand = links[head];
          victim = (hand >> 1) - offset;
        }
        const next = links[hand];
        unlink(links, hand);
        state[victim] = ABSENT;
        hand = next;
      }
      linkBefore(links, head, (id + offset) << 1);
      state[id] = HELD;
    }
    this.hand = (hand >> 1) - offset;
    room.holds(used);
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
    this.takeOut(id);
    return true;
  }

  private evict(): void {
    const { lists, state } = this;
    let victim = this.hand === ENTRIES ? lists.next(ENTRIES) : this.hand;
    while (state[victim] === MARKED) {
      state[victim] = HELD;
      victim = lists.next(victim);
      if (victim === ENTRIES) victim = lists.next(ENTRIES);
    }
    this.hand = victim;
    this.takeOut(victim);
    this.onEvict?.(victim);
  }

  /** Takes an entry out; the hand, if it is there, moves on. */
  private takeOut(id: number): void {
    if (this.hand === id) this.hand = this.lists.next(id);
    this.lists.unlink(id);
    this.state[id] = ABSENT;
    this.room.leave(id);
  }

  private grow(id: number): void {
    const room = roomFor(id, this.state.length);
    this.state = grownBytes(this.state, room);
    this.lists.grow(room);
  }
}

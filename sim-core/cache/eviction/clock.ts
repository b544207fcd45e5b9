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
import { listsFor } from './counting-lists.ts';
import { initialRoom, isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, highestOf, roomFor } from './growing-array.ts';
import { headOf, linkBefore, unlink, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

/** Before it the newest entry, after it the one that the hand points at. */
const HAND = headOf(0);

const ABSENT = 0;
const HELD = 1;
const MARKED = 2;

export type ClockConvention = 'evict-first' | 'insert-first';

export class Clock implements EvictionPolicy {
  private readonly room: Room;
  private readonly insertFirst: boolean;
  private readonly isUnwatched: boolean;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  private state: Uint8Array;

  constructor(options: EvictionOptions, convention: ClockConvention) {
    this.room = new Room(options);
    this.insertFirst = convention === 'insert-first';
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
    if (!this.insertFirst) while (room.lacks(size)) this.evict();
    this.lists.insertBefore(HAND, id);
    this.state[id] = HELD;
    room.enter(id, size);
    while (room.used > this.capacity) this.evict();
    return false;
  }

  /** By places in the list's array. */
  requestAll(ids: Int32Array): number {
    const { lists, room, capacity, insertFirst } = this;
    if (!this.isUnwatched) return requestEach(this, ids);
    const highest = highestOf(ids);
    if (highest >= this.state.length) this.grow(highest);
    const { state } = this;
    const { links, offset } = lists;
    const hand = lists.placeOf(HAND);
    let { used } = room;
    let hits = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (state[id] !== ABSENT) {
        state[id] = MARKED;
        hits++;
        continue;
      }
      const place = (id + offset) << 1;
      state[id] = HELD;
      if (insertFirst) linkBefore(links, hand, place);
      if (used < capacity) used++;
      else {
        let victim = links[hand];
        while (state[(victim >> 1) - offset] === MARKED) {
          state[(victim >> 1) - offset] = HELD;
          unlink(links, victim);
          linkBefore(links, hand, victim);
          victim = links[hand];
        }
        unlink(links, victim);
        state[(victim >> 1) - offset] = ABSENT;
      }
      if (!insertFirst) linkBefore(links, hand, place);
    }
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
    let victim = lists.next(HAND);
    while (state[victim] === MARKED) {
      state[victim] = HELD;
      lists.unlink(victim);
      lists.insertBefore(HAND, victim);
      victim = lists.next(HAND);
    }
    this.takeOut(victim);
    this.onEvict?.(victim);
  }

  private takeOut(id: number): void {
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

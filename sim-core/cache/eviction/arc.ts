/**
 * ARC, adaptive replacement cache: T1 holds what was requested once lately, T2 what was requested again, and B1 and B2
 * remember, without their values, what each gave up. A request for an object that B1 remembers says that T1 is too small,
 * one that B2 remembers that T2 is: the target of T1 moves by the ratio of the two memories, at least by one. A miss on a
 * full cache evicts the least recent of T1 if T1 is above its target, otherwise that of T2.
 *
 * Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003, figure 4. The convention is
 * Caffeine's adaptive.Arc, to the request: the target is an integer and the ratio is rounded down. (libCacheSim's arc
 * keeps fractions.) No parameters.
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const T1 = 1;
const T2 = 2;
/** Remembered, not held. */
const B1 = 3;
const B2 = 4;

/** The head of each list: before it the most recent, after it the least recent. */
const headOfList = (list: number): number => headOf(list - 1);

export class Arc implements EvictionPolicy {
  private readonly room: Room;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  /** Of each id the list that it is in, */
  private list: Uint8Array;
  /** and of each list how long it is, in units. */
  private readonly lengths = new Float64Array(5);
  /** The length that T1 is to have. */
  private target = 0;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 4);
    this.list = new Uint8Array(initialRoom(options));
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
    if (id >= this.list.length) this.grow(id);
    const list = this.list[id];
    if (list === T1 || list === T2) {
      this.forget(id);
      this.put(id, T2);
      return true;
    }
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    if (list === ABSENT) this.forgetFor(size);
    else {
      this.adapt(list, size);
      this.forget(id);
    }
    while (room.lacks(size)) this.replace(list === B2);
    room.enter(id, size);
    this.put(id, list === ABSENT ? T1 : T2);
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    this.target = Math.min(this.target, capacity);
    while (this.room.lacks(0)) this.replace(false);
    this.forgetFor(0);
  }

  has(id: number): boolean {
    return id < this.list.length && (this.list[id] === T1 || this.list[id] === T2);
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.forget(id);
    this.room.leave(id);
    return true;
  }

  /** Moves the target towards the list whose memory was hit. */
  private adapt(memory: number, size: number): void {
    const { lengths } = this;
    if (memory === B1) {
      this.target = Math.min(this.capacity, this.target + size * Math.max(Math.floor(lengths[B2] / lengths[B1]), 1));
    } else {
      this.target = Math.max(0, this.target - size * Math.max(Math.floor(lengths[B1] / lengths[B2]), 1));
    }
  }

  /** For an object of which nothing is known, of this size: what is known of the others must leave it a place. */
  private forgetFor(size: number): void {
    const { lengths, lists, capacity } = this;
    while (lengths[T1] + lengths[B1] + size > capacity) {
      if (lengths[B1] > 0) this.forget(lists.next(headOfList(B1)));
      else {
        const victim = lists.next(headOfList(T1));
        this.forget(victim);
        this.room.leave(victim);
        this.onEvict?.(victim);
      }
    }
    // While this holds there is something in B2: T1 and B1 leave room, and T2 is no larger than the cache.
    while (lengths[T1] + lengths[B1] + lengths[T2] + lengths[B2] + size > 2 * capacity) {
      this.forget(lists.next(headOfList(B2)));
    }
  }

  /** Evicts an entry of T1 or T2 into its memory. */
  private replace(wasInB2: boolean): void {
    const { lengths, target } = this;
    const fromT1 = lengths[T1] >= 1 && (lengths[T1] > target || (wasInB2 && lengths[T1] === target));
    // T2 is empty only where T1 was emptied of nothing: then T1 has all there is.
    const from = fromT1 || lengths[T2] === 0 ? T1 : T2;
    const victim = this.lists.next(headOfList(from));
    this.forget(victim);
    this.put(victim, from === T1 ? B1 : B2);
    this.room.leave(victim);
    this.onEvict?.(victim);
  }

  /** Puts an id that is in no list at the recent end of one. */
  private put(id: number, list: number): void {
    this.lists.insertBefore(headOfList(list), id);
    this.lengths[list] += this.room.of(id);
    this.list[id] = list;
  }

  private forget(id: number): void {
    this.lists.unlink(id);
    this.lengths[this.list[id]] -= this.room.of(id);
    this.list[id] = ABSENT;
  }

  private grow(id: number): void {
    const room = roomFor(id, this.list.length);
    this.list = grownBytes(this.list, room);
    this.lists.grow(room);
  }
}

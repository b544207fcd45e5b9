/**
 * LFU, least frequently used, in the cache: a miss on a full cache evicts the entry with the fewest requests since its
 * insertion; an evicted object's count is forgotten. Ties: of the entries with the fewest requests the one that has had
 * that count the longest goes first, as in libCacheSim's LFU and Caffeine's linked.Lfu, which agree to the request.
 * (Ties by time of insertion into the cache give other counts on the web07 and sprite traces.) No parameters.
 *
 * Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme", 2010, with one list
 * instead of a list of lists, and not of all entries. Only those that may soon be victims are kept in order, by (count,
 * time of reaching it): the ones with few requests. Entries of one count form a class that knows its last member; a hit
 * moves an entry behind the next class. An entry that reaches the count `frequent` leaves the order for a list by
 * recency, where a hit only counts and moves it to the end: its victims' order is worked out when it is needed, for
 * among entries of one count recency is the time of reaching it. That happens when the order has run out; `frequent`
 * then becomes twice the least count there is, so it happens no more than 31 times, however long the run.
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownInts, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

/** After it the next victim, before it the last one in the order. */
const ORDER = headOf(0);
/** Before it the most recent of the frequent entries, after it the least recent. */
const RECENCY = headOf(1);

export class Lfu implements EvictionPolicy {
  private readonly room: Room;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  /** Of each id its class, from 1, or, if it is frequent, less its count; 0: not held. */
  private standing: Int32Array;
  private frequent = 2;
  /** Of each class its count of requests, */
  private count = new Int32Array(64);
  /** its last member in the order, or, of a class out of use, the next class out of use. */
  private last = new Int32Array(64);
  private classes = 0;
  private unusedClass = 0;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 2);
    this.standing = new Int32Array(initialRoom(options));
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
    if (id >= this.standing.length) this.grow(id);
    const standing = this.standing[id];
    if (standing < 0) {
      this.standing[id] = standing - 1;
      this.lists.unlink(id);
      this.lists.insertBefore(RECENCY, id);
      return true;
    }
    if (standing > 0) {
      this.promote(id, standing);
      return true;
    }
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    this.place(id, 1, ORDER);
    room.enter(id, size);
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    while (this.room.lacks(0)) this.evict();
  }

  has(id: number): boolean {
    return id < this.standing.length && this.standing[id] !== 0;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    this.standing[id] = 0;
    this.room.leave(id);
    return true;
  }

  private evict(): void {
    if (this.lists.next(ORDER) === ORDER) this.orderMore();
    const victim = this.lists.next(ORDER);
    this.remove(victim);
    this.onEvict?.(victim);
  }

  /** Counts one more request for an entry of the class `from`. */
  private promote(id: number, from: number): void {
    const { lists, last } = this;
    const count = this.count[from] + 1;
    const before = last[from] === id ? lists.previous(id) : last[from];
    this.takeOut(id);
    if (count < this.frequent) this.place(id, count, before);
    else {
      this.standing[id] = -count;
      lists.insertBefore(RECENCY, id);
    }
  }

  /** Brings the least frequent of the frequent entries, of which there are some, into the order, which is empty. */
  private orderMore(): void {
    const { lists, standing } = this;
    let least = Infinity;
    for (let id = lists.next(RECENCY); id >= 0; id = lists.next(id)) least = Math.min(least, -standing[id]);
    this.frequent = 2 * least;
    const rest: number[] = [];
    for (let id = lists.next(RECENCY); id >= 0; id = lists.next(id)) if (-standing[id] < this.frequent) rest.push(id);
    // The most frequent first, so that each is placed before the others; those of one count remain in their order.
    rest.sort((a, b) => standing[a] - standing[b]);
    for (const id of rest) {
      lists.unlink(id);
      this.place(id, -standing[id], ORDER);
    }
  }

  /** Puts an id that is in no list into the class of `count`, which follows `before` if there is one. */
  private place(id: number, count: number, before: number): void {
    const lists = this.lists;
    const after = lists.next(before);
    const next = after < 0 ? 0 : this.standing[after];
    if (next !== 0 && this.count[next] === count) {
      lists.insertBefore(lists.next(this.last[next]), id);
      this.last[next] = id;
      this.standing[id] = next;
      return;
    }
    lists.insertBefore(after, id);
    this.standing[id] = this.newClass(count, id);
  }

  /** Takes an id out of its list and, if it is in the order, of its class, which is given up if it was alone there. */
  private takeOut(id: number): void {
    const from = this.standing[id];
    if (from > 0 && this.last[from] === id) {
      const previous = this.lists.previous(id);
      if (previous >= 0 && this.standing[previous] === from) this.last[from] = previous;
      else {
        this.last[from] = this.unusedClass;
        this.unusedClass = from;
      }
    }
    this.lists.unlink(id);
  }

  private newClass(count: number, member: number): number {
    let fresh = this.unusedClass;
    if (fresh !== 0) this.unusedClass = this.last[fresh];
    else {
      fresh = ++this.classes;
      if (fresh === this.count.length) {
        this.count = grownInts(this.count, 2 * fresh);
        this.last = grownInts(this.last, 2 * fresh);
      }
    }
    this.count[fresh] = count;
    this.last[fresh] = member;
    return fresh;
  }

  private grow(id: number): void {
    const room = roomFor(id, this.standing.length);
    this.standing = grownInts(this.standing, room);
    this.lists.grow(room);
  }
}

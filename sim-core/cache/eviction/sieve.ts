/**
 * SIEVE: a hit marks the entry and moves nothing. A miss on a full cache moves a hand from the oldest entry towards the
 * newest, taking marks off, and evicts the first entry without one; past the newest it goes on at the oldest. Newcomers
 * enter before the newest, so that the hand, unlike CLOCK's, sifts out those that nobody asks for again while survivors
 * stay where they are.
 *
 * Zhang, Yang, Yue, Vigfusson and Rashmi, "SIEVE is simpler than LRU: an efficient turn-key eviction algorithm for web
 * caches", NSDI 2024. libCacheSim's and Caffeine's agree to the request. No parameters.
 *
 * The entries' order is an array: first those that the hand has kept in this lap, then a gap, then those that it has still
 * to look at. It moves what it keeps over the gap, which so grows by one at an eviction, and is closed when newcomers have
 * used up the array's end. An entry taken out by `remove` leaves its place as a hole.
 */
import type { Bookkeeping } from './bookkeeping.ts';
import { initialRoom, isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const HELD = 1;
const MARKED = 2;
/** Of an entry that the hand has kept in this lap the lap's, of the others the other one. */
const LAP = 4;

const PLACE_BYTES = 4;
/** So many times as many places as entries there are at least when the gap has been closed. */
const LENGTH_SHARE = 3;

export class Sieve implements EvictionPolicy {
  private readonly room: Room;
  private readonly isUnwatched: boolean;
  private readonly bookkeeping: Bookkeeping | undefined;
  private readonly onEvict: ((id: number) => void) | undefined;
  private state: Uint8Array;
  /** Ids from the oldest on: those kept are up to `kept`, the others from `hand`, where an entry is, up to `newest`. */
  private order = new Int32Array(64);
  private kept = 0;
  private hand = 0;
  private newest = 0;
  private lap = 0;
  /** Ids that were taken out, with their `LAP`, and how many places name them; of those that one finds first the first. */
  private readonly holes = new Map<number, number>();

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.isUnwatched = isUnwatched(options);
    this.bookkeeping = options.bookkeeping;
    this.onEvict = options.onEvict;
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
    const state = this.state[id];
    if (state !== ABSENT) {
      this.state[id] = state | MARKED;
      return true;
    }
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    if (this.newest === this.order.length) this.closeGap();
    this.order[this.newest++] = id;
    this.state[id] = HELD | (this.lap ^ LAP);
    room.enter(id, size);
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1);
    return false;
  }

  /**
   * Once there are no holes it stays so. A miss may take several rounds of the inner loop, one for each step of the hand: an
   * engine keeps the arrays of an innermost loop at hand, and looks them up at every access in one around it.
   */
  requestAll(ids: Int32Array): number {
    if (!this.isUnwatched) return requestEach(this, ids);
    let hits = 0;
    let i = 0;
    while (i < ids.length && this.holes.size > 0) if (this.request(ids[i++])) hits++;
    const { room, capacity } = this;
    let { used } = room;
    while (i < ids.length) {
      if (ids[i] >= this.state.length) this.grow(ids[i]);
      if (this.newest === this.order.length) this.closeGap();
      const { state, order } = this;
      const objects = state.length;
      const places = order.length;
      let { kept, hand, newest, lap } = this;
      while (i < ids.length) {
        const id = ids[i];
        if (id >= objects) break;
        const mark = state[id];
        if (mark !== ABSENT) {
          state[id] = mark | MARKED;
          hits++;
          i++;
          continue;
        }
        if (newest === places) break;
        if (used < capacity) used++;
        else {
          const entry = order[hand++];
          const isKept = (state[entry] & MARKED) !== 0;
          if (isKept) {
            state[entry] = HELD | lap;
            order[kept++] = entry;
          } else state[entry] = ABSENT;
          if (hand === newest) {
            newest = kept;
            hand = kept = 0;
            lap ^= LAP;
          }
          if (isKept) continue;
        }
        order[newest++] = id;
        state[id] = HELD | (lap ^ LAP);
        i++;
      }
      this.kept = kept;
      this.hand = hand;
      this.newest = newest;
      this.lap = lap;
      room.holds(used);
    }
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
    const hole = holeOf(id, this.state[id] & LAP);
    this.holes.set(hole, (this.holes.get(hole) ?? 0) + 1);
    this.state[id] = ABSENT;
    this.room.leave(id);
    this.toEntry();
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1);
    return true;
  }

  private evict(): void {
    const { state } = this;
    for (let steps = 1; ; steps++) {
      const entry = this.order[this.hand++];
      const isMarked = (state[entry] & MARKED) !== 0;
      if (isMarked) {
        state[entry] = HELD | this.lap;
        this.order[this.kept++] = entry;
      } else state[entry] = ABSENT;
      this.toEntry();
      if (isMarked) continue;
      this.room.leave(entry);
      if (this.bookkeeping !== undefined) this.count(this.bookkeeping, steps);
      this.onEvict?.(entry);
      return;
    }
  }

  /** Moves the hand over holes, and past the newest entry to the oldest; it is at an entry then, if there is one. */
  private toEntry(): void {
    for (;;) {
      if (this.hand < this.newest) {
        if (!this.isHole(this.order[this.hand], this.lap ^ LAP)) return;
        this.hand++;
      } else {
        if (this.kept === 0) return;
        this.newest = this.kept;
        this.hand = this.kept = 0;
        this.lap ^= LAP;
      }
    }
  }

  /** Is the first place that names this id, of those with this `LAP`, a hole? It is none any more then. */
  private isHole(id: number, lap: number): boolean {
    if (this.holes.size === 0) return false;
    const hole = holeOf(id, lap);
    const places = this.holes.get(hole);
    if (places === undefined) return false;
    if (places === 1) this.holes.delete(hole);
    else this.holes.set(hole, places - 1);
    return true;
  }

  /** Moves the entries together, into an array of twice the length if they fill more than a third of it. */
  private closeGap(): void {
    const { order, kept, hand, newest, lap } = this;
    if (this.bookkeeping !== undefined) this.bookkeeping.steps += kept + newest - hand;
    const closed = this.size * LENGTH_SHARE > order.length ? new Int32Array(order.length * 2) : order;
    let count = 0;
    for (let place = 0; place < kept; place++) if (!this.isHole(order[place], lap)) closed[count++] = order[place];
    this.kept = this.hand = count;
    for (let place = hand; place < newest; place++) {
      if (!this.isHole(order[place], lap ^ LAP)) closed[count++] = order[place];
    }
    this.newest = count;
    this.order = closed;
  }

  /** Places were looked at; there are as many as entries and holes. */
  private count(bookkeeping: Bookkeeping, steps: number): void {
    bookkeeping.steps += steps;
    bookkeeping.bytes = PLACE_BYTES * (this.kept + this.newest - this.hand);
  }

  private grow(id: number): void {
    this.state = grownBytes(this.state, roomFor(id, this.state.length));
  }
}

/** The key of an id's holes: two for each id. */
const holeOf = (id: number, lap: number): number => 2 * id + lap / LAP;

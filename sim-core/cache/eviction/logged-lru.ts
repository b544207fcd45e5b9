/**
 * LRU whose order is worked out when a victim is needed. A list of entries by recency (`lru.ts`), as a cache in use has
 * it, is changed in five places of the memory at every hit; here a hit marks its entry, in one byte, and writes its id at
 * the end of a log. The victims are those of the list, to the request.
 *
 * The entries that were not requested since the order was last settled are in that order, and all of them before those that
 * were: the oldest settled one without a mark is the victim. When no such one is left, or the log is full, the log is read
 * backwards, and where an id comes first is its place in the new order. A log is as long as twice the entries, or more, so
 * that it all takes O(1) a request.
 *
 * What a list costs is counted in a list: where somebody asks for that (`bookkeeping`), LRU is `lru.ts`.
 */
import { initialRoom, isUnwatched, requestEach } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { Room } from './room.ts';

const ABSENT = 0;
/** Held, and not requested since the order was settled. */
const SETTLED = 1;
/** Held, and in the log. */
const RECENT = 2;

const FIRST_PLACES = 64;
/** Places of the log for every entry, at least, and what it gets when they are too few. */
const LOG_SHARE = 2;
const LOG_GROWN = 4;

export class LoggedLru implements EvictionPolicy {
  private readonly room: Room;
  private readonly isUnwatched: boolean;
  private readonly onEvict: ((id: number) => void) | undefined;
  private state: Uint8Array;
  /** The order as it was settled, the least recent first: ids from `next` up to `end`, those that are not now out of it too. */
  private order = new Int32Array(FIRST_PLACES);
  private next = 0;
  private end = 0;
  /** Where the next order will be written. */
  private spare = new Int32Array(FIRST_PLACES);
  /** The ids requested since, and how many those are. */
  private log = new Int32Array(FIRST_PLACES);
  private logged = 0;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.isUnwatched = isUnwatched(options);
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
    const isHit = this.state[id] !== ABSENT;
    if (!isHit) {
      const { room } = this;
      const size = room.asks(id);
      if (size > this.capacity) {
        this.onEvict?.(id);
        return false;
      }
      while (room.lacks(size)) this.evict();
      room.enter(id, size);
    }
    if (this.logged === this.log.length) this.settle();
    this.state[id] = RECENT;
    this.log[this.logged++] = id;
    return isHit;
  }

  /**
   * A miss may take several rounds of the inner loop, one for each place of the order that it looks at: an engine keeps the
   * arrays of an innermost loop at hand, and looks them up at every access in one around it.
   */
  requestAll(ids: Int32Array): number {
    if (!this.isUnwatched) return requestEach(this, ids);
    const { room, capacity } = this;
    let { used } = room;
    let hits = 0;
    for (let i = 0; i < ids.length;) {
      if (ids[i] >= this.state.length) this.grow(ids[i]);
      if (this.logged === this.log.length || (this.next === this.end && used === capacity)) this.settle();
      const { state, order, end, log } = this;
      const objects = state.length;
      let { next, logged } = this;
      const stop = Math.min(ids.length, i + log.length - logged);
      while (i < stop) {
        const id = ids[i];
        if (id >= objects) break;
        if (state[id] !== ABSENT) hits++;
        else if (used < capacity) used++;
        else if (next === end) break;
        else {
          const oldest = order[next++];
          if (state[oldest] !== SETTLED) continue;
          state[oldest] = ABSENT;
        }
        state[id] = RECENT;
        log[logged++] = id;
        i++;
      }
      this.next = next;
      this.logged = logged;
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

  /** The places that name it stay; who comes upon them sees that they are not of an entry. */
  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.state[id] = ABSENT;
    this.room.leave(id);
    return true;
  }

  private evict(): void {
    const victim = this.oldest();
    this.state[victim] = ABSENT;
    this.room.leave(victim);
    this.onEvict?.(victim);
  }

  /** The least recent entry, of which there is one; it is out of the order then. */
  private oldest(): number {
    for (;;) {
      if (this.next === this.end) this.settle();
      const id = this.order[this.next++];
      if (this.state[id] === SETTLED) return id;
    }
  }

  /** Brings the order up to date and empties the log. No branch hangs on an entry's mark, which is hard to foretell. */
  private settle(): void {
    const { order, log, logged, state, end } = this;
    const { size } = this.room;
    // One place more, for what is not kept and written over.
    const settled = this.spare.length > size ? this.spare : new Int32Array(2 * size + 1);
    let count = 0;
    for (let place = this.next; place < end; place++) {
      const id = order[place];
      settled[count] = id;
      count += state[id] & SETTLED;
    }
    // The newest place of each id is moved to the log's end.
    let first = logged;
    for (let place = logged - 1; place >= 0; place--) {
      const id = log[place];
      const mark = state[id];
      log[first - 1] = id;
      first -= mark >> 1;
      state[id] = (mark | (mark >> 1)) & SETTLED;
    }
    for (let place = first; place < logged; place++) settled[count++] = log[place];
    this.spare = order;
    this.order = settled;
    this.next = 0;
    this.end = count;
    this.logged = 0;
    if (log.length < LOG_SHARE * size) this.log = new Int32Array(LOG_GROWN * size);
  }

  private grow(id: number): void {
    this.state = grownBytes(this.state, roomFor(id, this.state.length));
  }
}

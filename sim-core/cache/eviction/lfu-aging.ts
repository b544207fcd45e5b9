/**
 * LFU with dynamic aging: every entry has a key, its count of requests plus the age of the cache at its last request, and
 * a miss on a full cache evicts the entry with the least key, which becomes the age of the cache. So an object that was
 * popular once does not stay for ever: the keys of those that are requested now overtake it. Ties: the first to have
 * reached that key.
 *
 * Arlitt, Cherkasova, Dilley, Friedrich and Jin, "Evaluating content management techniques for web proxy caches", ACM
 * SIGMETRICS Performance Evaluation Review 27(4), 2000: LFU-DA with objects of one size. An evicted object's count is
 * forgotten. No parameters. (Other agings: halving all counts now and then, after Robinson and Devarakonda, 1990, as the
 * sketch of W-TinyLFU does; a count that decays with time, as Redis has it.)
 *
 * Entries are in a 4-ary heap by (key, time of reaching it), the next victim at the root. A hit moves an entry away from
 * it; the popular ones are leaves already, and stay where they are. A request takes O(log n) steps of n entries, where LFU's
 * lists take O(1): keys that grow by the cache's age are not counts that grow by one.
 */
import type { Bookkeeping } from './bookkeeping.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownInts, roomFor } from './growing-array.ts';
import { Room } from './room.ts';

/** Of an entry in the heap: an id of four bytes, a key and a time of eight, as its place and count have four each. */
const ENTRY_BYTES = 28;

export class LfuAging implements EvictionPolicy {
  private readonly room: Room;
  private readonly bookkeeping: Bookkeeping | undefined;
  private readonly onEvict: ((id: number) => void) | undefined;
  /** The heap: ids and, beside them, keys and the numbers of the requests at which they were reached. */
  private heapIds = new Int32Array(64);
  private heapKeys = new Float64Array(64);
  private heapTimes = new Float64Array(64);
  /** Of each id one more than its index in the heap, 0: not held; */
  private place: Int32Array;
  /** and its count of requests since its insertion. */
  private count: Int32Array;
  private age = 0;
  private requests = 0;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.bookkeeping = options.bookkeeping;
    this.onEvict = options.onEvict;
    this.place = new Int32Array(initialRoom(options));
    this.count = new Int32Array(initialRoom(options));
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
    if (id >= this.place.length) this.grow(id);
    this.requests++;
    const place = this.place[id];
    if (place !== 0) {
      this.count[id]++;
      this.sink(place - 1, id, this.age + this.count[id], this.requests);
      return true;
    }
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    if (room.size === this.heapIds.length) this.growHeap();
    this.count[id] = 1;
    room.enter(id, size);
    this.rise(room.size - 1, id, this.age + 1, this.requests);
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    while (this.room.lacks(0)) this.evict();
  }

  has(id: number): boolean {
    return id < this.place.length && this.place[id] !== 0;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(this.place[id] - 1);
    return true;
  }

  private evict(): void {
    const victim = this.heapIds[0];
    this.age = this.heapKeys[0];
    this.takeOut(0);
    this.onEvict?.(victim);
  }

  private takeOut(index: number): void {
    this.place[this.heapIds[index]] = 0;
    this.room.leave(this.heapIds[index]);
    const end = this.room.size;
    if (index === end) return;
    const moved = this.heapIds[end];
    const key = this.heapKeys[end];
    const time = this.heapTimes[end];
    // It may belong on either side of the gap; one of the two leaves it there.
    this.rise(index, moved, key, time);
    this.sink(this.place[moved] - 1, moved, key, time);
  }

  /** Puts an entry at `index` or, while its parent is to go later, above. */
  private rise(index: number, id: number, key: number, time: number): void {
    let steps = 1;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      if (!this.isBefore(key, time, parent)) break;
      steps++;
      this.moveTo(index, parent);
      index = parent;
    }
    this.put(index, id, key, time);
    if (this.bookkeeping !== undefined) this.tell(this.bookkeeping, steps);
  }

  /** Puts an entry at `index` or, while one of its children is to go sooner, below. */
  private sink(index: number, id: number, key: number, time: number): void {
    const { heapKeys, heapTimes, size } = this;
    let steps = 1;
    for (;;) {
      const first = index * 4 + 1;
      if (first >= size) break;
      const end = Math.min(first + 4, size);
      let soonest = first;
      for (let child = first + 1; child < end; child++) {
        if (this.isBefore(heapKeys[child], heapTimes[child], soonest)) soonest = child;
      }
      if (this.isBefore(key, time, soonest)) break;
      steps++;
      this.moveTo(index, soonest);
      index = soonest;
    }
    this.put(index, id, key, time);
    if (this.bookkeeping !== undefined) this.tell(this.bookkeeping, steps);
  }

  /** Would an entry of this key and time go before the one at `index`? No two have the same time. */
  private isBefore(key: number, time: number, index: number): boolean {
    const other = this.heapKeys[index];
    return key < other || (key === other && time < this.heapTimes[index]);
  }

  private moveTo(index: number, from: number): void {
    this.put(index, this.heapIds[from], this.heapKeys[from], this.heapTimes[from]);
  }

  private put(index: number, id: number, key: number, time: number): void {
    this.heapIds[index] = id;
    this.heapKeys[index] = key;
    this.heapTimes[index] = time;
    this.place[id] = index + 1;
  }

  private tell(bookkeeping: Bookkeeping, steps: number): void {
    bookkeeping.steps += steps;
    bookkeeping.bytes = ENTRY_BYTES * this.room.size;
  }

  private growHeap(): void {
    const length = 2 * this.room.size;
    const keys = new Float64Array(length);
    keys.set(this.heapKeys);
    this.heapKeys = keys;
    const times = new Float64Array(length);
    times.set(this.heapTimes);
    this.heapTimes = times;
    this.heapIds = grownInts(this.heapIds, length);
  }

  private grow(id: number): void {
    const room = roomFor(id, this.place.length);
    this.place = grownInts(this.place, room);
    this.count = grownInts(this.count, room);
  }
}

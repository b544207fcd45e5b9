/**
 * OPT, Belady's MIN: a miss on a full cache evicts the entry whose next request is the farthest in the future. No
 * policy for objects of one size misses less, so it is the bound that the others are measured against. It must know
 * the requests to come (`future`).
 *
 * Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966; Mattson
 * et al., 1970, for the proof. Two conventions, each to the request its source's:
 * - must-insert: the newcomer always enters, as a demand-paged memory must (libCacheSim's belady);
 * - may-bypass: a newcomer whose own next request is the farthest is refused (Caffeine's opt.Clairvoyant).
 * Among entries that are never requested again the choice is the heap's; it changes no count of misses. For objects of
 * different sizes the farthest first is a good rule and no optimum (finding that is NP-hard).
 *
 * Entries are in a 4-ary heap by next request, the farthest at the root; each knows its position, so that a hit, which
 * puts an entry's next request off, moves it towards the root.
 */
import type { Bookkeeping } from './bookkeeping.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy, FutureRequests } from './eviction-policy.ts';
import { grownInts, roomFor } from './growing-array.ts';
import { Room } from './room.ts';

export type OptConvention = 'must-insert' | 'may-bypass';

/** Of an entry in the heap: an id of four bytes, its next use of eight, and its place of four. */
const ENTRY_BYTES = 16;

export class Opt implements EvictionPolicy {
  private readonly room: Room;
  private readonly mayBypass: boolean;
  private readonly future: FutureRequests;
  private readonly bookkeeping: Bookkeeping | undefined;
  private readonly onEvict: ((id: number) => void) | undefined;
  /** The heap: ids and, beside them, the positions of their next requests. */
  private heapIds = new Int32Array(64);
  private heapUses = new Float64Array(64);
  /** Of each id one more than its index in the heap; 0: not held. */
  private place: Int32Array;

  constructor(options: EvictionOptions, convention: OptConvention) {
    if (options.future === undefined) throw new TypeError('future: OPT needs to know the requests to come');
    this.room = new Room(options);
    this.mayBypass = convention === 'may-bypass';
    this.future = options.future;
    this.bookkeeping = options.bookkeeping;
    this.onEvict = options.onEvict;
    this.place = new Int32Array(initialRoom(options));
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
    if (id >= this.place.length) this.place = grownInts(this.place, roomFor(id, this.place.length));
    const use = this.future.nextUse();
    const place = this.place[id];
    if (place !== 0) {
      this.rise(place - 1, id, use);
      return true;
    }
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) {
      if (this.mayBypass && use >= this.heapUses[0]) {
        this.onEvict?.(id);
        return false;
      }
      const victim = this.heapIds[0];
      room.leave(victim);
      this.place[victim] = 0;
      if (!room.lacks(size)) {
        // The newcomer takes the victim's place in the heap.
        room.enter(id, size);
        this.sink(0, id, use);
        this.onEvict?.(victim);
        return false;
      }
      this.fillRoot();
      this.onEvict?.(victim);
    }
    room.enter(id, size);
    if (room.size > this.heapIds.length) this.growHeap();
    this.rise(room.size - 1, id, use);
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    while (this.room.lacks(0)) {
      const victim = this.heapIds[0];
      this.room.leave(victim);
      this.place[victim] = 0;
      this.fillRoot();
      this.onEvict?.(victim);
    }
  }

  has(id: number): boolean {
    return id < this.place.length && this.place[id] !== 0;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    const index = this.place[id] - 1;
    this.place[id] = 0;
    this.room.leave(id);
    const end = this.room.size;
    if (index === end) return true;
    const moved = this.heapIds[end];
    const use = this.heapUses[end];
    if (use > this.heapUses[index]) this.rise(index, moved, use);
    else this.sink(index, moved, use);
    return true;
  }

  /** Puts the last entry of the heap, from which one has left, in the place of the root. */
  private fillRoot(): void {
    const { size } = this.room;
    if (size > 0) this.sink(0, this.heapIds[size], this.heapUses[size]);
  }

  /** Puts an entry at `index` or, while its parent is used sooner, above. */
  private rise(index: number, id: number, use: number): void {
    const { heapIds, heapUses, place } = this;
    let steps = 1;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      if (heapUses[parent] >= use) break;
      steps++;
      heapUses[index] = heapUses[parent];
      const lowered = heapIds[parent];
      heapIds[index] = lowered;
      place[lowered] = index + 1;
      index = parent;
    }
    heapUses[index] = use;
    heapIds[index] = id;
    place[id] = index + 1;
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, steps);
  }

  /** Puts an entry at `index` or, while one of its children is used later, below. */
  private sink(index: number, id: number, use: number): void {
    const { heapIds, heapUses, place, size } = this;
    let steps = 1;
    for (;;) {
      const first = index * 4 + 1;
      if (first >= size) break;
      const end = Math.min(first + 4, size);
      let latest = first;
      for (let child = first + 1; child < end; child++) if (heapUses[child] > heapUses[latest]) latest = child;
      if (heapUses[latest] <= use) break;
      steps++;
      heapUses[index] = heapUses[latest];
      const raised = heapIds[latest];
      heapIds[index] = raised;
      place[raised] = index + 1;
      index = latest;
    }
    heapUses[index] = use;
    heapIds[index] = id;
    place[id] = index + 1;
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, steps);
  }

  private count(bookkeeping: Bookkeeping, steps: number): void {
    bookkeeping.steps += steps;
    bookkeeping.bytes = ENTRY_BYTES * this.room.size;
  }

  private growHeap(): void {
    const length = 2 * this.heapIds.length;
    const uses = new Float64Array(length);
    uses.set(this.heapUses);
    this.heapUses = uses;
    this.heapIds = grownInts(this.heapIds, length);
  }
}

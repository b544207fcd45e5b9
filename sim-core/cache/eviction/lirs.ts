/**
 * LIRS, low inter-reference recency set: what counts is not when an object was last requested but how many others were
 * between its last two requests. Objects for which that was few (LIR) have all but 1 % of the cache and are safe; the
 * others (HIR) share the rest, and a miss evicts the one that entered it the longest ago. Stack S orders LIR objects, and
 * HIR objects younger than the oldest LIR one, by recency, evicted ones included. A HIR object requested while it is in
 * S has come back sooner than the oldest LIR object, and they change places.
 *
 * Jiang and Zhang, "LIRS: an efficient low inter-reference recency set replacement policy to improve buffer cache
 * performance", SIGMETRICS 2002. The convention is Caffeine's irr.Lirs, to the request, which reproduces the counts that
 * the authors published: floor(99 %) LIR, at most twice the capacity of evicted objects in S (the longest evicted are
 * forgotten first), and a hit on the very top of S promotes nothing. Where the share leaves no LIR object, at capacity 1,
 * it is LRU.
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const LIR = 1;
const HIR = 2;
/** Evicted, and in S. */
const GONE = 3;

/** Stack S: before it the top, after it the bottom. */
const S = headOf(0);
/** The HIR entries: before it the last to enter, after it the next victim. */
const QUEUE = headOf(0);
/** The evicted objects: before it the last one evicted, after it the first. */
const EVICTED = headOf(1);

const LIR_SHARE = 0.99;
const EVICTED_SHARE = 2;

export class Lirs implements EvictionPolicy {
  private readonly room: Room;
  private lirCapacity: number;
  private evictedCapacity: number;
  /** Units that the LIR objects take up, and those that were evicted and are in S. */
  private lirUsed = 0;
  private evictedUsed = 0;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly stack: IdLists;
  /** HIR entries and evicted objects, beside S. */
  private readonly others: IdLists;
  private status: Uint8Array;
  /** Of each id 1 if it is in S. */
  private inStack: Uint8Array;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.lirCapacity = Math.floor(this.capacity * LIR_SHARE);
    this.evictedCapacity = this.capacity * EVICTED_SHARE;
    this.onEvict = options.onEvict;
    this.stack = listsFor(options, 1);
    this.others = listsFor(options, 2);
    this.status = new Uint8Array(initialRoom(options));
    this.inStack = new Uint8Array(initialRoom(options));
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
    if (id >= this.status.length) this.grow(id);
    const status = this.status[id];
    if (status === LIR) this.hitLir(id);
    else if (status === HIR) this.hitHir(id);
    if (status === LIR || status === HIR) return true;
    const size = this.room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    if (status === GONE) {
      this.others.unlink(id);
      this.evictedUsed -= this.room.of(id);
      this.status[id] = HIR;
    }
    this.enter(id, size);
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    this.lirCapacity = Math.floor(capacity * LIR_SHARE);
    this.evictedCapacity = capacity * EVICTED_SHARE;
    while (this.lirUsed > this.lirCapacity) this.demote();
    while (this.room.lacks(0)) this.evict();
    this.prune();
  }

  has(id: number): boolean {
    return id < this.status.length && (this.status[id] === LIR || this.status[id] === HIR);
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    if (this.status[id] === LIR) this.lirUsed -= this.room.of(id);
    else this.others.unlink(id);
    if (this.inStack[id] === 1) this.leaveStack(id);
    this.status[id] = ABSENT;
    this.room.leave(id);
    this.prune();
    return true;
  }

  private hitLir(id: number): void {
    const wasBottom = this.stack.next(S) === id;
    this.toTop(id);
    if (wasBottom) this.prune();
  }

  private hitHir(id: number): void {
    const isRecent = this.inStack[id] === 1 && this.stack.previous(S) !== id;
    this.toTop(id);
    this.others.unlink(id);
    if (isRecent && this.room.of(id) <= this.lirCapacity) this.promote(id);
    else this.others.insertBefore(QUEUE, id);
  }

  /** A miss. The object may be in S, evicted; it is in no other list. */
  private enter(id: number, size: number): void {
    const { room } = this;
    const isLir = this.lirUsed + size <= this.lirCapacity;
    this.status[id] = HIR;
    while (room.lacks(size)) this.evict();
    room.enter(id, size);
    const wasInStack = this.inStack[id] === 1;
    this.toTop(id);
    // Into a LIR part with room for it, after removals also if it was not in S.
    if (isLir || (wasInStack && size <= this.lirCapacity)) this.promote(id);
    else this.others.insertBefore(QUEUE, id);
  }

  /** Makes the object at the top of S, in no other list, LIR, and the bottom of S HIR while those are too many now. */
  private promote(id: number): void {
    this.status[id] = LIR;
    this.lirUsed += this.room.of(id);
    this.prune();
    while (this.lirUsed > this.lirCapacity) this.demote();
  }

  /** Makes the LIR object at the bottom of S HIR. */
  private demote(): void {
    const bottom = this.stack.next(S);
    this.status[bottom] = HIR;
    this.lirUsed -= this.room.of(bottom);
    this.leaveStack(bottom);
    this.others.insertBefore(QUEUE, bottom);
    this.prune();
  }

  /** Evicts the HIR entry that entered the longest ago; if it is in S it is remembered. */
  private evict(): void {
    // Only where objects have sizes may a cache be full of LIR objects.
    if (this.others.next(QUEUE) === QUEUE) this.demote();
    const victim = this.others.next(QUEUE);
    this.others.unlink(victim);
    this.room.leave(victim);
    if (this.inStack[victim] === 1) {
      this.status[victim] = GONE;
      this.others.insertBefore(EVICTED, victim);
      this.evictedUsed += this.room.of(victim);
    } else this.status[victim] = ABSENT;
    this.prune();
    this.onEvict?.(victim);
  }

  /** Takes from the bottom of S what is not LIR, and forgets the longest evicted where there are too many. */
  private prune(): void {
    for (let bottom = this.stack.next(S); bottom !== S && this.status[bottom] !== LIR; bottom = this.stack.next(S)) {
      if (this.status[bottom] === GONE) this.forget(bottom);
      else this.leaveStack(bottom);
    }
    while (this.evictedUsed > this.evictedCapacity) this.forget(this.others.next(EVICTED));
  }

  private forget(id: number): void {
    this.others.unlink(id);
    this.evictedUsed -= this.room.of(id);
    this.status[id] = ABSENT;
    this.leaveStack(id);
  }

  private toTop(id: number): void {
    if (this.inStack[id] === 1) this.stack.unlink(id);
    this.stack.insertBefore(S, id);
    this.inStack[id] = 1;
  }

  private leaveStack(id: number): void {
    this.stack.unlink(id);
    this.inStack[id] = 0;
  }

  private grow(id: number): void {
    const room = roomFor(id, this.status.length);
    this.status = grownBytes(this.status, room);
    this.inStack = grownBytes(this.inStack, room);
    this.stack.grow(room);
    this.others.grow(room);
  }
}

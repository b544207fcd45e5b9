/**
 * S3-FIFO, simple and scalable caching with three static FIFO queues. A newcomer enters a small queue, from which most
 * one-hit wonders soon leave; those requested at least twice while there move on to the main queue instead. Who leaves
 * from the small queue is remembered without its value (ghost queue), and on its return enters the main queue at once. The
 * main queue is a CLOCK with two bits: an entry that was hit goes round again with one count less.
 *
 * Yang, Zhang, Qiu, Yue and Vigfusson, "FIFO queues are all you need for cache eviction", SOSP 2023: the small queue takes
 * 10 % of the capacity, the ghost queue remembers as many objects as the main one may hold, a hit counts up to three.
 *
 * Two conventions, each to the request its source's:
 * - main-share: the main queue gives way while it holds more than its share, otherwise the small one (libCacheSim's
 *   s3fifov0, the paper's experiments);
 * - small-share: the small queue gives way while it fills its share, otherwise the main one; a promotion into a main queue
 *   that overflows evicts there at once, so that one request can evict two (Caffeine's two-queue.S3Fifo).
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const SMALL = 1;
const MAIN = 2;
/** Remembered, not held. */
const GHOST = 3;

/** Before each head its queue's newest, after it its oldest. */
const SMALL_HEAD = headOf(0);
const MAIN_HEAD = headOf(1);
const GHOST_HEAD = headOf(2);

const SMALL_SHARE = 0.1;
const GHOST_SHARE = 0.9;
/** Hits in the small queue that are worth a place in the main one. */
const PROMOTION = 2;
const MAX_HITS = 3;

export type S3FifoConvention = 'main-share' | 'small-share';

export class S3Fifo implements EvictionPolicy {
  private readonly room: Room;
  private readonly bySmallShare: boolean;
  private smallCapacity: number;
  private mainCapacity: number;
  private ghostCapacity: number;
  /** Units that the objects in each queue take up. */
  private smallUsed = 0;
  private mainUsed = 0;
  private ghostUsed = 0;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  private queue: Uint8Array;
  private hits: Uint8Array;

  constructor(options: EvictionOptions, convention: S3FifoConvention) {
    this.room = new Room(options);
    this.bySmallShare = convention === 'small-share';
    this.smallCapacity = Math.floor(this.capacity * SMALL_SHARE);
    this.mainCapacity = this.capacity - this.smallCapacity;
    this.ghostCapacity = Math.floor(this.capacity * GHOST_SHARE);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 3);
    this.queue = new Uint8Array(initialRoom(options));
    this.hits = new Uint8Array(initialRoom(options));
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
    if (id >= this.queue.length) this.grow(id);
    const queue = this.queue[id];
    if (queue === SMALL || queue === MAIN) {
      if (this.hits[id] < MAX_HITS) this.hits[id]++;
      return true;
    }
    // Caffeine looks at the memory after the eviction, which may just have forgotten this object.
    if (queue === GHOST && !this.bySmallShare) this.forget(id);
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    const wasRemembered = queue === GHOST && (!this.bySmallShare || this.queue[id] === GHOST);
    if (this.queue[id] === GHOST) this.forget(id);
    this.hits[id] = 0;
    room.enter(id, size);
    if (wasRemembered) this.enterMain(id);
    else {
      this.lists.insertBefore(SMALL_HEAD, id);
      this.queue[id] = SMALL;
      this.smallUsed += size;
    }
    return false;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    this.smallCapacity = Math.floor(capacity * SMALL_SHARE);
    this.mainCapacity = capacity - this.smallCapacity;
    this.ghostCapacity = Math.floor(capacity * GHOST_SHARE);
    while (this.room.lacks(0)) this.evict();
    while (this.ghostUsed > this.ghostCapacity) this.forget(this.lists.next(GHOST_HEAD));
  }

  has(id: number): boolean {
    return id < this.queue.length && (this.queue[id] === SMALL || this.queue[id] === MAIN);
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    return true;
  }

  private evict(): void {
    const fromSmall = this.bySmallShare
      ? this.mainUsed === 0 || (this.smallUsed > 0 && this.smallUsed >= this.smallCapacity)
      : this.smallUsed > 0 && this.mainUsed <= this.mainCapacity;
    if (fromSmall) this.evictFromSmall();
    else this.evictFromMain();
  }

  /** Moves what was hit often enough to the main queue, and evicts the oldest of the others if there is one. */
  private evictFromSmall(): void {
    while (this.smallUsed > 0) {
      const oldest = this.lists.next(SMALL_HEAD);
      const isWorthIt = this.hits[oldest] >= PROMOTION;
      if (!isWorthIt) {
        this.takeOut(oldest);
        this.remember(oldest);
        this.onEvict?.(oldest);
        return;
      }
      this.lists.unlink(oldest);
      this.smallUsed -= this.room.of(oldest);
      this.hits[oldest] = 0;
      this.enterMain(oldest);
      if (this.bySmallShare && this.mainUsed > this.mainCapacity) this.evictFromMain();
    }
  }

  private evictFromMain(): void {
    const { lists, hits } = this;
    for (;;) {
      const oldest = lists.next(MAIN_HEAD);
      if (hits[oldest] === 0) {
        this.takeOut(oldest);
        this.onEvict?.(oldest);
        return;
      }
      hits[oldest]--;
      lists.unlink(oldest);
      lists.insertBefore(MAIN_HEAD, oldest);
    }
  }

  private enterMain(id: number): void {
    this.lists.insertBefore(MAIN_HEAD, id);
    this.queue[id] = MAIN;
    this.mainUsed += this.room.of(id);
  }

  private takeOut(id: number): void {
    if (this.queue[id] === SMALL) this.smallUsed -= this.room.of(id);
    else this.mainUsed -= this.room.of(id);
    this.lists.unlink(id);
    this.queue[id] = ABSENT;
    this.room.leave(id);
  }

  private remember(id: number): void {
    const size = this.room.of(id);
    if (size > this.ghostCapacity) return;
    while (this.ghostUsed + size > this.ghostCapacity) this.forget(this.lists.next(GHOST_HEAD));
    this.lists.insertBefore(GHOST_HEAD, id);
    this.queue[id] = GHOST;
    this.ghostUsed += size;
  }

  private forget(id: number): void {
    this.lists.unlink(id);
    this.queue[id] = ABSENT;
    this.ghostUsed -= this.room.of(id);
  }

  private grow(id: number): void {
    const room = roomFor(id, this.queue.length);
    this.queue = grownBytes(this.queue, room);
    this.hits = grownBytes(this.hits, room);
    this.lists.grow(room);
  }
}

/**
 * S3-FIFO, simple and scalable caching with three static FIFO queues. A newcomer enters a small queue, from which most
 * one-hit wonders soon leave; those requested at least twice while there move on to the main queue instead. Who leaves
 * from the small queue is remembered without its value (ghost queue), and on its return enters the main queue at once. The
 * main queue is a CLOCK with two bits: an entry that was hit goes round again with one count less.
 *
 * Yang, Zhang, Qiu, Yue and Vigfusson, "FIFO queues are all you need for cache eviction", SOSP 2023: the small queue takes
 * 10 % of the capacity, the ghost queue remembers as many objects as the main one may hold, a hit counts up to three.
 *
 * Three conventions, each to the request its source's:
 * - main-share: the main queue gives way while it holds more than its share, otherwise the small one (libCacheSim's
 *   s3fifov0, the paper's experiments);
 * - fills-main: the same, but until the first eviction a newcomer enters the main queue where the small one has its share
 *   (libCacheSim's s3fifo);
 * - small-share: the small queue gives way while it fills its share, otherwise the main one; a promotion into a main queue
 *   that overflows evicts there at once, so that one request can evict two (Caffeine's two-queue.S3Fifo).
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { areBelow, grownBytes, highestOf, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { IdRing } from './id-ring.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const SMALL = 1;
const MAIN = 2;
/** Remembered, not held. */
const GHOST = 3;

/** Before it the last to be remembered, after it the first. */
const GHOSTS = headOf(0);

const SMALL_SHARE = 0.1;
const GHOST_SHARE = 0.9;
/** The bits of a standing that name the queue; above them are the hits since it entered that queue, or was looked at there. */
const QUEUE = 3;
const ONE_HIT = 4;
/** Hits in the small queue that are worth a place in the main one. */
const PROMOTION = 2 * ONE_HIT;
/** So many are counted. */
const MAX_HITS = 3 * ONE_HIT;

export type S3FifoConvention = 'main-share' | 'fills-main' | 'small-share';

export class S3Fifo implements EvictionPolicy {
  private readonly room: Room;
  private readonly bySmallShare: boolean;
  /** Does a newcomer enter the main queue, which is not full yet, once the small one is? Until something has been evicted. */
  private fillsMain: boolean;
  private smallCapacity: number;
  private mainCapacity: number;
  private ghostCapacity: number;
  /** Units that the objects in each queue take up. */
  private smallUsed = 0;
  private mainUsed = 0;
  private ghostUsed = 0;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly small: IdRing;
  private readonly main: IdRing;
  private readonly ghosts: IdLists;
  /** Of each id its queue and its hits, in one byte, so that a request looks in one place. */
  private standing: Uint8Array;

  constructor(options: EvictionOptions, convention: S3FifoConvention) {
    this.room = new Room(options);
    this.bySmallShare = convention === 'small-share';
    this.fillsMain = convention === 'fills-main';
    this.smallCapacity = Math.floor(this.capacity * SMALL_SHARE);
    this.mainCapacity = this.capacity - this.smallCapacity;
    this.ghostCapacity = Math.floor(this.capacity * GHOST_SHARE);
    this.onEvict = options.onEvict;
    this.small = new IdRing(options.bookkeeping);
    this.main = new IdRing(options.bookkeeping);
    this.ghosts = listsFor(options, 1);
    this.standing = new Uint8Array(initialRoom(options));
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
    const queue = standing & QUEUE;
    if (queue === SMALL || queue === MAIN) {
      if (standing < MAX_HITS) this.standing[id] = standing + ONE_HIT;
      return true;
    }
    // Caffeine looks at the memory after the eviction, which may just have forgotten this object.
    if (queue === GHOST && !this.bySmallShare) this.takeFromGhosts(id);
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    const wasRemembered = queue === GHOST && (!this.bySmallShare || this.queueOf(id) === GHOST);
    if (this.queueOf(id) === GHOST) this.takeFromGhosts(id);
    room.enter(id, size);
    if (wasRemembered || (this.fillsMain && this.smallUsed >= this.smallCapacity)) this.enterMain(id);
    else {
      this.small.push(id);
      this.standing[id] = SMALL;
      this.smallUsed += size;
    }
    return false;
  }

  /** Hits, of which most requests are, in a loop over bytes; misses one by one. */
  requestAll(ids: Int32Array): number {
    if (!areBelow(ids, this.standing.length)) this.grow(highestOf(ids));
    const { standing } = this;
    let hits = 0;
    for (let i = 0; i < ids.length; i++) {
      const own = standing[ids[i]];
      const queue = own & QUEUE;
      if (queue === SMALL || queue === MAIN) {
        if (own < MAX_HITS) standing[ids[i]] = own + ONE_HIT;
        hits++;
      } else this.request(ids[i]);
    }
    return hits;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    this.smallCapacity = Math.floor(capacity * SMALL_SHARE);
    this.mainCapacity = capacity - this.smallCapacity;
    this.ghostCapacity = Math.floor(capacity * GHOST_SHARE);
    while (this.room.lacks(0)) this.evict();
    this.forgetMore();
  }

  has(id: number): boolean {
    if (id >= this.standing.length) return false;
    const queue = this.queueOf(id);
    return queue === SMALL || queue === MAIN;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    return true;
  }

  private evict(): void {
    this.fillsMain = false;
    const fromSmall = this.bySmallShare
      ? this.mainUsed === 0 || (this.smallUsed > 0 && this.smallUsed >= this.smallCapacity)
      : this.smallUsed > 0 && this.mainUsed <= this.mainCapacity;
    if (fromSmall) this.evictFromSmall();
    else this.evictFromMain();
  }

  /** Moves what was hit often enough to the main queue, and evicts the oldest of the others if there is one. */
  private evictFromSmall(): void {
    while (this.smallUsed > 0) {
      const oldest = this.small.shift();
      this.smallUsed -= this.room.of(oldest);
      if (this.standing[oldest] < PROMOTION) {
        this.leave(oldest);
        this.remember(oldest);
        this.onEvict?.(oldest);
        return;
      }
      this.enterMain(oldest);
      if (this.bySmallShare && this.mainUsed > this.mainCapacity) this.evictFromMain();
    }
  }

  private evictFromMain(): void {
    const { main, standing } = this;
    for (;;) {
      const oldest = main.shift();
      if (standing[oldest] < ONE_HIT) {
        this.mainUsed -= this.room.of(oldest);
        this.leave(oldest);
        this.onEvict?.(oldest);
        return;
      }
      standing[oldest] -= ONE_HIT;
      main.push(oldest);
    }
  }

  private enterMain(id: number): void {
    this.main.push(id);
    this.standing[id] = MAIN;
    this.mainUsed += this.room.of(id);
  }

  private takeOut(id: number): void {
    if (this.queueOf(id) === SMALL) {
      this.small.disown(id);
      this.smallUsed -= this.room.of(id);
    } else {
      this.main.disown(id);
      this.mainUsed -= this.room.of(id);
    }
    this.leave(id);
  }

  private leave(id: number): void {
    this.standing[id] = ABSENT;
    this.room.leave(id);
  }

  private remember(id: number): void {
    const size = this.room.of(id);
    if (size > this.ghostCapacity) return;
    this.ghostUsed += size;
    this.forgetMore();
    this.ghosts.insertBefore(GHOSTS, id);
    this.standing[id] = GHOST;
  }

  private forgetMore(): void {
    while (this.ghostUsed > this.ghostCapacity) {
      this.takeFromGhosts(this.ghosts.next(GHOSTS));
    }
  }

  private takeFromGhosts(id: number): void {
    this.ghosts.unlink(id);
    this.standing[id] = ABSENT;
    this.ghostUsed -= this.room.of(id);
  }

  private queueOf(id: number): number {
    return this.standing[id] & QUEUE;
  }

  private grow(id: number): void {
    const room = roomFor(id, this.standing.length);
    this.standing = grownBytes(this.standing, room);
    this.ghosts.grow(room);
  }
}

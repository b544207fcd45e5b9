/**
 * SLRU, segmented LRU: objects requested once since their insertion are on probation, the others are protected. A hit
 * on probation promotes; when the protected segment overflows, its least recent entry goes back on probation, as the
 * most recent there. A miss on a full cache evicts the least recent entry on probation.
 *
 * Karedla, Love and Wherry, "Caching strategies to improve disk system performance", IEEE Computer 27(3), 1994. To the
 * request Caffeine's linked.SegmentedLru, which is the textbook's: two segments, floor(80 %) of the capacity protected.
 * (libCacheSim's slru has four equal segments and inserts into the lowest one with room: `reference.test.ts` repeats it.) Where that leaves nothing to
 * protect, at capacity 1, it is LRU.
 */
import { listsFor } from './counting-lists.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownBytes, roomFor } from './growing-array.ts';
import { headOf, type IdLists } from './id-lists.ts';
import { Room } from './room.ts';

const ABSENT = 0;
const PROBATION = 1;
const PROTECTED = 2;

/** Before each head its segment's most recent entry, after it the least recent. */
const PROBATION_HEAD = headOf(0);
const PROTECTED_HEAD = headOf(1);

const PROTECTED_SHARE = 0.8;

export class Slru implements EvictionPolicy {
  private readonly room: Room;
  private protectedCapacity: number;
  /** Units that protected entries take up. */
  private protectedUsed = 0;
  private readonly onEvict: ((id: number) => void) | undefined;
  private readonly lists: IdLists;
  private segment: Uint8Array;

  constructor(options: EvictionOptions) {
    this.room = new Room(options);
    this.protectedCapacity = Math.floor(this.capacity * PROTECTED_SHARE);
    this.onEvict = options.onEvict;
    this.lists = listsFor(options, 2);
    this.segment = new Uint8Array(initialRoom(options));
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
    if (id >= this.segment.length) this.grow(id);
    const segment = this.segment[id];
    if (segment === ABSENT) {
      const { room } = this;
      const size = room.asks(id);
      if (size > this.capacity) {
        this.onEvict?.(id);
        return false;
      }
      while (room.lacks(size)) this.evict();
      this.lists.insertBefore(PROBATION_HEAD, id);
      this.segment[id] = PROBATION;
      room.enter(id, size);
      return false;
    }
    this.lists.unlink(id);
    this.lists.insertBefore(PROTECTED_HEAD, id);
    if (segment === PROBATION) this.protect(id);
    return true;
  }

  resize(capacity: number): void {
    this.room.resize(capacity);
    this.protectedCapacity = Math.floor(capacity * PROTECTED_SHARE);
    this.demote();
    while (this.room.lacks(0)) this.evict();
  }

  has(id: number): boolean {
    return id < this.segment.length && this.segment[id] !== ABSENT;
  }

  remove(id: number): boolean {
    if (!this.has(id)) return false;
    this.takeOut(id);
    return true;
  }

  /** For an entry that has come into the protected list: what overflows there goes back on probation, it itself too. */
  private protect(id: number): void {
    this.segment[id] = PROTECTED;
    this.protectedUsed += this.room.of(id);
    this.demote();
  }

  /** Puts the least recent protected entries back on probation while they are too many. */
  private demote(): void {
    const { lists, room, segment } = this;
    while (this.protectedUsed > this.protectedCapacity) {
      const demoted = lists.next(PROTECTED_HEAD);
      lists.unlink(demoted);
      lists.insertBefore(PROBATION_HEAD, demoted);
      segment[demoted] = PROBATION;
      this.protectedUsed -= room.of(demoted);
    }
  }

  private evict(): void {
    const oldest = this.lists.next(PROBATION_HEAD);
    // Only where objects have sizes may a cache be full and have none on probation.
    const victim = oldest === PROBATION_HEAD ? this.lists.next(PROTECTED_HEAD) : oldest;
    this.takeOut(victim);
    this.onEvict?.(victim);
  }

  private takeOut(id: number): void {
    if (this.segment[id] === PROTECTED) this.protectedUsed -= this.room.of(id);
    this.lists.unlink(id);
    this.segment[id] = ABSENT;
    this.room.leave(id);
  }

  private grow(id: number): void {
    const room = roomFor(id, this.segment.length);
    this.segment = grownBytes(this.segment, room);
    this.lists.grow(room);
  }
}

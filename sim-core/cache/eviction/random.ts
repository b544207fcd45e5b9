/**
 * Random: a miss on a full cache evicts one of the entries held, each with the same probability; hits change nothing.
 * Under independent requests its hit ratio is FIFO's (Gelenbe, "A unified approach to the evaluation of a class of
 * replacement algorithms", IEEE Transactions on Computers 22(6), 1973).
 *
 * It evicts before it inserts, so the newcomer always stays. Caffeine's sampled.Random draws among the newcomer as
 * well; libCacheSim draws a bucket of its hash table, which is not uniform. Needs `random`; no other parameters.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { initialRoom } from './eviction-policy.ts';
import type { EvictionOptions, EvictionPolicy } from './eviction-policy.ts';
import { grownInts, roomFor } from './growing-array.ts';
import { Room } from './room.ts';

const PLACE_BYTES = 4;

export class RandomEviction implements EvictionPolicy {
  private readonly room: Room;
  private readonly random: RandomStream;
  private readonly bookkeeping: Bookkeeping | undefined;
  private readonly onEvict: ((id: number) => void) | undefined;
  /** The ids held, in no order of meaning. */
  private entries = new Int32Array(64);
  /** Of each id one more than its index in `entries`; 0: not held. */
  private place: Int32Array;

  constructor(options: EvictionOptions) {
    if (options.random === undefined) throw new TypeError('random: eviction at random needs a random stream');
    this.room = new Room(options);
    this.random = options.random;
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
    if (this.place[id] !== 0) return true;
    const { room } = this;
    const size = room.asks(id);
    if (size > this.capacity) {
      this.onEvict?.(id);
      return false;
    }
    while (room.lacks(size)) this.evict();
    if (room.size === this.entries.length) this.entries = grownInts(this.entries, 2 * room.size);
    this.entries[room.size] = id;
    room.enter(id, size);
    this.place[id] = room.size;
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1);
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
    this.room.leave(id);
    const index = this.place[id] - 1;
    const moved = this.entries[this.room.size];
    this.entries[index] = moved;
    this.place[moved] = index + 1;
    this.place[id] = 0;
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1);
    return true;
  }

  private count(bookkeeping: Bookkeeping, steps: number): void {
    bookkeeping.steps += steps;
    bookkeeping.bytes = PLACE_BYTES * this.room.size;
  }

  private evict(): void {
    const victim = this.entries[this.random.integer(this.room.size)];
    if (this.bookkeeping !== undefined) this.bookkeeping.steps++;
    this.remove(victim);
    this.onEvict?.(victim);
  }
}

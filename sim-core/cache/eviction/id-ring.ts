/**
 * A queue of dense ids in a ring: the order in which a policy that moves nothing on a hit will give its entries up. An id
 * is in it once, and by that says nothing of its place; who takes an id out from the middle (`disown`) leaves a hole, and
 * so many holes of an id are known. Of the places that name one id only the newest can be its own, for it is put in again
 * at the end: the holes are the ones that are met first.
 *
 * The ring has as much room again as it has ids, and closes its holes when that is used up: O(1) an id.
 */
import type { Bookkeeping } from './bookkeeping.ts';

const PLACE_BYTES = 4;
const FIRST_PLACES = 64;

export class IdRing {
  /** Ids, holes included, from `oldest` up to `newest`, at these modulo its length, which is a power of two. */
  ring = new Int32Array(FIRST_PLACES);
  oldest = 0;
  newest = 0;
  /** Of ids that have holes how many, and of all of them together. */
  private readonly holesOf = new Map<number, number>();
  private holes = 0;
  private readonly bookkeeping: Bookkeeping | undefined;

  constructor(bookkeeping: Bookkeeping | undefined) {
    this.bookkeeping = bookkeeping;
  }

  /** Places between its ends, of ids and of holes. */
  get places(): number {
    return this.newest - this.oldest;
  }

  /** Puts an id that is not in the queue at its end. */
  push(id: number): void {
    this.spare(1);
    this.ring[this.newest++ & (this.ring.length - 1)] = id;
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1, 1);
  }

  /** The same where there is a place to spare and nobody counts; returns 1, which are so many more ids. */
  put(id: number): number {
    this.ring[this.newest++ & (this.ring.length - 1)] = id;
    return 1;
  }

  /** Takes out the oldest id of a queue that has one. */
  shift(): number {
    const from = this.oldest;
    for (;;) {
      const id = this.ring[this.oldest++ & (this.ring.length - 1)];
      if (this.holes > 0 && this.fill(id)) continue;
      if (this.bookkeeping !== undefined) this.count(this.bookkeeping, this.oldest - from, from - this.oldest);
      return id;
    }
  }

  /** Takes out an id that is in the queue, wherever it is. */
  disown(id: number): void {
    this.holesOf.set(id, (this.holesOf.get(id) ?? 0) + 1);
    this.holes++;
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, 1, 0);
  }

  /** After a loop of its owner's that put in and took out so many ids, each at its end, of a queue without holes. */
  moveOn(ids: number): void {
    this.oldest += ids;
    this.newest += ids;
  }

  /** Sees to it that so many places are free. */
  spare(places: number): void {
    const { ring, oldest, newest } = this;
    if (newest - oldest + places <= ring.length) return;
    let length = ring.length;
    while (2 * (newest - oldest - this.holes + places) > length) length *= 2;
    const closed = new Int32Array(length);
    if (this.bookkeeping !== undefined) this.count(this.bookkeeping, newest - oldest, -this.holes);
    this.oldest = 0;
    this.newest = 0;
    for (let position = oldest; position < newest; position++) {
      const id = ring[position & (ring.length - 1)];
      if (this.holes === 0 || !this.fill(id)) closed[this.newest++] = id;
    }
    this.ring = closed;
  }

  /** Is the oldest place that names this id a hole? It is gone then. */
  private fill(id: number): boolean {
    const holes = this.holesOf.get(id);
    if (holes === undefined) return false;
    if (holes === 1) this.holesOf.delete(id);
    else this.holesOf.set(id, holes - 1);
    this.holes--;
    return true;
  }

  /** Places of the ring were looked at, and so many came to be between its ends, whose bytes are counted. */
  private count(bookkeeping: Bookkeeping, steps: number, places: number): void {
    bookkeeping.steps += steps;
    bookkeeping.bytes += PLACE_BYTES * places;
  }
}

/**
 * The future event list: a ladder queue after Tang, Goh and Thng, "Ladder queue: An O(1) priority queue structure for
 * large-scale discrete event simulation", ACM TOMACS 15(3), 2005, laid out for caches and with exact order of ties.
 *
 * The idea is to sort no more of the future than is about to happen. Events wait in three kinds of place:
 *
 *     Top      one unsorted list of everything far away; a push there is an append
 *     rungs    rows of buckets of equal width; each rung covers part of the *current bucket* of the rung above it
 *     Bottom   a short sorted array of the events that come next; a pop there is an increment
 *
 * When Bottom runs dry, the next bucket that is not empty is looked at, on the lowest rung first. If it fits in one
 * chunk of storage (32 events) it is sorted into Bottom. If it doesn't, its events are dealt out over a new, finer rung
 * between their own least and greatest time, and we look again; Top is simply rung 0, whose one bucket has no end. So
 * an event is moved a few times, each time by an append to one of at most 2048 lists, whose ends fit in the second
 * level cache, and each list is later read from front to back. That is why a million pending events cost little more
 * than ten thousand: no step hops around in memory as a heap's does. (The paper gives a rung as many buckets as events.)
 *
 * Order. Whatever place a time belongs to, all events of that time are in, in the order of their pushing: appending
 * keeps it, dealing out keeps it, the insertion sort is stable. Sequence numbers are thus not needed, and not stored.
 * The limit, the second of the two clocks, separates Bottom from the rest: a push before it goes to Bottom, a push at or
 * after it to the lowest rung that ends later.
 *
 * Widths are powers of two, so that bucket numbers and boundaries are exact in doubles, and a rung's buckets are at most
 * a quarter as wide as the one it came from: the depth is bounded, whatever the outliers. A bucket of width 1 holds one
 * instant only, needs no sorting, and flows through Bottom chunk by chunk: a million events at one instant are linear.
 *
 * Three things keep it honest where the paper's structure degrades:
 * - As long as everything pending fits in one chunk it stays in Bottom, a plain sorted array.
 * - If pushes crowd into Bottom, its later half goes back to the front of the bucket it came from (older than all that
 *   was put there since), and is dealt out on a finer rung when its turn comes.
 * - If someone looks at the next time and then pushes many events before it, there is no such bucket: a catch-all rung
 *   with a single unbounded bucket takes them. Should that ever repeat until the rungs run out, all is thrown back to
 *   Top and sorted out anew.
 *
 * Left out: finding or moving a single event. Cancelling is the owner's business, which marks a payload dead, skips it
 * when it comes up, and sweeps with `removeIf` when many are.
 */
import { Bottom, BOTTOM_CAPACITY } from './event-queue/bottom.ts';
import { Buckets, CHUNK, chunkOf, firstRecordOf } from './event-queue/buckets.ts';
import { END_OF_TIME } from './time.ts';
import type { Time } from './time.ts';

const RUNG_BUCKETS = 2048;
const RUNGS = 32;
/** Numbers of the two clocks: the time of the last pop, and the time before which a push belongs to Bottom. */
const NOW = 0;
const LIMIT = 1;

/** Pending events in order of (time, order of pushing). Payloads are non-negative int32; the caller sees to that. */
export class EventQueue {
  #size = 0;
  /** In an array, since a double in a field is boxed anew at every change. */
  readonly #clocks = new Float64Array(2);

  readonly #bottom = new Bottom();

  // The rungs, 0 (Top) to #depth; the buckets of rung r are #first[r] to #first[r + 1] - 1, its current one #current[r].
  #depth = 0;
  readonly #start = new Float64Array(RUNGS);
  readonly #end = new Float64Array(RUNGS).fill(Infinity);
  readonly #width = new Float64Array(RUNGS).fill(Infinity);
  readonly #scale = new Float64Array(RUNGS);
  readonly #current = new Int32Array(RUNGS);
  readonly #first = new Int32Array(RUNGS + 1).fill(1, 1, 2);
  readonly #buckets = new Buckets();

  // How many events were last dealt out from Top, and how many have gone through Bottom since.
  #dealt = 1;
  #loaded = 0;

  get size(): number {
    return this.#size;
  }

  /** @throws RangeError for a time that is not a whole number of nanoseconds from the last popped time to 2^53 - 1. */
  push(time: Time, payload: number): void {
    if (!(time >= this.#clocks[NOW] && time <= END_OF_TIME && Math.floor(time) === time)) this.#refuse(time);
    const bottom = this.#bottom;
    if (bottom.tail === BOTTOM_CAPACITY) this.#makeRoom();
    const pending = this.#size++;
    const tail = bottom.tail;
    if (time < this.#clocks[LIMIT]) {
      bottom.times[tail] = time;
      bottom.payloads[tail] = payload;
      bottom.tail = tail + 1;
      bottom.settle();
    } else if (pending < CHUNK && pending === tail - bottom.head) {
      bottom.times[tail] = time;
      bottom.payloads[tail] = payload;
      bottom.tail = tail + 1;
      this.#clocks[LIMIT] = time + 1;
      this.#depth = 0;
    } else {
      const depth = this.#depth;
      const end = this.#end;
      let r = 0;
      while (r < depth && time < end[r + 1]) r++;
      const buckets = this.#buckets;
      const at = 2 * buckets.claim(this.#first[r] + (((time - this.#start[r]) * this.#scale[r]) | 0));
      buckets.records[at] = time;
      buckets.records[at + 1] = payload;
    }
  }

  /** The earliest pending time, Infinity when there is none. */
  nextTime(): Time {
    const bottom = this.#bottom;
    if (bottom.head === bottom.tail && !this.#refill()) return Infinity;
    return bottom.times[bottom.head];
  }

  /** Takes the earliest event, among equal times the one pushed first, and returns its payload; -1 when there is none. */
  pop(): number {
    const bottom = this.#bottom;
    if (bottom.head === bottom.tail && !this.#refill()) return -1;
    const head = bottom.head++;
    this.#clocks[NOW] = bottom.times[head];
    this.#size--;
    return bottom.payloads[head];
  }

  /**
   * Drops every event whose payload is dead, keeps the order of the rest, and returns how many were dropped. Costs a
   * pass over all pending events, and their sorting begins anew: worth it when about half of many are dead.
   */
  removeIf(dead: (payload: number) => boolean): number {
    const before = this.#size;
    this.#bottom.removeIf(dead);
    this.#size = this.#bottom.tail - this.#bottom.head + this.#gatherInTop(dead);
    return before - this.#size;
  }

  /** Bottom has reached its arrays' end: if it is crowded, its last chunk goes back to a bucket. */
  #makeRoom(): void {
    const bottom = this.#bottom;
    if (bottom.tail - bottom.head >= 2 * CHUNK) {
      const limit = bottom.times[bottom.tail - CHUNK];
      this.#openCatchAllUnlessCovered(limit);
      bottom.giveBack(this.#buckets, this.#current[this.#depth]);
      this.#clocks[LIMIT] = limit;
    }
    bottom.compact();
  }

  /** Sees to it that the current bucket of the lowest rung is a place for events from `time` to before the limit. */
  #openCatchAllUnlessCovered(time: Time): void {
    const r = this.#depth;
    const width = this.#width[r];
    if (width === Infinity || time >= this.#start[r] + (this.#current[r] - this.#first[r]) * width) return;
    if (r + 1 === RUNGS) this.#gatherInTop(() => false);
    else this.#openRung(0, Infinity, 1, this.#clocks[LIMIT]);
  }

  /** Loads Bottom with the events that come next; false if there are none at all. */
  #refill(): boolean {
    if (this.#size === 0) return false;
    const buckets = this.#buckets;
    for (;;) {
      const tails = buckets.tails;
      const r = this.#depth;
      const past = this.#first[r + 1];
      let bucket = this.#current[r];
      while (bucket < past && tails[bucket] === 0) bucket++;
      if (bucket === past) {
        this.#depth = r - 1;
        continue;
      }
      this.#current[r] = bucket;
      if (buckets.head(bucket) === chunkOf(tails[bucket] - 1)) {
        this.#bottom.sortIn(buckets, bucket);
        this.#loaded += this.#bottom.tail;
        const end = this.#bucketEnd(r, bucket);
        const last = this.#bottom.times[this.#bottom.tail - 1];
        this.#clocks[LIMIT] = this.#width[r] === Infinity ? Math.min(last + 1, end) : end;
        return true;
      }
      if (this.#width[r] === 1) {
        this.#bottom.streamIn(buckets, bucket);
        // The bucket's other events are of the same instant: later pushes at it queue behind them.
        this.#clocks[LIMIT] = this.#bottom.times[0];
        return true;
      }
      if (r + 1 === RUNGS) this.#gatherInTop(() => false);
      else this.#dealOut(r, bucket);
    }
  }

  /** Deals a bucket's events out over a new rung that spans them. */
  #dealOut(r: number, bucket: number): void {
    const buckets = this.#buckets;
    const head = buckets.head(bucket);
    const tail = buckets.tails[bucket];
    const last = chunkOf(tail - 1);
    let least = Infinity;
    let greatest = 0;
    let count = 0;
    let records = buckets.records;
    for (let chunk = head, more = true; more; chunk = buckets.after(chunk)) {
      more = chunk !== last;
      const from = firstRecordOf(chunk);
      const to = more ? from + CHUNK : tail;
      count += to - from;
      for (let at = 2 * from; at < 2 * to; at += 2) {
        const time = records[at];
        if (time < least) least = time;
        if (time > greatest) greatest = time;
      }
    }
    // Few join those dealt out on a lower rung: four to a bucket. Top's rung goes on filling while it lasts, by as much as
    // the last one did, we assume: six to a bucket in the end.
    let aim = count >> 2;
    if (r === 0) {
      aim = Math.floor((count * Math.min(16, Math.max(1, this.#loaded / this.#dealt))) / 6);
      this.#dealt = count;
      this.#loaded = 0;
    }
    if (aim > RUNG_BUCKETS) aim = RUNG_BUCKETS;
    let width = 1;
    while (width * aim <= greatest - least) width *= 2;
    const scale = 1 / width;
    const n = Math.floor((greatest - least) * scale) + 1;
    this.#openRung(least, width, n, Math.min(least + n * width, this.#bucketEnd(r, bucket)));
    const first = this.#first[r + 1];
    buckets.detach(bucket);
    for (let chunk = head, more = true; more; chunk = buckets.release(chunk)) {
      more = chunk !== last;
      const from = firstRecordOf(chunk);
      const to = more ? from + CHUNK : tail;
      for (let at = 2 * from; at < 2 * to; at += 2) {
        const time = records[at];
        const place = 2 * buckets.claim(first + (((time - least) * scale) | 0));
        const payload = records[at + 1];
        records = buckets.records;
        records[place] = time;
        records[place + 1] = payload;
      }
    }
  }

  #openRung(start: Time, width: number, buckets: number, end: Time): void {
    const r = ++this.#depth;
    const first = this.#first[r];
    this.#buckets.reserve(first + buckets);
    this.#start[r] = start;
    this.#width[r] = width;
    this.#scale[r] = 1 / width;
    this.#end[r] = end;
    this.#current[r] = first;
    this.#first[r + 1] = first + buckets;
  }

  #bucketEnd(r: number, bucket: number): Time {
    return Math.min(this.#end[r], this.#start[r] + (bucket - this.#first[r] + 1) * this.#width[r]);
  }

  /** Empties all rungs into Top, lowest first, which is the order of pushing among equal times. Returns how many stay. */
  #gatherInTop(dead: (payload: number) => boolean): number {
    const buckets = this.#buckets;
    const spare = this.#first[this.#depth + 1];
    buckets.reserve(spare + 1);
    let kept = 0;
    for (let r = this.#depth; r >= 0; r--) {
      for (let bucket = this.#current[r]; bucket < this.#first[r + 1]; bucket++) {
        const tail = buckets.tails[bucket];
        if (tail === 0) continue;
        const last = chunkOf(tail - 1);
        buckets.detach(bucket);
        for (let chunk = buckets.head(bucket), more = true; more; chunk = buckets.release(chunk)) {
          more = chunk !== last;
          const from = firstRecordOf(chunk);
          const to = more ? from + CHUNK : tail;
          for (let i = from; i < to; i++) {
            const time = buckets.records[2 * i];
            const payload = buckets.records[2 * i + 1];
            if (dead(payload)) continue;
            const at = 2 * buckets.claim(spare);
            buckets.records[at] = time;
            buckets.records[at + 1] = payload;
            kept++;
          }
        }
      }
    }
    buckets.move(spare, 0);
    this.#depth = 0;
    return kept;
  }

  #refuse(time: Time): never {
    const least = this.#clocks[NOW];
    throw new RangeError(`time of an event: ${time} is not a whole number of ns from now, ${least}, to ${END_OF_TIME}`);
  }
}

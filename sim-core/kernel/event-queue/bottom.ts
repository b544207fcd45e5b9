/**
 * The sorted end of the event queue: the few events that come next, in the order in which they will be popped. A small
 * array of fixed length in which a push is a step of an insertion sort, and a pop is an increment.
 *
 * The fields are open to the event queue, whose push and pop are these arrays' inner loop.
 */
import type { Buckets } from './buckets.ts';
import { CHUNK, firstRecordOf } from './buckets.ts';

/** How many events the arrays have room for; loading takes up to one chunk of it. */
export const BOTTOM_CAPACITY = 3 * CHUNK;

export class Bottom {
  readonly times = new Float64Array(BOTTOM_CAPACITY);
  readonly payloads = new Int32Array(BOTTOM_CAPACITY);
  /** The events are those from `head` to before `tail`. */
  head = 0;
  tail = 0;

  /** Moves the last event, just written, to its place: after all that are not later. */
  settle(): void {
    const times = this.times;
    const payloads = this.payloads;
    const head = this.head;
    let at = this.tail - 1;
    const time = times[at];
    const payload = payloads[at];
    if (head > 0 && time < times[head]) {
      this.tail = at;
      this.head = at = head - 1;
    } else {
      for (; at > head && times[at - 1] > time; at--) {
        times[at] = times[at - 1];
        payloads[at] = payloads[at - 1];
      }
    }
    times[at] = time;
    payloads[at] = payload;
  }

  /** Takes all events of a bucket of one chunk: an insertion sort on the way. Replaces what was here. */
  sortIn(buckets: Buckets, bucket: number): void {
    const times = this.times;
    const payloads = this.payloads;
    const records = buckets.records;
    const chunk = buckets.head(bucket);
    const to = 2 * buckets.tails[bucket];
    let tail = 0;
    for (let from = 2 * firstRecordOf(chunk); from < to; from += 2) {
      const time = records[from];
      let at = tail++;
      for (; at > 0 && times[at - 1] > time; at--) {
        times[at] = times[at - 1];
        payloads[at] = payloads[at - 1];
      }
      times[at] = time;
      payloads[at] = records[from + 1];
    }
    this.head = 0;
    this.tail = tail;
    buckets.detach(bucket);
    buckets.release(chunk);
  }

  /** Takes the first of several chunks of a bucket, all of whose events are of one instant. Replaces what was here. */
  streamIn(buckets: Buckets, bucket: number): void {
    let at = 2 * firstRecordOf(buckets.head(bucket));
    for (let i = 0; i < CHUNK; i++) {
      this.times[i] = buckets.records[at++];
      this.payloads[i] = buckets.records[at++];
    }
    buckets.dropHead(bucket);
    this.head = 0;
    this.tail = CHUNK;
  }

  /** Moves the last chunk of events in front of everything in a bucket. */
  giveBack(buckets: Buckets, bucket: number): void {
    let at = 2 * buckets.claimChunkInFront(bucket);
    const past = this.tail;
    this.tail -= CHUNK;
    for (let i = this.tail; i < past; i++) {
      buckets.records[at++] = this.times[i];
      buckets.records[at++] = this.payloads[i];
    }
  }

  /** Moves the events to the beginning of the arrays, so that there is room behind them. */
  compact(): void {
    this.times.copyWithin(0, this.head, this.tail);
    this.payloads.copyWithin(0, this.head, this.tail);
    this.tail -= this.head;
    this.head = 0;
  }

  /** Drops the events whose payload is dead. */
  removeIf(dead: (payload: number) => boolean): void {
    let kept = this.head;
    for (let i = this.head; i < this.tail; i++) {
      if (dead(this.payloads[i])) continue;
      this.times[kept] = this.times[i];
      this.payloads[kept++] = this.payloads[i];
    }
    this.tail = kept;
  }
}

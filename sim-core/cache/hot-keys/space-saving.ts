/**
 * Space-Saving: which keys are asked for most, in a fixed number of counters. A key that has none takes over the least
 * counter, count and all; so a count is never too low, and too high by at most what the counter had when it was taken.
 *
 * Metwally, Agrawal and El Abbadi, "Efficient computation of frequent and top-k elements in data streams", ICDT 2005. With
 * m counters after N requests: the error of a count is at most N / m, and every key with more than N / m requests has a
 * counter. Ties for the least go to the counter that has been least the longest. The counters stand in a heap, where the
 * paper has a list of buckets; which of equal ones goes is the same.
 */
export interface KeyCount {
  readonly key: number;
  /** Requests for the key, or too many by at most `error`. */
  readonly count: number;
  readonly error: number;
}

interface Counter {
  key: number;
  count: number;
  error: number;
  /** When it came to its count: the number of the request. */
  since: number;
  place: number;
}

export class SpaceSaving {
  readonly counters: number;
  private readonly byKey = new Map<number, Counter>();
  /** A heap: the least counter first. */
  private readonly heap: Counter[] = [];
  private counted = 0;

  /** @param counters how many keys it keeps a count of: an integer from 1 */
  constructor(counters: number) {
    if (!Number.isInteger(counters) || counters < 1) {
      throw new RangeError(`counters: ${counters} is not a number of counters; give an integer from 1`);
    }
    this.counters = counters;
  }

  /** Requests counted since the last clearing. */
  get total(): number {
    return this.counted;
  }

  count(key: number): void {
    this.counted++;
    let counter = this.byKey.get(key);
    if (counter === undefined) counter = this.counterFor(key);
    counter.count++;
    counter.since = this.counted;
    this.sink(counter);
  }

  /** The k keys with the highest counts, the highest first; of equal ones the one that came to it first. */
  top(k: number): KeyCount[] {
    return this.heap
      .toSorted((a, b) => b.count - a.count || a.since - b.since)
      .slice(0, k)
      .map(({ key, count, error }) => ({ key, count, error }));
  }

  clear(): void {
    this.byKey.clear();
    this.heap.length = 0;
    this.counted = 0;
  }

  private counterFor(key: number): Counter {
    if (this.heap.length < this.counters) {
      const counter = { key, count: 0, error: 0, since: this.counted, place: this.heap.length };
      this.heap.push(counter);
      this.byKey.set(key, counter);
      this.rise(counter);
      return counter;
    }
    const least = this.heap[0];
    this.byKey.delete(least.key);
    this.byKey.set(key, least);
    least.key = key;
    least.error = least.count;
    return least;
  }

  private rise(counter: Counter): void {
    while (counter.place > 0) {
      const above = this.heap[(counter.place - 1) >> 1];
      if (!isLess(counter, above)) return;
      this.swap(counter, above);
    }
  }

  private sink(counter: Counter): void {
    for (;;) {
      const left = this.heap[2 * counter.place + 1];
      const right = this.heap[2 * counter.place + 2];
      const least = right !== undefined && isLess(right, left) ? right : left;
      if (least === undefined || !isLess(least, counter)) return;
      this.swap(counter, least);
    }
  }

  private swap(a: Counter, b: Counter): void {
    [a.place, b.place] = [b.place, a.place];
    this.heap[a.place] = a;
    this.heap[b.place] = b;
  }
}

const isLess = (a: Counter, b: Counter): boolean => a.count < b.count || (a.count === b.count && a.since < b.since);

/**
 * Numbered first-in-first-out lists of events, the storage behind the rungs of the event queue's ladder.
 *
 * A list is a chain of chunks of 32 records, a record is (time, payload) as two neighbouring doubles. All chunks of
 * all lists lie in one array and go back to one free list, so that an append touches one cache line, a list is read
 * in runs of 512 bytes, and nothing is allocated per event. Every chunk of a chain is full except the last one, which
 * lets a list be described by two integers: its first chunk, and the record after its last one.
 *
 * The storage grows by doubling to the largest number of events ever held at once and is kept for reuse from then on.
 */
const CHUNK_BITS = 5;
export const CHUNK = 1 << CHUNK_BITS;

export class Buckets {
  /** Record i is its time at 2i and its payload at 2i + 1. Replaced when the pool grows: read it anew after `claim`. */
  records = new Float64Array(2 * CHUNK * 16);
  /** The record after the last one of each list, 0 for an empty list. */
  tails = new Int32Array(64);
  #heads = new Int32Array(64);
  #next = new Int32Array(16);
  #free = 0;
  /** Chunk 0 is never used, so that 0 can mean "none". */
  #used = 1;

  /** Makes sure that the lists 0 to count - 1 exist; new ones are empty. */
  reserve(count: number): void {
    if (count <= this.tails.length) return;
    const length = Math.max(count, 2 * this.tails.length);
    const heads = new Int32Array(length);
    heads.set(this.#heads);
    this.#heads = heads;
    const tails = new Int32Array(length);
    tails.set(this.tails);
    this.tails = tails;
  }

  /** Appends a record to a list and returns its number; the caller fills it in (a double passed on would be boxed). */
  claim(bucket: number): number {
    let record = this.tails[bucket];
    if ((record & (CHUNK - 1)) === 0) record = this.#extend(bucket, record);
    this.tails[bucket] = record + 1;
    return record;
  }

  /** Puts a whole chunk of records before a list's first and returns the first record's number, for the caller to fill. */
  claimChunkInFront(bucket: number): number {
    const chunk = this.#allocate();
    const from = chunk << CHUNK_BITS;
    if (this.tails[bucket] === 0) this.tails[bucket] = from + CHUNK;
    else this.#next[chunk] = this.#heads[bucket];
    this.#heads[bucket] = chunk;
    return from;
  }

  /** The list's first chunk; only for a list that is not empty. */
  head(bucket: number): number {
    return this.#heads[bucket];
  }

  /** Makes a list empty and returns nothing: whoever read its head and tail before owns the chunks and releases them. */
  detach(bucket: number): void {
    this.tails[bucket] = 0;
  }

  /** Moves the whole content of a list to another, empty one. */
  move(from: number, to: number): void {
    this.#heads[to] = this.#heads[from];
    this.tails[to] = this.tails[from];
    this.tails[from] = 0;
  }

  /** Gives back a list's first chunk, which is not its last, and drops it from the list. */
  dropHead(bucket: number): void {
    this.#heads[bucket] = this.release(this.#heads[bucket]);
  }

  /** Gives a chunk back and returns the one that followed it, which means nothing for a list's last. */
  release(chunk: number): number {
    const next = this.#next[chunk];
    this.#next[chunk] = this.#free;
    this.#free = chunk;
    return next;
  }

  /** The chunk that follows in the chain; means nothing for a list's last. */
  after(chunk: number): number {
    return this.#next[chunk];
  }

  #extend(bucket: number, tail: number): number {
    const chunk = this.#allocate();
    if (tail === 0) this.#heads[bucket] = chunk;
    else this.#next[chunkOf(tail - 1)] = chunk;
    return chunk << CHUNK_BITS;
  }

  #allocate(): number {
    const chunk = this.#free;
    if (chunk !== 0) {
      this.#free = this.#next[chunk];
      return chunk;
    }
    if (this.#used === this.#next.length) {
      const next = new Int32Array(2 * this.#used);
      next.set(this.#next);
      this.#next = next;
      const records = new Float64Array(2 * this.records.length);
      records.set(this.records);
      this.records = records;
    }
    return this.#used++;
  }
}

/** The chunk that a record lies in. */
export const chunkOf = (record: number): number => record >> CHUNK_BITS;
/** The first record of a chunk. */
export const firstRecordOf = (chunk: number): number => chunk << CHUNK_BITS;

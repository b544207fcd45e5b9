/**
 * Interning: gives each distinct key of a trace a dense id, 0, 1, 2 … in order of first appearance, so that whatever
 * is known of an object can live in typed arrays.
 *
 * Integers below 2^22, as most traces of blocks or objects that were numbered consist of, are an index of an array of ids,
 * which is as long as the highest of them asks for: 16 MiB at most. For the others there is a hash table with linear
 * probing over one typed array. What a request costs is the cache lines that it must fetch, so a slot is two words, and
 * eight of them share a line:
 *
 *     integer below 2^32      the integer     id + 1
 *     any other key           its hash        less its place, - 1
 *
 * The first kind is compared in place. Of any other key there is a record in a page of 1 MiB: its id, its length and
 * its bytes (of an integer, its halves). Keys are always compared whole: two that share a hash are two objects.
 *
 * At most two thirds of the slots are taken: 12 to 24 bytes an object that has one (up to 48 of the first 350,000), half as
 * much again while the table grows; and for keys that are no short integers 8 more and their own length.
 */
import type { KeyBatch } from './trace-reader.ts';

const FIRST_SLOTS = 4096;
/** Integers below this have their ids in an array, */
const DIRECT = 1 << 22;
/** of this length at first. */
const FIRST_DIRECT = 4096;
/** Keys that are looked up together: as many cache lines fit the first-level cache. */
const STRETCH = 256;
/** A table of fewer slots grows fourfold, and so less often: it is 8 MiB at most afterwards. */
const SMALL_SLOTS = 1 << 19;
/** So that a slot's first word is still an index of 32 bits. */
const MAX_SLOTS = 1 << 29;
/** A place is page number and word within the page: 2^13 pages of 2^18 words. */
const WORD_BITS = 18;
const PAGE_WORDS = 1 << WORD_BITS;
const MAX_PAGES = 1 << (31 - WORD_BITS);
/** Words of a record before the key's own. */
const RECORD_HEAD = 2;

export class KeyTable {
  #slots = new Int32Array(FIRST_SLOTS * 2);
  #mask = FIRST_SLOTS - 1;
  /** One more than the id of each integer below `DIRECT`; 0: not seen. */
  #direct = new Int32Array(FIRST_DIRECT);
  #size = 0;
  /** Of all keys those in slots. */
  #hashed = 0;
  readonly #pages: Int32Array[] = [];
  #pageEnd = PAGE_WORDS;
  /** Of each key of a stretch its hash, */
  readonly #hashes = new Int32Array(STRETCH);
  /** and what the slot says where the search for it starts. */
  readonly #guesses = new Int32Array(STRETCH);

  /** How many distinct keys have been seen. */
  get size(): number {
    return this.#size;
  }

  /** Writes the ids of the batch's keys to `ids` from `offset` on. */
  intern(batch: KeyBatch, ids: Int32Array, offset: number): void {
    for (let start = 0; start < batch.count;) {
      start = this.#lookUp(batch, start, ids, offset);
      if (start === batch.count) return;
      const end = Math.min(start + STRETCH, batch.count);
      this.#reserve(end - start);
      this.#locate(batch, start, end);
      this.#search(batch, start, end, ids, offset);
      start = end;
    }
  }

  /** Writes the ids of the keys from `start` on for which there is room in the array; returns where the first other one is. */
  #lookUp({ low, high, length, count }: KeyBatch, start: number, ids: Int32Array, offset: number): number {
    const direct = this.#direct;
    const room = direct.length;
    let size = this.#size;
    let i = start;
    for (; i < count; i++) {
      const key = low[i];
      if ((length[i] | high[i]) !== 0 || key >>> 0 >= room) break;
      let found = direct[key];
      if (found === 0) {
        found = ++size;
        direct[key] = found;
      }
      ids[offset + i] = found - 1;
    }
    this.#size = size;
    return i;
  }

  /** The id of an integer below `DIRECT`. */
  #idOfDirect(key: number): number {
    if (key >= this.#direct.length) {
      let room = this.#direct.length;
      while (room <= key) room *= 2;
      const longer = new Int32Array(room);
      longer.set(this.#direct);
      this.#direct = longer;
    }
    if (this.#direct[key] === 0) this.#direct[key] = ++this.#size;
    return this.#direct[key] - 1;
  }

  /**
   * Hashes a stretch of keys and reads where the searches for them will start, slots and then records. That brings the
   * cache lines in: these reads do not wait for each other and overlap, where those of the searches, between their
   * branches, would come one by one.
   */
  #locate({ low, high, length, bytes }: KeyBatch, start: number, end: number): void {
    const hashes = this.#hashes;
    const guesses = this.#guesses;
    const slots = this.#slots;
    const mask = this.#mask;
    let all = 0;
    for (let i = start; i < end; i++) {
      const keyLength = length[i];
      const keyHash = keyLength === 0 ? mix(low[i], high[i]) : hash(bytes, low[i], keyLength);
      const guess = slots[((keyHash & mask) << 1) + 1];
      hashes[i - start] = keyHash;
      guesses[i - start] = guess;
      all |= guess;
    }
    if (all >= 0) return; // no record among them
    for (let i = 0; i < end - start; i++) {
      const guess = guesses[i];
      if (guess < 0) guesses[i] = this.#pages[(-1 - guess) >>> WORD_BITS][(-1 - guess) & (PAGE_WORDS - 1)];
    }
  }

  /** Writes the ids of a stretch of keys. Integers below 2^32, which most traces consist of, are looked for right here. */
  #search(batch: KeyBatch, start: number, end: number, ids: Int32Array, offset: number): void {
    const { low, high, length } = batch;
    const hashes = this.#hashes;
    const slots = this.#slots;
    const mask = this.#mask;
    for (let i = start; i < end; i++) {
      const keyHash = hashes[i - start];
      if ((length[i] | high[i]) !== 0) {
        ids[offset + i] = this.#find(batch, i, keyHash);
        continue;
      }
      const key = low[i];
      if (key >>> 0 < DIRECT) {
        ids[offset + i] = this.#idOfDirect(key);
        continue;
      }
      let at = (keyHash & mask) << 1;
      let found = slots[at + 1];
      while (found !== 0 && (slots[at] !== key || found < 0)) {
        at = nextSlot(at, mask);
        found = slots[at + 1];
      }
      if (found === 0) {
        found = ++this.#size;
        this.#hashed++;
        slots[at] = key;
        slots[at + 1] = found;
      }
      ids[offset + i] = found - 1;
    }
  }

  /** The id of any other key, entry `i` of the batch. */
  #find(batch: KeyBatch, i: number, keyHash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let at = (keyHash & mask) << 1;
    for (;;) {
      const found = slots[at + 1];
      if (found < 0 && slots[at] === keyHash) {
        const id = this.#idOf(-1 - found, batch, i);
        if (id >= 0) return id;
      } else if (found === 0) {
        slots[at] = keyHash;
        slots[at + 1] = -1 - this.#keep(this.#size, batch, i);
        this.#hashed++;
        return this.#size++;
      }
      at = nextSlot(at, mask);
    }
  }

  /** Makes sure that so many new keys leave a third of the slots free. */
  #reserve(more: number): void {
    let capacity = this.#mask + 1;
    while ((this.#hashed + more) * 3 > capacity * 2) capacity *= capacity < SMALL_SLOTS ? 4 : 2;
    if (capacity === this.#mask + 1) return;
    if (capacity > MAX_SLOTS) throw new RangeError('a trace of more than 350,000,000 distinct keys');
    const old = this.#slots;
    const slots = new Int32Array(capacity * 2);
    const mask = capacity - 1;
    for (let from = 0; from < old.length; from += 2) {
      const found = old[from + 1];
      if (found === 0) continue;
      let at = ((found > 0 ? mix(old[from], 0) : old[from]) & mask) << 1;
      while (slots[at + 1] !== 0) at = nextSlot(at, mask);
      slots[at] = old[from];
      slots[at + 1] = found;
    }
    this.#slots = slots;
    this.#mask = mask;
  }

  /** Makes a record of entry `i` of the batch and returns its place. */
  #keep(id: number, { low, high, length, bytes }: KeyBatch, i: number): number {
    const keyLength = length[i];
    const words = RECORD_HEAD + (keyLength === 0 ? 2 : (keyLength + 3) >> 2);
    if (this.#pageEnd + words > PAGE_WORDS) {
      if (this.#pages.length === MAX_PAGES) throw new RangeError('a trace of more than 8 GiB of distinct keys');
      this.#pages.push(new Int32Array(PAGE_WORDS));
      this.#pageEnd = 0;
    }
    const page = this.#pages[this.#pages.length - 1];
    const place = ((this.#pages.length - 1) << WORD_BITS) | this.#pageEnd;
    page[this.#pageEnd++] = id;
    page[this.#pageEnd++] = keyLength;
    if (keyLength === 0) {
      page[this.#pageEnd++] = low[i];
      page[this.#pageEnd++] = high[i];
    } else for (let at = 0; at < keyLength; at += 4) page[this.#pageEnd++] = word(bytes, low[i] + at, keyLength - at);
    return place;
  }

  /** The id in the record at this place if it is of the key that is entry `i` of the batch, otherwise -1. */
  #idOf(place: number, { low, high, length, bytes }: KeyBatch, i: number): number {
    const page = this.#pages[place >>> WORD_BITS];
    const record = place & (PAGE_WORDS - 1);
    const keyLength = length[i];
    if (page[record + 1] !== keyLength) return -1;
    let at = record + RECORD_HEAD;
    if (keyLength === 0) return page[at] === low[i] && page[at + 1] === high[i] ? page[record] : -1;
    const start = low[i];
    let done = 0;
    for (; done + 4 <= keyLength; done += 4) if (page[at++] !== fourBytes(bytes, start + done)) return -1;
    return done === keyLength || page[at] === word(bytes, start + done, keyLength - done) ? page[record] : -1;
  }
}

const fourBytes = (bytes: Uint8Array, at: number): number =>
  bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);

/** Up to four bytes as one little-endian word, zeros where there are fewer. */
function word(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let i = 0; i < 4 && i < length; i++) value |= bytes[start + i] << (i * 8);
  return value;
}

/** The slot after this one. */
const nextSlot = (at: number, mask: number): number => (at + 2) & ((mask << 1) | 1);

/** The hash of two words, after MurmurHash3's mixing. Where the search starts is in its low bits. */
function mix(a: number, b: number): number {
  let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return mixed ^ (mixed >>> 13);
}

function hash(bytes: Uint8Array, start: number, length: number): number {
  let mixed = length;
  let at = start;
  for (const last = start + length - 4; at <= last; at += 4) {
    mixed = Math.imul(mixed ^ fourBytes(bytes, at), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return mix(mixed, word(bytes, at, start + length - at));
}

/**
 * How often was a key requested lately? A count-min sketch of 4-bit counters that ages: TinyLFU's memory, also of
 * objects that the cache does not hold, in 8 bytes an entry of the cache.
 *
 * Cormode and Muthukrishnan, "An improved data stream summary: the count-min sketch", Journal of Algorithms 55(1), 2005;
 * aging after Einziger, Friedman and Manes, "TinyLFU", 2017. The convention is that of Caffeine's simulator (CountMin4
 * with periodic reset, to the counter): a table of as many slots as the cache has entries, rounded up to a power of
 * two, each of sixteen counters up to 15. A key has one counter in each of four slots, and its frequency is the least
 * of the four. After ten increments a slot all counters are halved, and the number of increments likewise, less a
 * quarter of the counters that were odd. An increment that finds all four counters at 15 does not count. There is no
 * doorkeeper and no conservative update.
 */

const COUNTER_MAX = 15;

export class FrequencySketch {
  /** Two words a slot, eight counters a word. */
  private readonly words: Int32Array;
  private readonly mask: number;
  private readonly sample: number;
  private increments = 0;
  private readonly onHalving: () => void;

  /**
   * @param entries the capacity of the cache: an integer from 1 to 2^30
   * @param onHalving called when all counters have been halved
   * @param sample increments a slot from one halving to the next: an integer from 1
   */
  constructor(entries: number, onHalving: () => void = () => {}, sample = 10) {
    if (!Number.isInteger(sample) || sample < 1) {
      throw new RangeError(`sample: ${sample} is not a number of increments a slot; give an integer from 1`);
    }
    let slots = 1;
    while (slots < entries) slots *= 2;
    this.words = new Int32Array(2 * slots);
    this.mask = slots - 1;
    this.sample = sample * slots;
    this.onHalving = onHalving;
  }

  /**
   * Counts a request for the key with this 32-bit hash. Returns false if its four counters were at 15 already: as they
   * will stay there until the next halving, further requests for it need not be told before.
   */
  increment(key: number): boolean {
    const { words, mask } = this;
    const hash = spread(key);
    const half = (hash >>> 1) & 1;
    const shift = (hash & 1) << 4;
    const added =
      increment(words, ((row0(hash) & mask) << 1) | half, shift) |
      increment(words, ((row1(hash) & mask) << 1) | half, shift + 4) |
      increment(words, ((row2(hash) & mask) << 1) | half, shift + 8) |
      increment(words, ((row3(hash) & mask) << 1) | half, shift + 12);
    if (added === 0) return false;
    if (++this.increments === this.sample) this.age();
    return true;
  }

  /** About how often the key with this 32-bit hash was requested lately: from 0 to 15, seldom too low. */
  frequency(key: number): number {
    const { words, mask } = this;
    const hash = spread(key);
    const half = (hash >>> 1) & 1;
    const shift = (hash & 1) << 4;
    return Math.min(
      (words[((row0(hash) & mask) << 1) | half] >>> shift) & COUNTER_MAX,
      (words[((row1(hash) & mask) << 1) | half] >>> (shift + 4)) & COUNTER_MAX,
      (words[((row2(hash) & mask) << 1) | half] >>> (shift + 8)) & COUNTER_MAX,
      (words[((row3(hash) & mask) << 1) | half] >>> (shift + 12)) & COUNTER_MAX,
    );
  }

  private age(): void {
    const words = this.words;
    let odd = 0;
    for (let word = 0; word < words.length; word++) {
      const counters = words[word];
      odd += eighthsSet(counters & 0x11111111);
      words[word] = (counters >>> 1) & 0x77777777;
    }
    this.increments = Math.floor((this.increments - Math.floor(odd / 4)) / 2);
    this.onHalving();
  }
}

/** Adds one to a counter below 15; returns what it added. Without a branch, for the outcome is hard to predict. */
function increment(words: Int32Array, word: number, shift: number): number {
  const counters = words[word];
  const added = (((counters >>> shift) & COUNTER_MAX) - COUNTER_MAX) >>> 31;
  words[word] = counters + (added << shift);
  return added;
}

/** How many of the eight bits of 0x11111111 are set. */
const eighthsSet = (bits: number): number => Math.imul(bits, 0x11111111) >>> 28;

/** Spreads a key's hash over 32 bits; the two lowest choose among a slot's counters. */
function spread(key: number): number {
  const once = Math.imul((key >>> 16) ^ key, 0x45d9f3b);
  const twice = Math.imul((once >>> 16) ^ once, 0x45d9f3b);
  return (twice >>> 16) ^ twice;
}

/*
 * Each row multiplies the hash by a 64-bit constant s of its own (from CityHash and FNV-1a): the slot is the sum of the
 * halves of s x (hash + s) mod 2^64. The arguments are the halves of s and of s x s, high before low.
 */
const row0 = (hash: number): number => row(hash, 0xc3a5c85c, 0x97cb3127, 0xb71f994a, 0xff49f3f1);
const row1 = (hash: number): number => row(hash, 0xb492b66f, 0xbe98f273, 0x927126fd, 0x822d9fa9);
const row2 = (hash: number): number => row(hash, 0x9ae16a3b, 0x2f90404f, 0x8173594f, 0x6b079861);
const row3 = (hash: number): number => row(hash, 0xcbf29ce4, 0x84222325, 0x5bcaeab3, 0x82a72359);

/**
 * The sum, mod 2^32, of the two halves of hash x s + q mod 2^64, of a signed hash and of 64-bit integers given by their
 * halves. What the low halves carry into the high one is whole, and so the rounded quotient of the product in doubles,
 * which is off by less than 2^-20, is exact.
 */
function row(hash: number, sHigh: number, sLow: number, qHigh: number, qLow: number): number {
  const low = (Math.imul(hash, sLow) + qLow) | 0;
  const carried = Math.floor((hash * sLow + (qLow - (low >>> 0))) / 0x100000000 + 0.5);
  return (Math.imul(hash, sHigh) + qHigh + low + carried) | 0;
}

/**
 * The frequency sketch of the paper and of Caffeine's simulator: a count-min sketch of 4-bit counters that ages, in 8 bytes
 * an entry of the cache, a key's counters anywhere in the table.
 *
 * Cormode and Muthukrishnan, "An improved data stream summary: the count-min sketch", Journal of Algorithms 55(1), 2005;
 * aging after Einziger, Friedman and Manes, "TinyLFU", 2017. The convention is that of Caffeine's simulator (CountMin4
 * with periodic reset, to the counter): a table of as many slots as the cache has entries, rounded up to a power of
 * two, each of sixteen counters up to 15. A key has one counter in each of four slots, and its frequency is the least
 * of the four. After ten increments a slot all counters are halved, and the number of increments likewise, less a
 * quarter of the counters that were odd. An increment that finds all four counters at 15 does not count. There is no
 * conservative update.
 */
import { COUNTER_MAX, halve, increment, incrementsLeft } from './four-bit-counters.ts';
import { checkedSample, slotsFor, type FrequencySketch, type SketchOptions } from './frequency-sketch.ts';

export class UniformSketch implements FrequencySketch {
  readonly entries: number;
  /** Two words a slot, eight counters a word. */
  private readonly words: Int32Array;
  private readonly mask: number;
  private readonly sample: number;
  private increments = 0;
  private readonly onHalving: (() => void) | undefined;

  constructor(options: SketchOptions) {
    const slots = slotsFor(options.entries);
    this.entries = slots;
    this.words = new Int32Array(2 * slots);
    this.mask = slots - 1;
    this.sample = checkedSample(options) * slots;
    this.onHalving = options.onHalving;
  }

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
    if (++this.increments === this.sample) {
      this.increments = incrementsLeft(this.increments, halve(words));
      this.onHalving?.();
    }
    return true;
  }

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
}

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

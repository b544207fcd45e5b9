/**
 * The frequency sketch of the Caffeine library (com.github.benmanes.caffeine.cache.FrequencySketch of version 3): a
 * count-min sketch of 4-bit counters in which all four counters of a key lie in one block of 64 bytes, which is a line of
 * the processor's cache, so that a request touches one line and not four.
 *
 * A table of as many slots of sixteen counters as the cache has entries, rounded up to a power of two and no less than
 * eight, which are one block. A first hash of the key's chooses the block. A second one chooses, by a byte of it a row, one
 * of the 32 counters of each quarter of the block. After ten increments an entry (not a slot, as in `uniform-sketch.ts`)
 * all counters are halved, and the number of increments likewise, less a quarter of the counters that were odd. An
 * increment that finds all four counters at 15 does not count. The price of the block: its keys' counters collide more
 * often than if they were scattered over the table.
 */
import { COUNTER_MAX, halve, increment, incrementsLeft } from './four-bit-counters.ts';
import { checkedSample, slotsFor, type FrequencySketch, type SketchOptions } from './frequency-sketch.ts';

/** Sixteen counters each; one block. */
const SLOTS_OF_BLOCK = 8;

export class BlockSketch implements FrequencySketch {
  readonly entries: number;
  /** Two words a slot, sixteen a block. */
  private readonly words: Int32Array;
  private readonly blockMask: number;
  private readonly sample: number;
  private increments = 0;
  private readonly onHalving: (() => void) | undefined;

  constructor(options: SketchOptions) {
    this.entries = Math.max(slotsFor(options.entries), SLOTS_OF_BLOCK);
    this.words = new Int32Array(2 * this.entries);
    this.blockMask = this.entries / SLOTS_OF_BLOCK - 1;
    this.sample = checkedSample(options) * options.entries;
    this.onHalving = options.onHalving;
  }

  increment(key: number): boolean {
    const { words } = this;
    const hash = spread(key);
    const counters = again(hash);
    const block = (hash & this.blockMask) << 4;
    const added =
      increment(words, block + wordOf(counters), shiftOf(counters)) |
      increment(words, block + 4 + wordOf(counters >>> 8), shiftOf(counters >>> 8)) |
      increment(words, block + 8 + wordOf(counters >>> 16), shiftOf(counters >>> 16)) |
      increment(words, block + 12 + wordOf(counters >>> 24), shiftOf(counters >>> 24));
    if (added === 0) return false;
    if (++this.increments === this.sample) {
      this.increments = incrementsLeft(this.increments, halve(words));
      this.onHalving?.();
    }
    return true;
  }

  frequency(key: number): number {
    const { words } = this;
    const hash = spread(key);
    const counters = again(hash);
    const block = (hash & this.blockMask) << 4;
    return Math.min(
      (words[block + wordOf(counters)] >>> shiftOf(counters)) & COUNTER_MAX,
      (words[block + 4 + wordOf(counters >>> 8)] >>> shiftOf(counters >>> 8)) & COUNTER_MAX,
      (words[block + 8 + wordOf(counters >>> 16)] >>> shiftOf(counters >>> 16)) & COUNTER_MAX,
      (words[block + 12 + wordOf(counters >>> 24)] >>> shiftOf(counters >>> 24)) & COUNTER_MAX,
    );
  }
}

/**
 * Of a byte of the second hash the lowest bit is one of a quarter's two slots, and the next four are one of that slot's
 * sixteen counters: the highest of those chooses the word of the slot.
 */
const wordOf = (byte: number): number => ((byte & 1) << 1) | ((byte >>> 4) & 1);
const shiftOf = (byte: number): number => ((byte >>> 1) & 7) << 2;

/** The first hash of a key's. */
function spread(key: number): number {
  const once = Math.imul(key ^ (key >>> 17), 0xed5ad4bb);
  const twice = Math.imul(once ^ (once >>> 11), 0xac4c1b51);
  return twice ^ (twice >>> 15);
}

/** And the second, of the first. */
function again(hash: number): number {
  const once = Math.imul(hash, 0x31848bab);
  return once ^ (once >>> 14);
}

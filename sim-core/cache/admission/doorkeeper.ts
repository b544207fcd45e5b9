/**
 * The doorkeeper of TinyLFU: a Bloom filter before the frequency sketch. The first request for a key since the last
 * clearing leaves its mark here alone; only from the second on does the sketch count. So the many keys that come once
 * spend a few bits each and blur no counter.
 *
 * Bloom, "Space/time trade-offs in hash coding with allowable errors", Communications of the ACM 13(7), 1970; as a
 * doorkeeper: Einziger, Friedman and Manes, "TinyLFU", 2017. Probes by double hashing (Kirsch and Mitzenmacher, "Less
 * hashing, same performance", 2006). Sized for three times the entries of the cache and a share of 1 % of false
 * positives then, as in Caffeine's simulator; the hashes are not that simulator's.
 */
import { firstHash, secondHash } from './key-hashes.ts';

const INSERTIONS = 3;
/** Bits an insertion and probes a key: for 1 % of false positives 9.6 and 7. */
const BITS = 9.6;
export const DOORKEEPER_PROBES = 7;

export class Doorkeeper {
  private readonly words: Int32Array;
  private readonly mask: number;

  /** @param entries the capacity of the cache: an integer from 1 to 2^25 */
  constructor(entries: number) {
    let words = 1;
    while (words * 32 < entries * INSERTIONS * BITS) words *= 2;
    this.words = new Int32Array(words);
    this.mask = words * 32 - 1;
  }

  /** Marks the key with this 32-bit hash. Returns whether it seemed to be marked already. */
  mark(key: number): boolean {
    const { words, mask } = this;
    const step = secondHash(key) | 1;
    let bit = firstHash(key);
    let known = 1;
    for (let probe = 0; probe < DOORKEEPER_PROBES; probe++) {
      const at = (bit & mask) >>> 5;
      known &= words[at] >>> (bit & 31);
      words[at] |= 1 << (bit & 31);
      bit = (bit + step) | 0;
    }
    return known === 1;
  }

  /** Was the key with this 32-bit hash marked? Never wrongly no; wrongly yes for a few of those that were not. */
  isMarked(key: number): boolean {
    const { words, mask } = this;
    const step = secondHash(key) | 1;
    let bit = firstHash(key);
    for (let probe = 0; probe < DOORKEEPER_PROBES; probe++) {
      if (((words[(bit & mask) >>> 5] >>> (bit & 31)) & 1) === 0) return false;
      bit = (bit + step) | 0;
    }
    return true;
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  clear(): void {
    this.words.fill(0);
  }
}

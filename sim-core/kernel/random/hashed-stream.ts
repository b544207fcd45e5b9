/**
 * A counter-based generator for keyed draws: no state is carried from draw to draw, each is a hash of where it stands.
 *
 * A position is two 32-bit lanes. `of(key)` makes it from the key's 53 bits by two rounds of a Feistel network under
 * four secret words, so distinct keys never share a position. Draw n moves the first lane by n steps of an odd
 * constant (Weyl's sequence) and hashes both lanes to 64 bits, of which 53 are used. Every step of the hash can be
 * undone, so over all positions each of the 2^64 outputs occurs once, and the upper 32 bits depend on both lanes:
 * two keys that agree in one lane still draw unrelated numbers.
 *
 * The mixing steps (xor with a right shift, multiplication by an odd constant) are those of MurmurHash3's and
 * SplitMix64's finalisers (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014), laid out
 * over 32-bit lanes because JavaScript multiplies 32 bits exactly. The idea of counters in place of state is from
 * Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011. Not for cryptography.
 *
 * A key has 2^32 draws before they repeat.
 */
import type { KeyedStream, RandomStream } from '../random-stream.ts';
import { UniformSource } from './uniform-source.ts';

/** The draws of one keyed stream; `words` are the four secret words that its name and the seed gave. */
export class HashedStream extends UniformSource implements KeyedStream {
  readonly #words: Int32Array;
  #first = 0;
  #second = 0;

  /** `words`: four 32-bit words, as good as random, that tell this stream from all others. */
  constructor(words: Int32Array) {
    super();
    if (words.length !== 4) throw new RangeError(`HashedStream: words must be 4, got ${words.length}`);
    this.#words = words.slice();
    this.of(0);
  }

  of(key: number): RandomStream {
    if (!Number.isSafeInteger(key)) throw new RangeError(`of: key must be a safe integer, got ${key}`);
    const words = this.#words;
    const low = (key | 0) ^ words[0];
    const high = Math.floor(key * TWO_POW_MINUS_32) ^ words[1];
    this.#second = high ^ mix((low + words[2]) | 0);
    this.#first = low ^ mix((this.#second + words[3]) | 0);
    return this;
  }

  next(): number {
    const position = (this.#first + WEYL_STEP) | 0;
    this.#first = position;
    let upper = Math.imul(position ^ (position >>> 16), 0x21f0aaad);
    upper = mix(((upper ^ (upper >>> 15)) + this.#second) | 0);
    let lower = Math.imul(position ^ (upper >>> 3) ^ (upper << 7), 0xd35a2d97);
    lower = Math.imul(lower ^ (lower >>> 15), 0x2c1b3c6d);
    return (upper >>> 0) * TWO_POW_MINUS_32 + (lower >>> 11) * TWO_POW_MINUS_53;
  }
}

const TWO_POW_MINUS_32 = 1 / 4_294_967_296;
const TWO_POW_MINUS_53 = 1 / 9_007_199_254_740_992;
/** 2^32 over the golden ratio, made odd: its multiples fill the circle evenly. */
const WEYL_STEP = 0x9e3779b9;

/** A bijection of 32-bit words in which every input bit moves about half of the output's. */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * XXH64 of a stream of bytes, seed 0, of which the low half of the result is given: the checksum of a Zstandard frame.
 * After the specification in the xxHash project (doc/xxhash_spec.md). Each 64-bit word is two 32-bit halves, which is
 * an order of magnitude faster here than BigInt.
 */

const PRIME_1 = [0x9e3779b1, 0x85ebca87] as const;
const PRIME_2 = [0xc2b2ae3d, 0x27d4eb4f] as const;
const PRIME_3 = [0x165667b1, 0x9e3779f9] as const;
const PRIME_4 = [0x85ebca77, 0xc2b2ae63] as const;
const PRIME_5 = [0x27d4eb2f, 0x165667c5] as const;
const STRIPE_BYTES = 32;

export class Xxh64 {
  /** The four lanes, each its high and its low half. */
  readonly #lanes = new Int32Array(8);
  readonly #stripe = new Uint8Array(STRIPE_BYTES);
  #stripeBytes = 0;
  #length = 0;

  constructor() {
    const seeds = [sum(PRIME_1, PRIME_2), PRIME_2, [0, 0], minus(PRIME_1)];
    for (const [lane, [high, low]] of seeds.entries()) {
      this.#lanes[lane * 2] = high;
      this.#lanes[lane * 2 + 1] = low;
    }
  }

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let at = 0;
    if (this.#stripeBytes > 0) {
      at = Math.min(STRIPE_BYTES - this.#stripeBytes, bytes.length);
      this.#stripe.set(bytes.subarray(0, at), this.#stripeBytes);
      this.#stripeBytes += at;
      if (this.#stripeBytes < STRIPE_BYTES) return;
      this.#mixStripe(this.#stripe, 0);
      this.#stripeBytes = 0;
    }
    for (; bytes.length - at >= STRIPE_BYTES; at += STRIPE_BYTES) this.#mixStripe(bytes, at);
    this.#stripe.set(bytes.subarray(at));
    this.#stripeBytes = bytes.length - at;
  }

  /** The low 32 bits of the hash of everything so far, as an unsigned integer. */
  lowHalf(): number {
    const lanes = this.#lanes;
    const word = new Word();
    if (this.#length >= STRIPE_BYTES) {
      const turns = [1, 7, 12, 18];
      for (let lane = 0; lane < 4; lane++) {
        const turned = new Word(lanes[lane * 2], lanes[lane * 2 + 1]);
        turned.rotate(turns[lane]);
        word.add(turned.high, turned.low);
      }
      for (let lane = 0; lane < 4; lane++) {
        const mixed = new Word();
        mixed.round(lanes[lane * 2], lanes[lane * 2 + 1]);
        word.xor(mixed.high, mixed.low);
        word.multiply(PRIME_1);
        word.add(...PRIME_4);
      }
    } else {
      word.add(...PRIME_5);
    }
    word.add(Math.floor(this.#length / 0x1_0000_0000), this.#length | 0);
    this.#mixRest(word);
    word.xorShift(33);
    word.multiply(PRIME_2);
    word.xorShift(29);
    word.multiply(PRIME_3);
    word.xorShift(32);
    return word.low >>> 0;
  }

  #mixRest(word: Word): void {
    const rest = this.#stripe.subarray(0, this.#stripeBytes);
    let at = 0;
    for (; rest.length - at >= 8; at += 8) {
      const mixed = new Word();
      mixed.round(wordAt(rest, at + 4), wordAt(rest, at));
      word.xor(mixed.high, mixed.low);
      word.rotate(27);
      word.multiply(PRIME_1);
      word.add(...PRIME_4);
    }
    if (rest.length - at >= 4) {
      const four = new Word(0, wordAt(rest, at));
      four.multiply(PRIME_1);
      word.xor(four.high, four.low);
      word.rotate(23);
      word.multiply(PRIME_2);
      word.add(...PRIME_3);
      at += 4;
    }
    for (; at < rest.length; at++) {
      const one = new Word(0, rest[at]);
      one.multiply(PRIME_5);
      word.xor(one.high, one.low);
      word.rotate(11);
      word.multiply(PRIME_1);
    }
  }

  #mixStripe(bytes: Uint8Array, start: number): void {
    const lanes = this.#lanes;
    const word = LANE;
    for (let lane = 0; lane < 4; lane++) {
      const at = start + lane * 8;
      word.high = lanes[lane * 2];
      word.low = lanes[lane * 2 + 1];
      word.round(wordAt(bytes, at + 4), wordAt(bytes, at));
      lanes[lane * 2] = word.high;
      lanes[lane * 2 + 1] = word.low;
    }
  }
}

/** A 64-bit word that is worked on in place. */
class Word {
  high: number;
  low: number;

  constructor(high = 0, low = 0) {
    this.high = high | 0;
    this.low = low | 0;
  }

  add(high: number, low: number): void {
    const total = (this.low >>> 0) + (low >>> 0);
    this.high = (this.high + high + (total > 0xffff_ffff ? 1 : 0)) | 0;
    this.low = total | 0;
  }

  xor(high: number, low: number): void {
    this.high ^= high;
    this.low ^= low;
  }

  multiply([high, low]: readonly [number, number]): void {
    const mine = this.low;
    this.high = (highOfProduct(mine, low) + Math.imul(mine, high) + Math.imul(this.high, low)) | 0;
    this.low = Math.imul(mine, low);
  }

  rotate(bits: number): void {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
  }

  xorShift(bits: number): void {
    const { high, low } = this;
    this.low ^= bits >= 32 ? high >>> (bits - 32) : (low >>> bits) | (high << (32 - bits));
    if (bits < 32) this.high ^= high >>> bits;
  }

  /** The algorithm's round: an input word, multiplied, is added; the sum is rotated and multiplied. */
  round(high: number, low: number): void {
    const inputHigh = (highOfProduct(low, PRIME_2[1]) + Math.imul(low, PRIME_2[0]) + Math.imul(high, PRIME_2[1])) | 0;
    this.add(inputHigh, Math.imul(low, PRIME_2[1]));
    this.rotate(31);
    this.multiply(PRIME_1);
  }
}

const LANE = new Word();

/** The high half of the 64-bit product of two unsigned 32-bit integers. */
function highOfProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const other = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function sum(a: readonly [number, number], b: readonly [number, number]): readonly [number, number] {
  const word = new Word(...a);
  word.add(...b);
  return [word.high, word.low];
}

function minus([high, low]: readonly [number, number]): readonly [number, number] {
  const word = new Word(~high, ~low);
  word.add(0, 1);
  return [word.high, word.low];
}

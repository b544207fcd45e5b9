/**
 * The 32-bit hash of every key of a trace, by its id, as Caffeine's simulator gets it from Java, so that policies which
 * sketch frequencies have that simulator's collisions: of an integer Long.hashCode, the exclusive or of its halves (a
 * key from 0 to 2^31 - 1 is its own hash); of other keys String.hashCode, the bytes being taken for the characters.
 */
import type { KeyBatch } from '../../../sim-core/index.ts';

export class KeyHashes {
  #hashes = new Int32Array(4096);
  #count = 0;

  /** The hash of a key that was added. */
  readonly of = (id: number): number => this.#hashes[id];

  /** Adds the keys of the batch that are new; `ids` holds theirs from `offset` on, given in order of first appearance. */
  add({ count, low, high, length, bytes }: KeyBatch, ids: Int32Array, offset: number): void {
    for (let i = 0; i < count; i++) {
      if (ids[offset + i] < this.#count) continue;
      if (this.#count === this.#hashes.length) {
        const larger = new Int32Array(2 * this.#count);
        larger.set(this.#hashes);
        this.#hashes = larger;
      }
      this.#hashes[this.#count++] = length[i] === 0 ? low[i] ^ high[i] : hashOfText(bytes, low[i], length[i]);
    }
  }
}

function hashOfText(bytes: Uint8Array, start: number, length: number): number {
  let hash = 0;
  for (let at = start; at < start + length; at++) hash = (Math.imul(hash, 31) + bytes[at]) | 0;
  return hash;
}

/** Doorkeepers in the obvious way: a Bloom filter as a set of the bits that are set, and a set of keys, which takes no key for another. */
import { firstHash, secondHash } from '../../../../sim-core/cache/admission/key-hashes.ts';

export interface DoorkeeperLike {
  mark(key: number): boolean;
  isMarked(key: number): boolean;
  clear(): void;
}

/** Bits for 1 % of false positives with three keys an entry, rounded up to a power of two; seven of them a key. */
export const bitsOf = (entries: number): number => 2 ** Math.max(5, Math.ceil(Math.log2(entries * 3 * 9.6)));

export class NaiveDoorkeeper implements DoorkeeperLike {
  private readonly set = new Set<bigint>();
  private readonly bits: bigint;

  constructor(entries: number) {
    this.bits = BigInt(bitsOf(entries));
  }

  mark(key: number): boolean {
    const known = this.isMarked(key);
    for (const bit of this.bitsFor(key)) this.set.add(bit);
    return known;
  }

  isMarked(key: number): boolean {
    return this.bitsFor(key).every((bit) => this.set.has(bit));
  }

  clear(): void {
    this.set.clear();
  }

  /** The ith is the first hash and i times the second, made odd. */
  private bitsFor(key: number): bigint[] {
    const [first, step] = [BigInt(firstHash(key)), BigInt(secondHash(key) | 1)];
    return Array.from({ length: 7 }, (_, i) => BigInt.asUintN(32, first + BigInt(i) * step) % this.bits);
  }
}

export class ExactDoorkeeper implements DoorkeeperLike {
  private readonly keys = new Set<number>();

  mark(key: number): boolean {
    const known = this.keys.has(key);
    this.keys.add(key);
    return known;
  }

  isMarked(key: number): boolean {
    return this.keys.has(key);
  }

  clear(): void {
    this.keys.clear();
  }
}

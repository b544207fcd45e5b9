/**
 * A cuckoo filter: a hash table that keeps a short fingerprint of each key in one of two buckets of four. Where the second
 * bucket is follows from the first and the fingerprint alone, so a fingerprint can be moved without its key, and a
 * newcomer that finds both full drives others out until one finds room. What was added can be taken out again.
 *
 * Fan, Andersen, Kaminsky and Mitzenmacher, "Cuckoo filter: practically better than Bloom", CoNEXT 2014. With f bits a
 * fingerprint and a load of a, a lookup compares with 8 a fingerprints in the mean and is wrongly yes for a share of about
 * 8 a / 2^f. As in the authors' code the fingerprint 0 marks a free place, at most 500 are driven out, and the one left
 * over is kept aside: then the filter is full, and still never wrongly no.
 */
import { ln, pow } from '../../kernel/maths.ts';
import type { RandomStream } from '../../kernel/random-stream.ts';
import { firstHash, secondHash } from '../admission/key-hashes.ts';
import { checkFilterOptions, type FilterOptions, type ForgettingFilter } from './membership-filter.ts';

const PLACES = 4;
const KICKS = 500;
/** Buckets of four take up to so much without trouble (the paper's table 2). */
const LOAD_MAX = 0.95;

export class CuckooFilter implements ForgettingFilter {
  readonly fingerprintBits: number;
  readonly random: RandomStream;
  private readonly mask: number;
  private readonly table: Uint16Array;
  private held = 0;
  /** What found no place: its fingerprint, 0 if there is none, and one of its buckets. */
  private homeless = 0;
  private homelessAt = 0;

  constructor(options: FilterOptions | CuckooFilter) {
    this.random = options.random;
    if (options instanceof CuckooFilter) {
      this.fingerprintBits = options.fingerprintBits;
      this.mask = options.mask;
      this.table = options.table.slice();
      this.held = options.held;
      this.homeless = options.homeless;
      this.homelessAt = options.homelessAt;
      return;
    }
    checkFilterOptions(options);
    let buckets = 1;
    while (buckets * PLACES * LOAD_MAX < options.keys) buckets *= 2;
    this.mask = buckets - 1;
    this.table = new Uint16Array(buckets * PLACES);
    // The paper's rule, f >= log2(2 b / p), for a load of 1.
    const least = Math.ceil(ln((2 * PLACES) / options.falsePositives) / ln(2));
    if (least > 16) {
      const finest = (2 * PLACES) / 65_536;
      throw new RangeError(
        `falsePositives: ${options.falsePositives} takes fingerprints of ${least} bits, there are 16; give at least ${finest}`,
      );
    }
    this.fingerprintBits = least;
  }

  get bits(): number {
    return this.table.length * this.fingerprintBits;
  }

  /** A key may be added again, up to eight times: each addition takes a place of its own. */
  add(key: number): boolean {
    if (this.homeless !== 0) return false;
    this.held++;
    this.house(this.fingerprint(key), firstHash(key) & this.mask);
    return true;
  }

  mayContain(key: number): boolean {
    const print = this.fingerprint(key);
    const bucket = firstHash(key) & this.mask;
    const other = this.other(bucket, print);
    return this.find(bucket, print) >= 0 || this.find(other, print) >= 0 || this.isHomeless(print, bucket, other);
  }

  remove(key: number): boolean {
    const print = this.fingerprint(key);
    const bucket = firstHash(key) & this.mask;
    const other = this.other(bucket, print);
    let place = this.find(bucket, print);
    if (place < 0) place = this.find(other, print);
    if (place >= 0) {
      this.table[place] = 0;
      this.held--;
      this.rehouse();
      return true;
    }
    if (!this.isHomeless(print, bucket, other)) return false;
    this.homeless = 0;
    this.held--;
    return true;
  }

  falsePositiveRate(): number {
    const load = this.held / this.table.length;
    return 1 - pow(1 - 1 / (this.prints - 1), 2 * PLACES * load);
  }

  copy(): CuckooFilter {
    return new CuckooFilter(this);
  }

  private get prints(): number {
    return 1 << this.fingerprintBits;
  }

  /** From 1 up, and independent of the first bucket. */
  private fingerprint(key: number): number {
    return 1 + ((secondHash(key) >>> 0) % (this.prints - 1));
  }

  /** The other bucket of a fingerprint; of that one it is this again. */
  private other(bucket: number, print: number): number {
    return (bucket ^ firstHash(print)) & this.mask;
  }

  /** Finds a place for a fingerprint in this bucket or its other one; who is driven out last may be left without. */
  private house(print: number, bucket: number): void {
    if (this.put(bucket, print)) return;
    bucket = this.other(bucket, print);
    for (let kick = 0; kick < KICKS; kick++) {
      if (this.put(bucket, print)) return;
      const place = bucket * PLACES + this.random.integer(PLACES);
      const driven = this.table[place];
      this.table[place] = print;
      print = driven;
      bucket = this.other(bucket, print);
    }
    if (this.put(bucket, print)) return;
    this.homeless = print;
    this.homelessAt = bucket;
  }

  private put(bucket: number, print: number): boolean {
    const free = this.find(bucket, 0);
    if (free >= 0) this.table[free] = print;
    return free >= 0;
  }

  private find(bucket: number, print: number): number {
    for (let place = bucket * PLACES; place < (bucket + 1) * PLACES; place++) {
      if (this.table[place] === print) return place;
    }
    return -1;
  }

  private isHomeless(print: number, bucket: number, other: number): boolean {
    return this.homeless === print && (this.homelessAt === bucket || this.homelessAt === other);
  }

  /** A place has come free: whoever has none tries again. */
  private rehouse(): void {
    const print = this.homeless;
    if (print === 0) return;
    this.homeless = 0;
    this.house(print, this.homelessAt);
  }
}

/**
 * A Bloom filter: a row of bits, of which each key sets a few. A key all of whose bits are set was added, or others have
 * set them. Nothing can be taken out, since a bit may be several keys'.
 *
 * Bloom, "Space/time trade-offs in hash coding with allowable errors", Communications of the ACM 13(7), 1970. For n keys
 * and a share p of false positives m = -n ln p / (ln 2)^2 bits and k = m / n ln 2 probes are the best; with n keys in it,
 * a share of about (1 - exp(-k n / m))^k. Probes by enhanced double hashing (Dillinger and Manolios, "Bloom filters in
 * probabilistic verification", FMCAD 2004), which takes two hashes for all of them.
 */
import { exp, ln, pow } from '../../kernel/maths.ts';
import { firstHash, secondHash } from '../admission/key-hashes.ts';
import { checkFilterOptions, type FilterOptions, type MembershipFilter } from './membership-filter.ts';

export class BloomFilter implements MembershipFilter {
  readonly bits: number;
  readonly probes: number;
  private readonly words: Int32Array;
  private added = 0;

  constructor(options: FilterOptions | BloomFilter) {
    if (options instanceof BloomFilter) {
      this.bits = options.bits;
      this.probes = options.probes;
      this.words = options.words.slice();
      this.added = options.added;
      return;
    }
    checkFilterOptions(options);
    const ln2 = ln(2);
    const perKey = -ln(options.falsePositives) / (ln2 * ln2);
    this.bits = Math.ceil(options.keys * perKey);
    this.probes = Math.max(1, Math.round(perKey * ln2));
    this.words = new Int32Array(Math.ceil(this.bits / 32));
  }

  /** It is never full: beyond the keys that it was built for the share of false positives grows. */
  add(key: number): boolean {
    const { words, bits, probes } = this;
    let at = (firstHash(key) >>> 0) % bits;
    let step = (secondHash(key) >>> 0) % bits;
    for (let probe = 0; probe < probes; probe++) {
      words[at >>> 5] |= 1 << (at & 31);
      at = (at + step) % bits;
      step = (step + probe + 1) % bits;
    }
    this.added++;
    return true;
  }

  mayContain(key: number): boolean {
    const { words, bits, probes } = this;
    let at = (firstHash(key) >>> 0) % bits;
    let step = (secondHash(key) >>> 0) % bits;
    for (let probe = 0; probe < probes; probe++) {
      if (((words[at >>> 5] >>> (at & 31)) & 1) === 0) return false;
      at = (at + step) % bits;
      step = (step + probe + 1) % bits;
    }
    return true;
  }

  falsePositiveRate(): number {
    return pow(1 - exp((-this.probes * this.added) / this.bits), this.probes);
  }

  copy(): BloomFilter {
    return new BloomFilter(this);
  }
}

/**
 * The seam of membership filters: small summaries of a set of keys that answer `surely not` or `maybe`. One file a
 * filter, and the table of `filters.ts`. They stand before a cache and a store and spare both the lookups of keys that
 * there are not.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';

export interface MembershipFilter {
  /** Bits that it takes up. */
  readonly bits: number;
  /** Adds a key. False: the filter is full, and the key is not in it. */
  add(key: number): boolean;
  /** Was the key added? Never wrongly no; wrongly yes for a share of the keys that were not. */
  mayContain(key: number): boolean;
  /** The share of keys that were not added for which it says yes now: what theory expects of its filling. */
  falsePositiveRate(): number;
  /** Another filter over the same keys, which further additions to this one do not reach. */
  copy(): MembershipFilter;
}

/** A filter that forgets. Of a key that was not added, or has been removed, nothing may be removed. */
export interface ForgettingFilter extends MembershipFilter {
  /** Takes out one addition of a key; false if there is no trace of one. */
  remove(key: number): boolean;
}

export interface FilterOptions {
  /** Keys that it is built for: an integer from 1 to 10^8. */
  readonly keys: number;
  /** The share of other keys that it may take for its own when it holds so many: above 0, at most 0.5. */
  readonly falsePositives: number;
  /** Where a filter draws from that does. */
  readonly random: RandomStream;
}

export function checkFilterOptions({ keys, falsePositives }: FilterOptions): void {
  if (!Number.isInteger(keys) || keys < 1 || keys > 1e8) {
    throw new RangeError(`keys: ${keys} is not a number of keys; give an integer from 1 to 10^8`);
  }
  if (!(falsePositives > 0 && falsePositives <= 0.5)) {
    throw new RangeError(`falsePositives: ${falsePositives} is not a share; give one above 0 and at most 0.5`);
  }
}

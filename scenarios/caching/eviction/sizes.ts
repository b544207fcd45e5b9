/**
 * Entries of different sizes, for caches whose capacity is in bytes. Sizes are log-uniform, as many between 1 and 2 kB as
 * between 50 and 100 kB, and have nothing to do with how popular a key is: multiples of the golden ratio are spread evenly,
 * whatever stretch of the keys one looks at (Weyl's theorem), so that the size of a key is known without a draw.
 */
import { exp, ln } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

const SMALLEST_BYTES = 1000;
const GOLDEN = 0.618_033_988_749_894_9;

/** Bytes of the entry under a key. */
export function sizeOf({ spread }: Pick<Values, 'spread'>): (key: number) => number {
  const logarithm = ln(spread);
  return (key) => {
    const turns = (key + 1) * GOLDEN;
    return Math.round(SMALLEST_BYTES * exp(logarithm * (turns - Math.floor(turns))));
  };
}

/** Bytes of a cache of that many percent of the entries under all popular keys. */
export const bytesOf = (percent: number, p: Pick<Values, 'spread' | 'keys'>): number =>
  Math.max(1, Math.round((percent / 100) * sizesOf(p).reduce((sum, size) => sum + size, 0)));

/** Of each popular key, the bytes of its entry. */
export function sizesOf(p: Pick<Values, 'spread' | 'keys'>): number[] {
  const size = sizeOf(p);
  return Array.from({ length: p.keys }, (_, key) => size(key));
}

/** Are the entries of different sizes, and capacities in bytes? */
export const isInBytes = ({ spread }: Pick<Values, 'spread'>): boolean => spread > 1;

/**
 * Zipf's law: the k-th most popular of n keys is asked for with probability proportional to k^-exponent (Breslau et
 * al. 1999 found exponents of 0.64 to 0.83 for web requests). Draws are independent of each other.
 */
import { zipf } from '../../kernel/distributions/zipf.ts';
import type { Popularity } from './popularity.ts';

/** `keys`: 1 to 10^8; `exponent`: 0 (all alike) and up. */
export function zipfPopularity(keys: number, exponent: number): Popularity {
  const rank = zipf(keys, exponent);
  return { keys, draw: (random) => rank.sample(random) };
}

/** Zipf's law in numbers: which share of the requests asks for each key, the most popular first. */
import { pow } from '../../../sim-core/index.ts';

/** `keys`: from 1; `exponent`: from 0, where all are alike. */
export function zipfShares(keys: number, exponent: number): Float64Array {
  const shares = Float64Array.from({ length: keys }, (_, i) => pow(i + 1, -exponent));
  const sum = shares.reduce((total, weight) => total + weight, 0);
  return shares.map((weight) => weight / sum);
}

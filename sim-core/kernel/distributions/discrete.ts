/**
 * The index i of `weights` with probability weights[i] / sum, in constant time by the alias method (Walker 1977, the
 * table as in Vose, "A linear algorithm for generating random numbers with a given distribution", 1991).
 */
import type { Distribution } from './distribution.ts';
import { nonNegative, notEmpty, positive } from './parameters.ts';

/** `weights`: at least one, none negative, not all 0; they need not add up to 1. */
export function discrete(weights: ArrayLike<number>): Distribution {
  notEmpty('discrete.weights', weights);
  const count = weights.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += nonNegative(`discrete.weights[${i}]`, weights[i]);
  positive('discrete: the sum of the weights', total);

  let mean = 0;
  for (let i = 0; i < count; i++) mean += i * (weights[i] / total);
  let variance = 0;
  for (let i = 0; i < count; i++) variance += (i - mean) * (i - mean) * (weights[i] / total);

  const { keep, alias } = aliasTable(weights, total);
  return {
    mean,
    variance,
    sample: (random) => {
      const uniform = random.next() * count;
      const column = Math.floor(uniform);
      return uniform - column < keep[column] ? column : alias[column];
    },
    describe: () => `discrete(${count} weights)`,
  };
}

/** Columns of equal area, each shared by two indices: its own below `keep`, and `alias` above. */
function aliasTable(weights: ArrayLike<number>, total: number): { keep: Float64Array; alias: Uint32Array } {
  const count = weights.length;
  const keep = new Float64Array(count);
  const alias = new Uint32Array(count);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < count; i++) {
    keep[i] = (weights[i] / total) * count;
    alias[i] = i;
    (keep[i] < 1 ? small : large).push(i);
  }
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop()!;
    const rich = large[large.length - 1];
    alias[poor] = rich;
    keep[rich] -= 1 - keep[poor];
    if (keep[rich] < 1) small.push(large.pop()!);
  }
  // What rounding has left over is a whole column.
  for (const i of small) keep[i] = 1;
  for (const i of large) keep[i] = 1;
  return { keep, alias };
}

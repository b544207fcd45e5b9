/** A success or a failure: a coin that falls on one side with a given probability. */
import type { Distribution } from './distribution.ts';
import { probability } from './parameters.ts';

/** 1 with probability `p`, else 0. */
export function bernoulli(p: number): Distribution {
  probability('bernoulli.p', p);
  return {
    mean: p,
    variance: p * (1 - p),
    sample: (random) => (random.next() < p ? 1 : 0),
    describe: () => `bernoulli(${p})`,
  };
}

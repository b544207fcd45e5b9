/**
 * What every source of randomness in a run looks like to a model: a stream of uniform doubles. Models take one at
 * construction and never make their own, so that a run's draws depend on its seed and on the streams' names alone.
 */
export interface RandomStream {
  /** The next uniform double in [0, 1), a multiple of 2^-53 or coarser. */
  next(): number;
  /** The next uniform integer in [0, bound). `bound` is an integer from 1 to 2^32; no modulo bias beyond 2^-21. */
  integer(bound: number): number;
}

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

/**
 * Draws that belong to a key, such as a request's id: its service demand, its failure. They depend on the seed, the
 * stream's name, the key and the draw's index only, so whatever happens to other keys shifts none of them. This is
 * what keeps two variants of a scenario comparable request by request (common random numbers).
 */
export interface KeyedStream {
  /**
   * The key's draws, from the first. `key` is a safe integer. The stream returned is the same object on every call,
   * moved to the key: take what is needed from it before asking for another key, and do not keep it.
   */
  of(key: number): RandomStream;
}

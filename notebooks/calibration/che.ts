/**
 * Che's approximation of the hit ratio of a cache under the independent reference model (Che, Tung and Wang, IEEE JSAC
 * 20(7), 2002), and its counterpart for FIFO and Random (Fricker, Robert and Roberts, ITC 24, 2012). A key of
 * probability p is held with a probability that depends on p times a characteristic time alone, which is the same for
 * all keys, and is the one at which as many keys are held in the mean as the cache has room for.
 */

/** Probabilities of `keys` keys by Zipf's law, the most popular first. */
export function zipfProbabilities(keys: number, exponent: number): number[] {
  const weights = Array.from({ length: keys }, (_, rank) => (rank + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => weight / total);
}

/** The probability that LRU holds a key which is asked for so often in a characteristic time, in the mean. */
export const heldByLru = (requests: number): number => 1 - Math.exp(-requests);

/** The same for FIFO and Random. */
export const heldByFifo = (requests: number): number => requests / (1 + requests);

export interface Characteristic {
  /** In requests. */
  readonly time: number;
  readonly hitRatio: number;
}

/** The characteristic time of a cache, found by bisection, and the hit ratio that follows of it. */
export function characteristicTime(
  probabilities: readonly number[],
  capacity: number,
  held: (requests: number) => number,
): Characteristic {
  const occupied = (time: number): number => probabilities.reduce((sum, p) => sum + held(p * time), 0);
  let low = 0;
  let high = 1;
  while (occupied(high) < capacity) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (occupied(middle) < capacity) low = middle;
    else high = middle;
  }
  return { time: low, hitRatio: probabilities.reduce((sum, p) => sum + p * held(p * low), 0) };
}

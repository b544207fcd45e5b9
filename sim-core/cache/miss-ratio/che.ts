/**
 * Che's approximation of the hit ratio of a cache under the independent reference model (Che, Tung and Wang, IEEE JSAC
 * 20(7), 2002), and its counterpart for FIFO and Random (Fricker, Robert and Roberts, ITC 24, 2012). A key of
 * probability p is held with a probability that depends on p times a characteristic time alone, which is the same for
 * all keys, and is the one at which as many keys are held in the mean as the cache has room for.
 *
 * What is never asked for again stays that time too, and is never hit: of requests for new keys, those of one
 * characteristic time are held (as one takes the limit of many keys of little probability).
 */
import { exp, pow } from '../../kernel/maths.ts';

/** Probabilities of `keys` keys by Zipf's law, the most popular first. */
export function zipfProbabilities(keys: number, exponent: number): number[] {
  const weights = Array.from({ length: keys }, (_, rank) => pow(rank + 1, -exponent));
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => weight / total);
}

/** The probability that LRU holds a key which is asked for so often in a characteristic time, in the mean. */
export const heldByLru = (requests: number): number => 1 - exp(-requests);

/** The same for FIFO and Random. */
export const heldByFifo = (requests: number): number => requests / (1 + requests);

export interface Characteristic {
  /** In requests. */
  readonly time: number;
  readonly hitRatio: number;
}

/** Steps of bisection: to the last bit of a double. */
const STEPS = 60;

/**
 * The characteristic time of a cache, found by bisection, and the hit ratio that follows of it. `probabilities` are those
 * of a request to be for each key; what they lack to 1 is asked of keys that are new.
 */
export function characteristicTime(
  probabilities: readonly number[],
  capacity: number,
  held: (requests: number) => number,
): Characteristic {
  const fresh = Math.max(0, 1 - probabilities.reduce((sum, p) => sum + p, 0));
  const occupied = (time: number): number => probabilities.reduce((sum, p) => sum + held(p * time), fresh * time);
  let low = 0;
  let high = 1;
  while (occupied(high) < capacity) high *= 2;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (occupied(middle) < capacity) low = middle;
    else high = middle;
  }
  return { time: low, hitRatio: probabilities.reduce((sum, p) => sum + p * held(p * low), 0) };
}

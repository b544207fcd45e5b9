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

/** Of the time, relative to it: each step towards it goes over all keys, and no more are needed. */
const PRECISION = 1e-12;

/**
 * Where a rising function that is not above 0 at `start` comes to 0: by false position, in which the value of an end that
 * stays a second time counts for half (the Illinois rule).
 */
function rootBeyond(start: number, value: (x: number) => number): number {
  let [low, below] = [start, value(start)];
  if (below >= 0) return start;
  let high = 2 * start;
  let above = value(high);
  while (above < 0) {
    [low, below] = [high, above];
    high *= 2;
    above = value(high);
  }
  let root = high;
  let stayed: 'low' | 'high' | undefined = undefined;
  for (let before = low; Math.abs(root - before) > PRECISION * root;) {
    before = root;
    root = high - (above * (high - low)) / (above - below);
    const there = value(root);
    if (there === 0) break;
    if (there < 0) {
      [low, below] = [root, there];
      if (stayed === 'high') above /= 2;
      stayed = 'high';
    } else {
      [high, above] = [root, there];
      if (stayed === 'low') below /= 2;
      stayed = 'low';
    }
  }
  return root;
}

/**
 * The characteristic time of a cache, and the hit ratio that follows of it. `probabilities` are those of a request to be
 * for each key; what they lack to 1 is asked of keys that are new. `capacity` is less than the keys that there are. The
 * time is at least as many requests as there is room for, since no more keys are held than were asked for.
 */
export function characteristicTime(
  probabilities: readonly number[],
  capacity: number,
  held: (requests: number) => number,
): Characteristic {
  const fresh = Math.max(0, 1 - probabilities.reduce((sum, p) => sum + p, 0));
  const occupied = (time: number): number => probabilities.reduce((sum, p) => sum + held(p * time), fresh * time);
  const time = rootBeyond(capacity, (requests) => occupied(requests) - capacity);
  return { time, hitRatio: probabilities.reduce((sum, p) => sum + p * held(p * time), 0) };
}

/**
 * The hit ratio of LRU where objects have sizes, by requests and by bytes: the time is the one at which as many bytes are
 * held in the mean as there is room for. `capacity` is less than the bytes of all of them.
 */
export function sizedHitRatios(
  probabilities: readonly number[],
  sizes: readonly number[],
  capacity: number,
): { readonly requests: number; readonly bytes: number } {
  const over = (value: (p: number, size: number) => number): number =>
    probabilities.reduce((sum, p, index) => sum + value(p, sizes[index]), 0);
  // Until then no more bytes have been asked for than there is room for.
  const soonest = capacity / Math.max(...sizes);
  const time = rootBeyond(soonest, (requests) => over((p, size) => size * heldByLru(p * requests)) - capacity);
  const asked = over((p, size) => p * size);
  return {
    requests: over((p) => p * heldByLru(p * time)),
    bytes: over((p, size) => p * size * heldByLru(p * time)) / asked,
  };
}

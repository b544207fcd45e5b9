/**
 * One hot key, number 0, takes a fixed share of all requests; the rest follow another law over the other keys.
 */
import type { Popularity } from './popularity.ts';

/** `share`: of all requests, 0 to 1, that ask for key 0; `others` gives the popularity of the keys from 1 on. */
export function hotKey(share: number, others: Popularity): Popularity {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`hotKey: the share is ${share}; it lies between 0 and 1`);
  return {
    keys: others.keys + 1,
    draw: (random, number) => (random.next() < share ? 0 : 1 + others.draw(random, number)),
  };
}

/** Two laws side by side: a share of the requests goes by the second, whose keys are numbered after those of the first. */
import type { Popularity } from './popularity.ts';

/** `share`: of all requests, 0 to 1, that go by the second law. */
export function mixture(first: Popularity, second: Popularity, share: number): Popularity {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`mixture: the share is ${share}; it lies between 0 and 1`);
  return {
    keys: first.keys + second.keys,
    draw: (random, number) =>
      random.next() < share ? first.keys + second.draw(random, number) : first.draw(random, number),
  };
}

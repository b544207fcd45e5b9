/** A law over keys of its own, behind those of somebody else: two clients of one store that ask for different things. */
import { checkedCount } from './checked-count.ts';
import type { Popularity } from './popularity.ts';

/** `first`: the number of keys that come before, an integer from 1. */
export function behind(first: number, law: Popularity): Popularity {
  checkedCount('behind: first', first);
  return { first, keys: law.keys, draw: (random, number) => first + law.draw(random, number) };
}

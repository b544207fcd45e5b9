/**
 * Churn: a share of the requests is for keys that nobody asked for before, the others follow another law. One-hit
 * wonders: more than half of the objects in the traces of content delivery networks are asked for once (Maggs and
 * Sitaraman, "Algorithmic nuggets in content delivery", ACM SIGCOMM CCR 45(3), 2015). New keys come after the other
 * law's own, and each is used again only when all of them have had their turn.
 */
import { checkedCount } from './checked-count.ts';
import type { Popularity } from './popularity.ts';

/** `share`: of all requests, 0 to 1, that ask for a new key; `cold`: how many new keys there are. */
export function churn(share: number, others: Popularity, cold: number): Popularity {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`churn: the share is ${share}; it lies between 0 and 1`);
  checkedCount('churn: cold', cold);
  return {
    keys: others.keys + cold,
    draw: (random, number) => (random.next() < share ? others.keys + (number % cold) : others.draw(random, number)),
  };
}

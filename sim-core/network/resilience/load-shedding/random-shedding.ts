/**
 * Random shedding: from a threshold on a share of those who come is turned away by lot, the larger the more are inside, up to all of
 * them. Random early detection (S. Floyd, V. Jacobson, 1993: https://www.icir.org/floyd/papers/early.twocolumn.pdf) of what is
 * inside now in place of its average. It has no eye for who comes, and settles where what is let in is what can be done.
 */
import { checked, type LoadShedder, type LoadShedderOptions } from './load-shedder.ts';

export function randomShedding(options: LoadShedderOptions): LoadShedder {
  const { from, full } = checked(options);
  return {
    limit: full,
    admits: (inside, _priority, random) => random.next() >= (inside - from) / (full - from),
    ended() {},
  };
}

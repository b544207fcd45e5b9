/**
 * Popularity that moves: which keys are popular changes, how popular the popular ones are does not. Rank r belongs to key
 * (r + moves x step) mod keys, a permutation. The step is the golden section of the keys, which keeps the hot sets of
 * successive moves apart for as long as there is room (the three-distance theorem of Sós, 1958).
 */
import type { Intervention } from '../../network/component.ts';
import { checkedCount } from './checked-count.ts';
import type { Popularity } from './popularity.ts';

const GOLDEN = (3 - Math.sqrt(5)) / 2;

/** The key of a law's key after so many moves. */
function keyAfter({ keys, first = 0 }: Popularity, key: number, moves: number): number {
  const step = Math.max(1, Math.round(GOLDEN * keys));
  return first + ((key - first + ((moves * step) % keys)) % keys);
}

/** A law after so many moves. */
export function moved(law: Popularity, moves: number): Popularity {
  return { ...law, draw: (random, number) => keyAfter(law, law.draw(random, number), moves) };
}

/** A law that moves by itself, after every so many requests. */
export function shifting(law: Popularity, every: number): Popularity {
  checkedCount('shifting: every', every);
  return {
    ...law,
    draw: (random, number) => keyAfter(law, law.draw(random, number), Math.floor(number / every)),
  };
}

/** Moving a client's popularity by hand. */
export function moving(move: () => void): Intervention {
  return { help: 'Other keys are popular from now on, as many and as much as before', arguments: [], apply: move };
}

/**
 * A loop: every key in turn, from the first to the last and again from the first. A job that reads a table over and over;
 * the textbook case against recency (Chou & DeWitt 1985, "looping sequential"). Nothing is drawn.
 */
import type { Popularity } from './popularity.ts';
import { checkedCount } from './checked-count.ts';

/** `keys`: an integer from 1. */
export function loop(keys: number): Popularity {
  checkedCount('loop: keys', keys);
  return { keys, draw: (_random, number) => number % keys };
}

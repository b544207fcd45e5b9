/** Every key of a list once, in its order, and then from the start again: what somebody does who works through a list. */
import type { Popularity } from './popularity.ts';

/** `keys`: at least one. */
export function inTurn(keys: readonly number[]): Popularity {
  if (keys.length === 0) throw new RangeError('inTurn: there are no keys; give at least one');
  const last = keys.reduce((most, key) => Math.max(most, key));
  return { keys: last + 1, draw: (_random, number) => keys[number % keys.length] };
}

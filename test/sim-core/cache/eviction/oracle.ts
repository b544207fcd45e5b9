/** What an oracle is: a policy's definition over plain arrays, the first to go first. */
import type { EvictionOptions } from '../../../../sim-core/cache/eviction/eviction-policy.ts';

export interface Oracle {
  request(id: number): boolean;
  remove(id: number): boolean;
  /** The ids held. */
  held(): number[];
}

/** Takes an item out of an array; says whether it was there. */
export function without(array: number[], id: number): boolean {
  const index = array.indexOf(id);
  if (index >= 0) array.splice(index, 1);
  return index >= 0;
}

/** The size of one object, here the same at all times, and of several together. */
export function sizes({ sizeOf = () => 1 }: EvictionOptions) {
  return { sizeOf, total: (ids: Iterable<number>): number => [...ids].reduce((sum, id) => sum + sizeOf(id), 0) };
}

/** A number of keys or requests that a law of popularity is given: an integer from 1. */
export function checkedCount(what: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new RangeError(`${what} is ${count}; it must be an integer from 1`);
}

/** What all steps are drawn from: names, chances, headers. */
import fc from 'fast-check';
import type { Headers } from '../../../../../sim-core/index.ts';
import { EXCHANGES, QUEUES, type Actor } from '../steps.ts';

/** The first of each is named more often, and declared more often: most steps then have something to act on. */
export const actor = fc.constantFrom<Actor>(0, 0, 0, 1);
export const queue = fc.constantFrom(...QUEUES, 'q1', 'q1', 'q1', 'q2');
export const exchange = fc.constantFrom(...EXCHANGES, 'e1', 'e1');
export const key = fc.constantFrom('a', 'b', 'a.b', 'a.b.c', '', ...QUEUES);
export const bindingKey = fc.oneof(key, fc.constantFrom('a.*', '#', '*.b', 'a.#', '#.b'));
export const pick = fc.nat(5);
/** True in one of `n` cases. */
export const oneIn = (n: number): fc.Arbitrary<boolean> => fc.nat(n - 1).map((drawn) => drawn === n - 1);
/** There in one of `n` cases. */
export const sometimes = <Value>(n: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: n - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

export const headerValues = fc.constantFrom('1', '2', 1, 2, true);
export const headers = fc
  .record({ a: sometimes(2, headerValues), b: sometimes(3, headerValues), 'x-c': sometimes(4, headerValues) })
  .map(defined);

export function defined(values: Readonly<Record<string, unknown>>): Headers {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Headers;
}

/**
 * Which policies are stack algorithms (Mattson, Gecsei, Slutz and Traiger, 1970): a larger cache holds all that a smaller
 * one does, at all times, so that one pass gives the misses at every size. Of the others there is a trace on which it does not.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { chosenPolicy, evictionChoices } from '../../../../sim-core/cache/eviction/policies.ts';
import { testStream } from './traces.ts';

/** What LRU of `capacity` holds after the trace and a change to `last` entries. */
function heldAfter(trace: readonly number[], capacity: number, last: number): number[] {
  const policy = chosenPolicy('lru').create({ capacity });
  for (const id of trace) policy.request(id);
  policy.resize(last);
  return [...new Set(trace)].filter((id) => policy.has(id));
}

/** Does the cache of `capacity` hold, after each request, all that one smaller by one does? */
function isIncluded(name: string, trace: readonly number[], capacity: number): boolean {
  // Every object comes once more in the end, so that OPT never has a choice that its definition leaves open.
  const future = new KnownFuture(Int32Array.of(...trace, ...new Set(trace)));
  const [small, large] = [capacity - 1, capacity].map((entries) =>
    chosenPolicy(name).create({ capacity: entries, future, random: testStream(1) }),
  );
  return trace.every((id, position) => {
    future.position = position;
    small.request(id);
    large.request(id);
    return trace.every((one) => !small.has(one) || large.has(one));
  });
}

const STACK_ALGORITHMS = ['lru', 'opt', 'opt-bypass'];
const anyTrace = fc.array(fc.nat(7), { minLength: 1, maxLength: 60 });

describe.each(STACK_ALGORITHMS)('%s is a stack algorithm', (name) => {
  it('whatever the trace and the size', () => {
    fc.assert(
      fc.property(anyTrace, fc.integer({ min: 2, max: 8 }), (trace, capacity) => {
        expect(isIncluded(name, trace, capacity)).toBe(true);
      }),
    );
  });
});

it('LRU, whose stack is the order of eviction, holds once it has shrunk what a smaller cache would have held', () => {
  fc.assert(
    fc.property(anyTrace, fc.integer({ min: 2, max: 8 }), fc.nat(6), (trace, capacity, less) => {
      const smaller = Math.max(1, capacity - less);
      const [shrunk, small] = [capacity, smaller].map((entries) => heldAfter(trace, entries, smaller));
      expect(shrunk).toEqual(small);
    }),
  );
});

it.each(evictionChoices.filter((name) => !STACK_ALGORITHMS.includes(name)))('%s is none', (name) => {
  const draws = testStream(2);
  const isBroken = Array.from({ length: 400 }).some(() => {
    const trace = Array.from({ length: 60 }, () => draws.integer(8));
    return [2, 3, 4, 5, 6].some((capacity) => !isIncluded(name, trace, capacity));
  });
  expect(isBroken).toBe(true);
});

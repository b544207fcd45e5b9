/** The cardinality limit against a naive list of everything recorded: never more streams, and nothing of the total lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AttributeSets,
  keyOf,
  OVERFLOW,
} from '../../../../../sim-core/observability/metrics/instruments/attribute-sets.ts';
import type { Attributes } from '../../../../../sim-core/observability/signals/telemetry.ts';

const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.constantFrom('route', 'user', 'code'),
  fc.oneof(fc.constantFrom('1', 'a', 'b'), fc.integer({ min: 0, max: 2 }), fc.boolean()),
  { noNullPrototype: true },
);

test('holds no more streams than its limit, and the sum of all whatever overflows', () => {
  const recorded = fc.array(fc.tuple(attributes, fc.integer({ min: 0, max: 9 })), { maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), recorded, (limit, measurements) => {
      const sets = new AttributeSets({ limit }, () => ({ sum: 0 }));
      const naive = new Map<string, number>();
      for (const [set, value] of measurements) {
        sets.of(set).sum += value;
        // The same set in another object, its names in another order, is the same stream.
        sets.of(Object.fromEntries(Object.entries(set).toReversed())).sum += value;
        const key = keyOf(set);
        const own = naive.has(key) || [...naive.keys()].filter((other) => other !== keyOf(OVERFLOW)).length < limit - 1;
        const stream = own ? key : keyOf(OVERFLOW);
        naive.set(stream, (naive.get(stream) ?? 0) + 2 * value);
      }
      const held = new Map<string, number>();
      sets.forEach((set, { sum }) => held.set(keyOf(set), sum));
      expect(held).toEqual(naive);
      expect(sets.size).toBeLessThanOrEqual(limit);
    }),
  );
});

test('an attribute that a view does not keep is left to exemplars', () => {
  const sets = new AttributeSets({ limit: 10, keep: ['route'] }, () => ({ sum: 0 }));
  const [first, second] = [
    { route: '/cart', user: 'u-1' },
    { route: '/cart', user: 'u-2' },
  ];
  expect(sets.of(first)).toBe(sets.of(second));
  expect(sets.left(second)).toEqual({ user: 'u-2' });
  expect(sets.size).toBe(1);
});

test('a limit that leaves no room for the overflow is refused', () => {
  expect(() => new AttributeSets({ limit: 0 }, () => 0)).toThrow(
    'cardinality limit: 0 is not an integer of at least 1',
  );
});

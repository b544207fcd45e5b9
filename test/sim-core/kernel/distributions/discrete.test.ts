/** The alias method against the weights it was made of. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { discrete } from '../../../../sim-core/kernel/distributions/discrete.ts';
import type { RandomStream } from '../../../../sim-core/kernel/random-stream.ts';

const fixed = (value: number): RandomStream => ({ next: () => value, integer: () => 0 });

const weights = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 })), { minLength: 1, maxLength: 12 })
  .filter((list) => list.some((weight) => weight > 0));

it('the alias table gives each index exactly its share of [0, 1)', () => {
  fc.assert(
    fc.property(weights, (list) => {
      const total = list.reduce((sum, weight) => sum + weight, 0);
      const distribution = discrete(list);
      // Within a column the index changes at a multiple of 1 / total, so the middles between multiples measure it.
      const shares = list.map(() => 0);
      const steps = list.length * total;
      for (let step = 0; step < steps; step++) shares[distribution.sample(fixed((step + 0.5) / steps))] += 1 / steps;
      for (const [i, weight] of list.entries()) expect(shares[i]).toBeCloseTo(weight / total, 9);
    }),
  );
});

it('never draws an index of weight 0', () => {
  const distribution = discrete([0, 1, 0, 2, 0]);
  for (let step = 0; step < 1000; step++) expect([1, 3]).toContain(distribution.sample(fixed(step / 1000)));
});

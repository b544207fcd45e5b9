/** Negative caching over random parameters: wrong answers last no longer than their bound, and without a keeper there are none. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import negativeCaching from '../../../scenarios/caching/negative-caching.ts';
import { invisibleWithFilter, invisibleWithNegativeCache } from '../../../scenarios/caching/negative-caching/limits.ts';
import { ms, s, type Limit, type ParameterValues } from '../../../sim-core/index.ts';
import { trialled, limitFor } from '../trials.ts';

const parameters = fc.record({
  rate: fc.integer({ min: 50, max: 500 }),
  absentShare: fc.double({ min: 0.1, max: 1, noNaN: true }),
  absentKeys: fc.integer({ min: 1, max: 60 }),
  creations: fc.integer({ min: 1, max: 20 }),
  exponent: fc.double({ min: 0, max: 2, noNaN: true }),
  absenceTtl: fc.integer({ min: 20, max: 3000 }).map(ms),
  copyEvery: fc.integer({ min: 20, max: 3000 }).map(ms),
  falsePositives: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
  instances: fc.integer({ min: 1, max: 4 }),
  loadTime: fc.integer({ min: 1, max: 50 }).map(ms),
  length: fc.constant(s(9)),
});

const valueOf = (limit: Limit, params: ParameterValues): number => limitFor(limit, params);

it('an answer that there is no row is wrong for no longer than its bound', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('negative-cache', 'bloom-filter', 'cuckoo-filter'),
      parameters,
      fc.nat(),
      (variant, params, seed) => {
        const { header, signals } = trialled(negativeCaching, { variant, params, seed });
        const { total } = signals.find(({ name }) => name === 'cache.absence.wrong')!.summary;
        const { max } = signals.find(({ name }) => name === 'cache.absence.wrong_for')!.summary;
        const bound = variant === 'negative-cache' ? invisibleWithNegativeCache : invisibleWithFilter;
        if (total > 0) expect(max).toBeLessThanOrEqual(valueOf(bound, header.params));
      },
    ),
    { numRuns: 25 },
  );
});

it('without a keeper no such answer is wrong', () => {
  fc.assert(
    fc.property(parameters, fc.nat(), (params, seed) => {
      const { signals } = trialled(negativeCaching, { variant: 'none', params, seed });
      expect(signals.find(({ name }) => name === 'cache.absence.wrong')!.summary['total']).toBe(0);
    }),
    { numRuns: 30 },
  );
});

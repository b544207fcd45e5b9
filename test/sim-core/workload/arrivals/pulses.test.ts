/** Pulses: each of so many requests, within its length, one period after the one before. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pulses, RandomStreams } from '../../../../sim-core/index.ts';

const options = fc
  .record({
    first: fc.nat(1e9),
    length: fc.nat(1e9),
    pause: fc.integer({ min: 1, max: 1e9 }),
    count: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ pause, ...rest }) => ({ ...rest, every: rest.length + pause }));

it('comes in whole nanoseconds and in order, each pulse within its stretch of time and at equal distances', () => {
  fc.assert(
    fc.property(options, fc.integer({ min: 1, max: 5 }), ({ first, every, count, length }, number) => {
      const process = pulses({ first, every, count, length });
      const random = new RandomStreams(1).stream('arrivals');
      let now = 0;
      for (let i = 0; i < number * count; i++) {
        const next = process.next(now, random);
        const from = first + Math.floor(i / count) * every;
        expect(Number.isInteger(next)).toBe(true);
        expect(next).toBeGreaterThanOrEqual(now);
        expect(next).toBe(from + Math.round(((i % count) * length) / count));
        now = next;
      }
    }),
  );
});

it('refuses pulses that are not over before the next, and none at all', () => {
  expect(() => pulses({ first: 0, every: 5, count: 1, length: 6 })).toThrow('must end before the next');
  expect(() => pulses({ first: 0, every: 5, count: 0, length: 1 })).toThrow('count is 0');
});

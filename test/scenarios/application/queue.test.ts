/** The closed forms by which the limits of the gray failure are worked out, against others and against what follows of them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { erlangC } from '../../../notebooks/calibration/queueing.ts';
import { chanceOfWaiting, exceededBy, tailAt } from '../../../scenarios/application/queue.ts';

const queue = fc.record({
  workers: fc.integer({ min: 1, max: 12 }),
  service: fc.double({ min: 0.001, max: 2, noNaN: true }),
  load: fc.double({ min: 0.02, max: 0.95, noNaN: true }),
});
const queueOf = ({ workers, service, load }: { workers: number; service: number; load: number }) => ({
  workers,
  service,
  arrivals: (load * workers) / service,
});

it('waits as Erlang C says, and takes as long in the mean as the tail has area', () => {
  fc.assert(
    fc.property(queue, (drawn) => {
      const { workers, service, load } = drawn;
      const theory = erlangC(load * workers, workers);
      expect(chanceOfWaiting(queueOf(drawn))).toBeCloseTo(theory.P_wait, 9);
      // By the trapezium rule, up to where next to nothing is left.
      const step = service / 200;
      const until = (40 * service) / Math.min(1, workers * (1 - load));
      let area = 0;
      for (let t = 0; t < until; t += step) {
        area += (step * (tailAt(queueOf(drawn), t) + tailAt(queueOf(drawn), t + step))) / 2;
      }
      expect(area / service / theory.W).toBeCloseTo(1, 3);
    }),
    { numRuns: 30 },
  );
});

it('finds what a share is longer than, and says where nothing is', () => {
  expect(exceededBy(0.05, (t) => Math.exp(-t))).toBeCloseTo(-Math.log(0.05), 9);
  expect(exceededBy(0, (t) => Math.exp(-t))).toBe(Infinity);
  expect(exceededBy(0.5, () => 1)).toBe(Infinity);
  expect(tailAt({ workers: 2, service: 1, arrivals: 2 }, 100)).toBe(1);
});

/** Which intervals hold an instant, against a walk over all of them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holding, intervalIndex } from '../../../ui/models/interval-index.ts';

const lengths = fc.oneof(fc.nat(3), fc.nat(1000), fc.constant(Infinity));
const intervals = fc
  .array(fc.tuple(fc.nat(2000), lengths), { maxLength: 300 })
  .map((pairs) => pairs.toSorted(([a], [b]) => a - b).map(([start, length]) => [start, start + length] as const));

it('the intervals that hold an instant are those that a walk finds, in the order of their starts', () => {
  fc.assert(
    fc.property(intervals, fc.array(fc.integer({ min: -5, max: 3100 }), { maxLength: 20 }), (all, instants) => {
      const index = intervalIndex(
        Float64Array.from(all, ([start]) => start),
        Float64Array.from(all, ([, end]) => end),
      );
      const out = new Uint32Array(index.most);
      for (const time of [...instants, ...all.map(([start]) => start), ...all.map(([, end]) => end)]) {
        const found = [...out.subarray(0, holding(index, time, out))];
        expect(found).toEqual([...all.keys()].filter((i) => all[i][0] <= time && time < all[i][1]));
      }
    }),
  );
});

it('holds no more than a few numbers an interval, however long some are', () => {
  const count = 20_000;
  const starts = Float64Array.from({ length: count }, (_, i) => i * 100);
  const ends = starts.map((start, i) => start + (i % 100 === 0 ? 50_000 : 10));
  const { most } = intervalIndex(starts, ends);
  // 5 long ones at a time, and one bucket's starts.
  expect(most).toBeLessThan(100);
});

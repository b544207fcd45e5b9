/** Partitions of time beside a list of everything that was added. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TimePartitions } from '../../../../../sim-core/observability/pipeline/backends/time-partitions.ts';

const times = fc.integer({ min: 0, max: 200 });
const steps = fc.array(
  fc.oneof(fc.record({ add: fc.integer({ min: 1, max: 9 }), time: times }), fc.record({ deleteBefore: times })),
  { maxLength: 40 },
);

it('has what a list of all that was added and not deleted has, partition by partition', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), steps, times, times, (width, script, from, length) => {
      const partitions = new TimePartitions(width);
      let list: { place: number; amount: number }[] = [];
      let deleted = 0;
      for (const step of script) {
        if ('add' in step) {
          const place = Math.floor(step.time / width);
          const isThere = place >= deleted;
          expect(partitions.add(step.time, step.add)).toBe(isThere);
          if (isThere) list.push({ place, amount: step.add });
        } else {
          const ended = Math.floor(step.deleteBefore / width);
          const gone = list.filter(({ place }) => place < ended);
          expect(partitions.deleteBefore(step.deleteBefore)).toBe(gone.reduce((sum, { amount }) => sum + amount, 0));
          list = list.filter(({ place }) => place >= ended);
          deleted = Math.max(deleted, ended);
        }
        expect(partitions.total).toBe(list.reduce((sum, { amount }) => sum + amount, 0));
      }
      const to = from + length + 1;
      const read = list.filter(({ place }) => (place + 1) * width > from && place * width < to);
      expect(partitions.within(from, to)).toBe(read.reduce((sum, { amount }) => sum + amount, 0));
    }),
  );
});

it('a single one is read as a whole, whatever is asked for, and never deleted', () => {
  const one = new TimePartitions(Infinity);
  one.add(5, 10);
  one.add(500, 20);
  expect(one.within(400, 401)).toBe(30);
  expect(one.deleteBefore(1000)).toBe(0);
});

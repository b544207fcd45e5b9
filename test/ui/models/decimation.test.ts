/** Decimation loses no extreme, no gap and no order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimate } from '../../../ui/models/decimation.ts';

const values = fc.array(fc.oneof(fc.integer({ min: -99, max: 99 }), fc.constant(NaN)), {
  minLength: 1,
  maxLength: 400,
});

it('keeps every row while there is room', () => {
  expect(decimate([3, NaN, 1, 2], 2)).toEqual([0, 1, 2, 3]);
});

it('keeps the extremes of every pixel column, in order, and at most two rows each', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 60 }), (given, pixels) => {
      const rows = decimate(given, pixels);
      expect(rows).toEqual([...new Set(rows)].toSorted((a, b) => a - b));
      if (given.length <= 2 * pixels) return;
      expect(rows.length).toBeLessThanOrEqual(2 * pixels);
      for (let pixel = 0; pixel < pixels; pixel++) {
        const from = Math.floor((pixel * given.length) / pixels);
        const to = Math.floor(((pixel + 1) * given.length) / pixels);
        const told = given.slice(from, to).filter((value) => !Number.isNaN(value));
        const kept = rows.filter((row) => row >= from && row < to).map((row) => given[row]);
        if (told.length === 0) expect(kept).toEqual([NaN]);
        else expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...told), Math.max(...told)]);
      }
    }),
  );
});

/** Windows of a run: sums and slopes against the obvious way, and stretches that are where the breach is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  meansOver,
  slopesOver,
  stretchesOf,
  sumsOver,
  windowsOf,
} from '../../../../sim-core/observability/health/windows.ts';
import { evidenceOf } from './evidence.ts';

const windows = { interval: 500e6, from: 3, to: 20, rows: 4 };

it('a window is a thirtieth of what is measured, in whole intervals and one at least', () => {
  const header = { duration: 63e9, warmUp: 3e9, interval: 500e6 };
  expect(windowsOf({ ...evidenceOf({}), header })).toEqual({ interval: 500e6, from: 6, to: 126, rows: 4 });
  expect(windowsOf({ ...evidenceOf({}), header, simulated: 4.9e9 })).toMatchObject({ from: 6, to: 9, rows: 1 });
});

describe('a window’s sum and mean', () => {
  const cells = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(NaN)), { minLength: 20, maxLength: 20 });

  it('are those of its rows, of which none is before the first that counts', () => {
    fc.assert(
      fc.property(cells, (column) => {
        sumsOver(windows, column).forEach((sum, row) => {
          if (row < 6) expect(sum).toBeNaN();
          else expect(sum).toBe(column.slice(row - 3, row + 1).reduce((a, b) => a + (b > 0 ? b : 0), 0));
        });
      }),
    );
  });

  it('lie between the least and the most of its rows that have weight', () => {
    fc.assert(
      fc.property(cells, cells, (column, weights) => {
        const values = column.map((value) => (Number.isNaN(value) ? 1 : value));
        meansOver(windows, values, weights, 1).forEach((mean, row) => {
          const counted = values.filter((_, i) => i > row - 4 && i <= row && weights[i] > 0);
          if (row < 6 || counted.length === 0) return expect(mean).toBeNaN();
          expect(mean).toBeGreaterThanOrEqual(Math.min(...counted) - 1e-9);
          expect(mean).toBeLessThanOrEqual(Math.max(...counted) + 1e-9);
        });
      }),
    );
  });
});

describe('a window’s slope', () => {
  it('of a straight line is the line’s', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 }), (start, rise) => {
        const line = Array.from({ length: 20 }, (_, row) => start + rise * row);
        slopesOver(windows, line)
          .slice(6)
          .forEach((slope) => expect(slope).toBeCloseTo(2 * rise, 9));
      }),
    );
  });

  it('is that of least squares: no line is nearer to the rows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 20, maxLength: 20 }), (column) => {
        const slope = slopesOver(windows, column)[10] / 2;
        const rows = column.slice(7, 11);
        const error = (rise: number): number => {
          const middle = rows.reduce((a, b) => a + b, 0) / 4;
          return rows.reduce((sum, value, i) => sum + (value - middle - rise * (i - 1.5)) ** 2, 0);
        };
        expect(error(slope)).toBeLessThanOrEqual(error(slope + 0.01) + 1e-9);
        expect(error(slope)).toBeLessThanOrEqual(error(slope - 0.01) + 1e-9);
      }),
    );
  });
});

it('stretches begin at the end of the first broken row, and last over rows that cannot be told', () => {
  const verdicts = [false, true, undefined, true, false, false, true];
  const stretches = stretchesOf({ ...windows, to: 7 }, (row) => verdicts[row]);
  expect(stretches).toEqual([
    { from: 1e9, to: 2.5e9 },
    { from: 3.5e9, to: 3.5e9 },
  ]);
});

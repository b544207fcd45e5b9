/** The ticks on the time axis of one request. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { traceTicks } from '../../../ui/models/waterfall-text.ts';

it('ticks of a trace have room for their labels, however long it took and however narrow it is', () => {
  const widths = fc.integer({ min: 20, max: 1200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e11 }), widths, (length, width) => {
      const ticks = traceTicks({ start: 7, end: 7 + length }, width);
      expect(ticks[0].at).toBe(7);
      for (const [i, { at }] of ticks.slice(1).entries()) {
        expect(((at - ticks[i].at) / length) * width).toBeGreaterThanOrEqual(60);
      }
    }),
  );
  expect(traceTicks({ start: 0, end: 355e6 }, 700).map(({ at }) => at)).toEqual([0, 1e8, 2e8, 3e8]);
});

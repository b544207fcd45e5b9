/** Where a day of logs is, and how much there is in each place. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { days, hours } from '../../../../sim-core/kernel/time.ts';
import { LogArchive } from '../../../../sim-core/observability/cost/log-archive.ts';

it('has each day in one place, which is hot, then cold, then gone', () => {
  const archive = new LogArchive({ hot: days(7), kept: days(30) });
  const line = days(10) + hours(5);
  expect([11, 17.9, 18, 40.9, 41].map((day) => archive.placeOf(line, days(day)))).toEqual([
    'hot',
    'hot',
    'cold',
    'cold',
    'gone',
  ]);
});

it('keeps what is written a day times the days of each place, and all of it somewhere or gone', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 50, max: 80 }),
      (hot, cold, last) => {
        const archive = new LogArchive({ hot: days(hot), kept: days(hot + cold) });
        for (let day = 0; day < last; day++) archive.write(100, days(day) + hours(3));
        const now = days(last);
        expect(archive.in('hot', now)).toBe(100 * hot);
        expect(archive.in('cold', now)).toBe(100 * cold);
        expect(archive.in('gone', now)).toBe(100 * (last - hot - cold));
        expect(archive.bytesOf(days(3))).toBe(100);
      },
    ),
  );
});

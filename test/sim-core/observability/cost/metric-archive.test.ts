/** A series in tiers beside a list of all its samples: what is told of it, from what, and how much of it is kept. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, hours, minutes } from '../../../../sim-core/kernel/time.ts';
import { MetricArchive, type MetricArchiveOptions } from '../../../../sim-core/observability/cost/metric-archive.ts';

const MINUTE = minutes(1);
const HOUR = hours(1);

const tiers = (raw: number, five: number, hour: number) => [
  { width: MINUTE, after: 0, kept: raw },
  { width: minutes(5), after: HOUR, kept: five },
  { width: HOUR, after: hours(3), kept: hour },
];

/** Records these samples, one a minute, and compacts every hour. */
function filled(samples: readonly number[], options: MetricArchiveOptions): MetricArchive {
  const archive = new MetricArchive(options);
  samples.forEach((sample, i) => {
    archive.record(sample);
    if ((i + 1) % 60 === 0) archive.compact((i + 1) * MINUTE);
  });
  return archive;
}

const values = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 600, maxLength: 1200 });
const kept = fc.constantFrom(tiers(hours(3), hours(6), days(2)), tiers(days(2), days(2), days(2)));

it('tells the greatest and the mean of any hours as exactly from any tier as from the samples', () => {
  const range = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 10 }));
  fc.assert(
    fc.property(values, kept, range, fc.constantFrom(MINUTE, HOUR), (samples, chosen, [first, length], width) => {
      const archive = filled(samples, { tiers: chosen, keeps: 'aggregates' });
      const to = Math.min(first + length, Math.floor(samples.length / 60));
      const [from, until] = [first * HOUR, to * HOUR];
      const true_ = samples.slice(first * 60, to * 60);
      fc.pre(true_.length > 0);
      expect(archive.maximum(from, until, width)!.value).toBe(Math.max(...true_));
      const mean = true_.reduce((sum, value) => sum + value, 0) / true_.length;
      expect(archive.mean(from, until, width)!.value).toBeCloseTo(mean, 9);
      expect(archive.maximum(from, until, width)!.read).toBeLessThanOrEqual(true_.length);
    }),
    { numRuns: 40 },
  );
});

it('tells a quantile exactly from samples, and from averages one between the least and the greatest of them', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 0.999, noNaN: true }), (samples, share) => {
      const whole = Math.floor(samples.length / 60) * 60;
      const sorted = samples.slice(0, whole).toSorted((a, b) => a - b);
      const exact = filled(samples, { tiers: tiers(days(2), days(2), days(2)), keeps: 'aggregates' });
      expect(exact.quantile(share, 0, whole * MINUTE, MINUTE)!.value).toBe(sorted[Math.floor(share * whole)]);
      const coarse = filled(samples, { tiers: tiers(hours(3), hours(6), days(2)), keeps: 'averages' });
      const { value } = coarse.quantile(share, 0, whole * MINUTE, HOUR)!;
      expect(value).toBeGreaterThanOrEqual(sorted[0]);
      expect(value).toBeLessThanOrEqual(sorted.at(-1)!);
    }),
    { numRuns: 20 },
  );
});

describe('a spike of one sample in a day', () => {
  const samples = Array.from({ length: 24 * 60 }, (_, i) => (i === 200 ? 2000 : 100));
  const asked = (options: MetricArchiveOptions) => filled(samples, options).maximum(0, days(1) - hours(12), MINUTE);

  it('is as high as it was in the greatest of an hour, which is known to the hour', () => {
    expect(asked({ tiers: tiers(hours(3), hours(6), days(2)), keeps: 'aggregates' })).toMatchObject({
      value: 2000,
      width: HOUR,
    });
  });

  it('is a 60th of itself and 59 of the others in its average', () => {
    const answer = asked({ tiers: tiers(hours(3), hours(6), days(2)), keeps: 'averages' });
    expect(answer!.value).toBeCloseTo((2000 + 59 * 100) / 60, 9);
  });

  it('has no answer once it is in no tier', () => {
    expect(asked({ tiers: tiers(hours(3), hours(6), hours(12)), keeps: 'aggregates' })).toBeUndefined();
  });
});

it('keeps rate times retention of each tier, five numbers of an aggregate and one of an average', () => {
  const samples = Array.from({ length: 48 * 60 }, () => 1);
  const numbers = (keeps: MetricArchiveOptions['keeps']): number =>
    filled(samples, { tiers: tiers(hours(6), hours(12), days(2)), keeps }).numbers;
  // Of the last three hours there is no hour yet, and of the last one no five minutes.
  expect(numbers('aggregates')).toBe(6 * 60 + 5 * (11 * 12) + 5 * 45);
  expect(numbers('averages')).toBe(6 * 60 + 11 * 12 + 45);
});

it.each([
  [{ ...tiers(days(1), days(1), days(1))[1], width: minutes(7) }, 'it must be a multiple of'],
  [{ ...tiers(days(1), days(1), days(1))[1], after: days(1) }, 'kept is 86400000000000 ns; it must be'],
])('does not take a tier of %o after one of a minute that is kept for a day', (wrong, message) => {
  const [first] = tiers(days(1), days(1), days(1));
  const second = message.includes('multiple') ? [{ ...first, width: minutes(5) }, wrong] : [first, wrong];
  expect(() => new MetricArchive({ tiers: second, keeps: 'averages' })).toThrow(message);
});

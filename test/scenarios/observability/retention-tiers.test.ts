/** What the guide of the retention tiers says beyond its variants. */
import { describe, expect, it } from 'vitest';
import retention from '../../../scenarios/observability/retention-tiers.ts';
import {
  APPROXIMATE,
  NO_ANSWER,
  RIGHT,
  verdict,
  WRONG,
} from '../../../scenarios/observability/retention-tiers/questions.ts';
import { minutes, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

const run = (variant: string, params: ParameterValues = {}) => trialled(retention, { variant, params });

describe('an answer', () => {
  const worth = (value: number | undefined, width = 1): number =>
    verdict({ value, width }, 100, minutes(1), 0.05).verdict;

  it('is right if it is exact and fine enough, approximate if it is near, and else wrong, or there is none', () => {
    expect([worth(100), worth(100, minutes(5)), worth(104), worth(106), worth(undefined)]).toEqual([
      RIGHT,
      APPROXIMATE,
      APPROXIMATE,
      WRONG,
      NO_ANSWER,
    ]);
  });
});

it('metrics are kept as rate times retention, and cost what that does', () => {
  const of = run('keep-raw', { rawKept: 30 });
  const bytes = 30 * 1440 * 2_000_000 * 1.5;
  // An hour is on its way when it is looked at, at midnight.
  expect(summaryOf(of, 'archive.metrics.size', 'max')).toBeGreaterThan(bytes * (1 - 1 / 700));
  expect(summaryOf(of, 'archive.metrics.size', 'max')).toBeLessThanOrEqual(bytes);
  expect(summaryOf(of, 'archive.metrics.cost', 'max')).toBeCloseTo(
    (summaryOf(of, 'archive.metrics.size', 'max') / 1e9) * 0.1,
    6,
  );
});

it('a line that is still hot is found at once where others are cold', () => {
  const of = run('cold-storage', { lineAge: 5 });
  expect(summaryOf(of, 'question.log_line.duration', 'max')).toBeLessThan(60);
  expect(summaryOf(of, 'archive.restored', 'total')).toBe(0);
});

it.each([
  ['short-retention', { spikeDay: 80, lineAge: 5 }],
  ['tiered-downsampled', { tolerance: 0.5, keeps: 'averages' }],
  ['cold-storage', { logsKept: 30 }],
  ['averages-only', { tolerance: 0.5, spike: 2 }],
  ['downsampled-beside-raw', { rawKept: 7 }],
])('%s claims no verdict that its ages and tolerance do not bear out: %o', (variant, params) => {
  expect(failed(run(variant, params))).toEqual([]);
});

it('samples of a month answer for its quantile, at their price', () => {
  const month = run('tiered-downsampled', { rawKept: 31 });
  expect(summaryOf(month, 'question.month_p99.error', 'max')).toBeLessThan(0.05);
  expect(failed(month)).toEqual([expect.stringContaining('question.month_p99.verdict')]);
});

it('the average of an hour denies nearly all of a spike, however high it was', () => {
  // A sixtieth of it is left, and what the others add, which is next to nothing beside a thousand times the usual.
  const error = summaryOf(run('averages-only', { spike: 1000 }), 'question.spike.error', 'max');
  expect(error).toBeGreaterThan(0.97);
  expect(error).toBeLessThan(1 - 1 / 60);
});

/** Measures of a part of a run: rows that begin before the moment are left out, and so is what has no number. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atLeast,
  atMost,
  firstSince,
  ms,
  peakSince,
  ratioSince,
  toSeconds,
  totalSince,
  type Evidence,
  type Expectation,
  type Measure,
  type SignalKind,
  type Since,
} from '../../../sim-core/index.ts';

const INTERVAL = ms(100);

const evidenceOf = (columns: Record<string, readonly number[]>, rows: number): Evidence => ({
  header: {
    format: 1,
    engine: '',
    scenario: 'small',
    definition: '',
    variant: 'only',
    seed: 1,
    params: { from: ms(250) },
    interventions: [],
    duration: rows * INTERVAL,
    warmUp: 0,
    interval: INTERVAL,
  },
  signals: [
    {
      name: 'it',
      kind: 'gauge',
      unit: '1',
      help: '',
      summary: {},
      columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)])),
    },
  ],
});

const later: Since = { words: 'later', at: (params) => params['from'] as number };

it('say what they measure, and since when the parameters say', () => {
  const run = evidenceOf(
    { count: [1, 2, 4, 8, 16], p99: [9, 9, 9, 2, 3], mean: [1, 1, 1, 0.5, 0], samples: [9, 9, 9, 1, 3] },
    5,
  );
  const measured = (measure: Measure): [string, number] => [measure.text, measure.of(run)];
  expect(measured(totalSince('it', later))).toEqual(['total of it later', 24]);
  expect(measured(peakSince('it', 'p99', later))).toEqual(['peak of the p99 of it later', 3]);
  expect(measured(ratioSince('it', later))).toEqual(['mean of it later', 0.125]);
  expect(measured(firstSince('it', later))).toEqual(['time to the first of it later', 0.15]);
  expect(() => peakSince('it', 'p98', later).of(run)).toThrow('it has no column p98; it has count, p99, mean, samples');
  expect(() => totalSince('that', later).of(run)).toThrow('there is no signal that');
});

it('claim nothing where no run could miss it', () => {
  const isClaimed = (claim: Expectation, kind: SignalKind): boolean => {
    const { header, signals } = evidenceOf(
      { count: [1, 0, 0, 0], mean: [1, 1, 1, 1], samples: [9, 9, 9, 9], p99: [1, 1, 1, 1] },
      4,
    );
    return claim.judge({ header, signals: [{ ...signals[0], kind }] }).notClaimed === undefined;
  };
  expect(isClaimed(atLeast(totalSince('it', later), 0), 'counter')).toBe(false);
  expect(isClaimed(atMost(totalSince('it', later), 1), 'counter')).toBe(true);
  expect(isClaimed(atLeast(ratioSince('it', later), 0), 'ratio')).toBe(false);
  expect(isClaimed(atMost(ratioSince('it', later), 1), 'ratio')).toBe(false);
  expect(isClaimed(atMost(ratioSince('it', later), 0.9), 'ratio')).toBe(true);
  expect(isClaimed(atMost(peakSince('it', 'mean', later), 1), 'ratio')).toBe(false);
  // How many a ratio was taken of is no share.
  expect(isClaimed(atMost(peakSince('it', 'samples', later), 1), 'ratio')).toBe(true);
  expect(isClaimed(atLeast(peakSince('it', 'p99', later), 0), 'histogram')).toBe(false);
  expect(isClaimed(atLeast(peakSince('it', 'mean', later), 0), 'gauge')).toBe(true);
  // The run ends 150 ms later, counted or not.
  expect(isClaimed(atMost(firstSince('it', later), 0.15), 'counter')).toBe(false);
  expect(isClaimed(atMost(firstSince('it', later), 0.14), 'counter')).toBe(true);
});

describe('beside the obvious way', () => {
  const value = fc.oneof(fc.nat(100), fc.constant(NaN));
  const rows = fc.array(fc.record({ value, count: fc.nat(3) }), { minLength: 1, maxLength: 20 });

  it('they come to the same', () => {
    fc.assert(
      fc.property(rows, fc.nat(25 * INTERVAL), (all, from) => {
        const since: Since = { words: '', at: () => from };
        const run = evidenceOf(
          {
            p99: all.map((row) => row.value),
            count: all.map((row) => row.count),
            mean: all.map((row) => row.value / 100),
            samples: all.map((row) => (Number.isNaN(row.value) ? 0 : row.count)),
          },
          all.length,
        );
        const kept = all.filter((_, row) => row * INTERVAL >= from);
        const known = kept.filter((row) => !Number.isNaN(row.value));
        expect(peakSince('it', 'p99', since).of(run)).toBe(
          known.length === 0 ? NaN : Math.max(...known.map((row) => row.value)),
        );
        expect(totalSince('it', since).of(run)).toBe(kept.reduce((sum, row) => sum + row.count, 0));
        const taken = known.reduce((sum, row) => sum + row.count, 0);
        const counted = known.reduce((sum, row) => sum + (row.value / 100) * row.count, 0);
        if (taken === 0) expect(ratioSince('it', since).of(run)).toBeNaN();
        else expect(ratioSince('it', since).of(run)).toBeCloseTo(counted / taken, 12);
        const first = all.findIndex((row, i) => i * INTERVAL >= from && row.count > 0);
        const end = (first < 0 ? all.length : first + 1) * INTERVAL;
        expect(firstSince('it', since).of(run)).toBe(toSeconds(end - from));
      }),
      { numRuns: 500 },
    );
  });
});

/** Axes hold what is drawn on them, whatever it is, and ticks stand within. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedSignal } from '../../../sim-core/index.ts';
import { ticksOf } from '../../../ui/models/chart-axis.ts';
import { bandsOf, linePath, MARGIN, yScale, yTicks } from '../../../ui/models/chart-paths.ts';
import { buildCharts, type Chart } from '../../../ui/models/chart.ts';
import { recordingOf } from '../../../ui/specimens/one-signal.ts';

const values = fc.array(
  fc.oneof(
    fc.constant(NaN),
    fc.constant(0),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1e300, noNaN: true }),
  ),
  { minLength: 1, maxLength: 60 },
);
const kinds = fc.constantFrom<RecordedSignal['kind']>('ratio', 'gauge', 'rate', 'counter', 'histogram');
const chartOf = (kind: RecordedSignal['kind'], main: readonly number[]): Chart => {
  const shown = kind === 'ratio' ? main.map((value) => (value > 1 ? 1 / value : value)) : main;
  return buildCharts(recordingOf(kind, shown), ['thing.measured'])[0];
};

describe('an axis', () => {
  it('holds every value that is drawn', () => {
    fc.assert(
      fc.property(kinds, values, (kind, main) => {
        const { lines, domain, form } = chartOf(kind, main);
        const [low, high] = domain;
        expect(low).toBeLessThan(high);
        expect(Number.isFinite(high - low)).toBe(true);
        for (const value of lines.flatMap((line) => [...line.values])) {
          // On a logarithmic axis there is no 0.
          if (Number.isNaN(value) || (form === 'heat' && value <= 0)) continue;
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(high);
        }
      }),
    );
  });

  it('holds values below 0 as well', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 }), (main) => {
        const [low, high] = chartOf('gauge', main).domain;
        expect(Math.min(0, ...main)).toBeGreaterThanOrEqual(low);
        expect(Math.max(0, ...main)).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('has ticks, and all of them stand within it', () => {
    fc.assert(
      fc.property(kinds, values, (kind, main) => {
        const chart = chartOf(kind, main);
        const ticks = yTicks(chart);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(12);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(chart.domain[0]);
          expect(tick).toBeLessThanOrEqual(chart.domain[1]);
        }
      }),
    );
    expect(yTicks(chartOf('histogram', [5e-324]))).toEqual([5e-324, 1e-323]);
    expect(ticksOf([0, 5e-324], 'linear')).toEqual([0, 5e-324]);
    expect(ticksOf([0.0015, 0.007], 'logarithmic')).toEqual([0.002, 0.005]);
    expect(ticksOf([0.0021, 0.0049], 'logarithmic')).toEqual([0.0021, 0.0049]);
    expect(ticksOf([0.004, 0.03], 'logarithmic')).toEqual([0.005, 0.01, 0.02]);
  });

  it('makes places within the plot, and a line has a piece for every stretch that is told', () => {
    fc.assert(
      fc.property(kinds, values, (kind, main) => {
        const chart = chartOf(kind, main);
        const { height } = bandsOf({ a: chart });
        const frame = { duration: chart.rows.duration, width: 1000, height };
        const [{ values: drawn }] = chart.lines;
        const path = linePath(drawn, chart.rows, frame, yScale(chart, height), chart.form === 'step');
        for (const [, x, y] of path.matchAll(/[ML]?(-?[\d.]+),(-?[\d.]+)/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(MARGIN.left);
          expect(Number(x)).toBeLessThanOrEqual(frame.width - MARGIN.right);
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y)).toBeLessThanOrEqual(height);
        }
        const begun = drawn.filter((value, row) => !Number.isNaN(value) && !(row > 0 && !Number.isNaN(drawn[row - 1])));
        expect(path.match(/M/g) ?? []).toHaveLength(begun.length);
      }),
    );
  });
});

describe('what is not told', () => {
  it('of a ratio is exactly what had fewer than 20 samples', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 50 }), (samples) => {
        const recording = recordingOf(
          'ratio',
          samples.map((count) => (count > 0 ? 0.5 : NaN)),
          samples,
        );
        const [chart] = buildCharts(recording, ['thing.measured']);
        samples.forEach((count, row) => {
          expect(Number.isNaN(chart.lines[0].values[row])).toBe(count < 20);
          expect(chart.untold.some(([from, to]) => row >= from && row < to)).toBe(count < 20);
        });
      }),
    );
  });

  it('of a latency is hatched only where something was observed', () => {
    const recording = recordingOf('histogram', [NaN, NaN, 0.5], [0, 1, 200]);
    const [chart] = buildCharts(recording, ['thing.measured']);
    expect(chart.untold).toEqual([[1, 2]]);
  });
});

/** Two runs in one chart: common axes, and a difference that is exact where both are told and nowhere else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairCharts } from '../../../ui/models/chart-pair.ts';
import { sentence, seriesOf, tableOf } from '../../../ui/models/chart-readings.ts';
import { buildCharts, type Chart } from '../../../ui/models/chart.ts';
import { differenceText } from '../../../ui/models/measure-text.ts';
import { spread } from '../../../ui/models/label-places.ts';
import { recordingOf } from '../../../ui/specimens/one-signal.ts';

const charts = (main: readonly number[], name?: string): Chart[] => {
  return buildCharts(recordingOf('gauge', main, undefined, name), [name ?? 'thing.measured']);
};
const values = fc.array(fc.oneof(fc.constant(NaN), fc.double({ min: 0, max: 1e6, noNaN: true })), {
  minLength: 1,
  maxLength: 30,
});

describe('two charts', () => {
  it('stand on one axis, which is the union of theirs', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const [as, bs] = [charts(one), charts(other)];
        const [{ a, b }] = pairCharts(as, bs);
        expect(a.domain).toEqual(b?.domain);
        expect(a.domain[1]).toBe(Math.max(as[0].domain[1], bs[0].domain[1]));
      }),
    );
  });

  it('differ by B minus A, row by row, where both are told', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const [{ difference }] = pairCharts(charts(one), charts(other));
        const expected = one.slice(0, other.length).map((value, row) => other[row] - value);
        expect([...(difference?.values ?? [])]).toEqual(expected);
        expect(difference?.max).toBe(Math.max(0, ...expected.filter(Number.isFinite).map(Math.abs)));
      }),
    );
  });

  it('have no difference where their rows do not cover the same time', () => {
    const [longer] = charts([1, 2]);
    const rows = { ...longer.rows, interval: longer.rows.interval * 2 };
    expect(pairCharts(charts([1, 2]), [{ ...longer, rows }])[0].difference).toBeUndefined();
  });

  it('of which one was not recorded say so', () => {
    const pairs = pairCharts(charts([1], 'one.signal'), charts([2], 'another.signal'));
    expect(pairs.map(({ a, only }) => [a.signal.name, only])).toEqual([
      ['one.signal', 'A'],
      ['another.signal', 'B'],
    ]);
  });

  it('are read as A, B and what lies between', () => {
    const [pair] = pairCharts(charts([1, 4]), charts([3, 4]));
    expect(sentence(seriesOf(pair), 0)).toBe('A 1; B 3; B − A +2');
    expect(tableOf(pair).heads).toEqual(['A mean', 'A max', 'A last', 'B mean', 'B max', 'B last', 'B − A']);
    expect(tableOf(pair).cell(1, 6)).toBe('±0');
    // As the page calls the two futures: after some interventions hardly A and B.
    const [later] = pairCharts(charts([1, 4]), charts([3, 4]), ['C', 'F']);
    expect(sentence(seriesOf(later), 0)).toBe('C 1; F 3; F − C +2');
    expect(tableOf(later).heads.at(-1)).toBe('F − C');
    expect(pairCharts(charts([1], 'one.signal'), [], ['C', 'F'])[0].only).toBe('C');
  });
});

it('a difference has its sign, and one of ratios is told in points', () => {
  expect(differenceText({ kind: 'ratio', unit: '1' }, -0.031)).toBe('−3.1\u00a0points');
  expect(differenceText({ kind: 'histogram', unit: 's' }, 0.0124)).toBe('+12.4\u00a0ms');
  expect(differenceText({ kind: 'gauge', unit: '1' }, NaN)).toBe('–');
});

it('labels never cover each other and stay beside their chart', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 112, noNaN: true }), { maxLength: 6 }), (ends) => {
      const placed = spread(
        ends.map((at, i) => ({ text: String(i), at })),
        6,
        112,
      );
      expect(placed).toHaveLength(ends.length);
      placed.forEach(({ at }, i) => {
        expect(at).toBeGreaterThanOrEqual(6);
        expect(at).toBeLessThanOrEqual(112);
        if (i > 0) expect(at - placed[i - 1].at).toBeGreaterThanOrEqual(12.999);
      });
    }),
  );
});

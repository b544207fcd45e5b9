/** A gauge part by part: which line is whose, what its colour stands for, and which part has most. */
import { expect, it } from 'vitest';
import type { Recording } from '../../../sim-core/index.ts';
import { bandsOf, cellsOfParts } from '../../../ui/models/chart-paths.ts';
import { pairCharts } from '../../../ui/models/chart-pair.ts';
import { seriesOf, tableOf } from '../../../ui/models/chart-readings.ts';
import { buildCharts, type Chart } from '../../../ui/models/chart.ts';
import { labelledLines, lineHeight, stripHeight } from '../../../ui/models/part-strip.ts';
import { rowMiddle, rowsOf } from '../../../ui/models/rows.ts';
import { recordingOf } from '../../../ui/specimens/one-signal.ts';

const NAME = 'thing.measured';

function chartOf(...parts: readonly (readonly number[])[]): Chart {
  const sum = parts[0].map((_, row) => parts.reduce((all, part) => all + part[row], 0));
  const recording = recordingOf('gauge', sum);
  const names = parts.map((_, part) => `orders-${part + 9}`);
  const of = { of: 'partition', names, mean: Float64Array.from(parts.flat()) };
  const withParts: Recording = { ...recording, signals: recording.signals.map((one) => ({ ...one, parts: of })) };
  return buildCharts(withParts, [NAME])[0];
}

const rows = rowsOf(recordingOf('gauge', [0, 0, 0]));
const frame = { duration: rows.duration, width: 490, height: 68 };

it('has a cell for each value above 0, in the line of its part, as strong as it is of the most', () => {
  const chart = chartOf([0, 1, 2], [4, 0, 8]);
  const cells = cellsOfParts(chart, frame, 100).map(({ top, weight }) => [top, weight]);
  const line = lineHeight(chart.parts!);
  expect(cells).toEqual([
    [100, 1 / 8],
    [100, 2 / 8],
    [100 + line, 4 / 8],
    [100 + line, 1],
  ]);
});

it('names its parts by what differs in their names, and says which has most', () => {
  const chart = chartOf([0, 1, 2], [4, 0, 8]);
  expect(chart.parts!.labels).toEqual(['9', '10']);
  const most = seriesOf({ a: chart }).find(({ label }) => label === 'most in partition')!;
  expect([0, 1, 2].map((row) => most.at(rowMiddle(rows, row)))).toEqual([
    'orders-10: 4',
    'orders-9: 1',
    'orders-10: 8',
  ]);
  expect(seriesOf({ a: chartOf([0, 0, 0], [0, 0, 0]) })[1].at(0)).toBe('none');
  const { heads, cell } = tableOf({ a: chart });
  expect([heads.at(-1), cell(2, heads.length - 1)]).toEqual(['orders-10', '8']);
});

it('two runs have a strip each, below one another and on one scale', () => {
  const [pair] = pairCharts([chartOf([0, 1, 2], [4, 0, 8])], [chartOf([1, 1, 16], [0, 0, 1])]);
  const bands = bandsOf(pair);
  expect(bands.parts[1]).toBeGreaterThanOrEqual(bands.parts[0] + stripHeight(pair.a.parts!));
  expect(bands.difference).toBeGreaterThanOrEqual(bands.parts[1] + stripHeight(pair.b!.parts!));
  expect(Math.max(...cellsOfParts(pair.a, frame, 0).map(({ weight }) => weight))).toBe(8 / 16);
  expect(Math.max(...cellsOfParts(pair.b!, frame, 0).map(({ weight }) => weight))).toBe(1);
});

it('of more parts than there is room for names, the lines become lower and the first and last have theirs', () => {
  const many = chartOf(...Array.from({ length: 30 }, () => [1, 1, 1])).parts!;
  expect(stripHeight(many)).toBeLessThanOrEqual(144);
  expect(labelledLines(many)).toEqual([0, 29]);
});

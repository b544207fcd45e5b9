/** Charts: which lines against which axis, and what is left untold. */
import { describe, expect, it } from 'vitest';
import type { RecordedSignal } from '../../../sim-core/index.ts';
import { buildCharts, emptiness, scalesOf, type Chart } from '../../../ui/models/chart.ts';
import { seriesOf, tableOf } from '../../../ui/models/chart-readings.ts';
import {
  areaPath,
  barPath,
  heatCells,
  linePath,
  labelledTicks,
  MARGIN,
  timeAt,
  timeTicks,
  xOf,
  yScale,
  yTicks,
} from '../../../ui/models/chart-paths.ts';
import { rowMiddle, rowsOf } from '../../../ui/models/rows.ts';
import { thumbnailOf } from '../../../ui/models/thumbnail.ts';
import { fixtureRecording, ROWS, SIGNALS } from '../../../ui/specimens/fixture-recording.ts';
import { recordingOf } from '../../../ui/specimens/one-signal.ts';

const recording = fixtureRecording();
const rows = rowsOf(recording);
const frame = { duration: rows.duration, width: 490, height: 100 };
const readings = (chart: Chart, row: number): string[] =>
  seriesOf({ a: chart }).map((series) => series.at(rowMiddle(rows, row)));
const numbersIn = (path: string): number[] => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

function chartOf(name: string): Chart {
  const [chart] = buildCharts(recording, [name]);
  return chart;
}

describe('a chart', () => {
  it('stands for each named signal that was recorded, a companion in the strip of its own', () => {
    const names = SIGNALS.map(({ name }) => name);
    const charts = buildCharts(recording, [...names, 'no.such.signal']);
    expect(charts.map(({ signal }) => signal.name)).toEqual(
      names.filter((name) => name !== 'db.client.connection.pending_requests'),
    );
  });

  it('of hits spans 0 to 100 % and leaves out rows with fewer than 20 lookups', () => {
    const chart = chartOf('cache.hit_ratio');
    expect(chart.domain).toEqual([0, 1]);
    expect(chart.untold).toEqual([[5, 8]]);
    expect(chart.lines[0].values.findIndex(Number.isNaN)).toBe(5);
    expect(readings(chart, 6)).toEqual(['–']);
  });

  it('without anything to see says so, and one of few samples does not say that there are none', () => {
    const shown = (kind: RecordedSignal['kind'], values: number[]): string =>
      emptiness(buildCharts(recordingOf(kind, values), ['thing.measured'])[0]);
    expect([shown('counter', [0, 0, 0]), shown('counter', [0, 1, 0])]).toEqual(['none in this run', '']);
    expect([shown('gauge', [0, 0]), shown('rate', [0, 0])]).toEqual(['', '']);
    const ratio = chartOf('cache.hit_ratio');
    expect(emptiness(ratio)).toBe('');
    const lines = [{ label: '', values: Float64Array.of(NaN, NaN) }];
    expect(emptiness({ ...ratio, lines })).toBe('too few in any interval to tell');
  });

  it('of failures is as tall as its worst row needs, in round steps', () => {
    expect(chartOf('http.client.request.error_ratio').domain).toEqual([0, 0.05]);
  });

  it('of connections shows the pool and, below, who waits', () => {
    const chart = chartOf('db.client.connection.count');
    expect(chart.limits).toEqual([{ label: 'pool', value: 50, kind: 'size' }]);
    expect(chart.domain[1]).toBeGreaterThanOrEqual(50);
    expect(chart.strip?.signal.name).toBe('db.client.connection.pending_requests');
    expect(readings(chart, 20)).toEqual(['10', '8']);
  });

  it('of latency has a line a percentile, each only where it was told, over its heat map', () => {
    const chart = chartOf('http.client.request.duration');
    expect(chart.title).toBe('Time to the answer');
    expect(chart.lines.map(({ label }) => label)).toEqual(['p50', 'p95', 'p99']);
    expect(chart.domain).toEqual([0.001, 1]);
    expect(readings(chart, 5)).toEqual(['1\u00a0ms', '1\u00a0ms', '–']);
    expect(yTicks(chart)).toEqual([0.001, 0.01, 0.1, 1]);
  });

  it('spans at least what the run before it did, whichever of the two is the larger', () => {
    const name = 'db.client.connection.count';
    const scales = scalesOf([chartOf(name)]);
    const none = new Float64Array(ROWS);
    const calm = {
      ...recording,
      signals: recording.signals.map((signal) => ({
        ...signal,
        columns: { ...signal.columns, mean: none, max: none },
      })),
    };
    const [after] = buildCharts(calm, [name], scales);
    expect(after.domain).toEqual(chartOf(name).domain);
    expect(after.strip?.max).toBe(8);
    const [before] = buildCharts(recording, [name], scalesOf(buildCharts(calm, [name])));
    expect(before.domain).toEqual(chartOf(name).domain);
  });

  it('has a table of all its columns', () => {
    const table = tableOf({ a: chartOf('cache.hit_ratio') });
    expect(table.heads).toEqual(['mean', 'samples']);
    expect([table.cell(5, 0), table.cell(5, 1)]).toEqual(['90\u00a0%', '19']);
  });
});

describe('a plot', () => {
  it('turns places into instants and back', () => {
    for (const time of [0, 1e9, 4e9]) expect(timeAt(frame, xOf(frame, time))).toBeCloseTo(time, 0);
    expect(timeAt(frame, -10)).toBe(0);
    expect(timeAt(frame, 9999)).toBe(4e9);
    expect(timeTicks(frame)).toContain(2e9);
  });

  it('labels no tick under the flag of the cursor', () => {
    const labels = (time: number): string[] => labelledTicks(frame, { time, label: '2.00 s' }).map(({ text }) => text);
    const all = timeTicks(frame).map((tick) => String(tick / 1e9));
    expect(labels(2e9)).toEqual(all.filter((text) => text !== '2'));
    expect(labels(2.2e9)).not.toContain('2');
    expect(labels(0)).toEqual(all.slice(1));
  });

  it('breaks a line where nothing is told', () => {
    const chart = chartOf('cache.hit_ratio');
    const path = linePath(chart.lines[0].values, rows, frame, yScale(chart, frame.height), true);
    expect(path.match(/M/g)).toHaveLength(2);
    // Row 4 of 40 on 400 pixels is the last before the gap, and is drawn to its end.
    expect(path.slice(0, path.lastIndexOf('M'))).toMatch(new RegExp(`L${MARGIN.left + 50},`));
  });

  it('stays within its frame', () => {
    const chart = chartOf('db.client.connection.count');
    const y = yScale(chart, frame.height);
    const path = areaPath(chart.lines[0].values, rows, frame, y);
    expect(Math.min(...numbersIn(path))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbersIn(path))).toBeLessThanOrEqual(frame.width - MARGIN.right);
  });

  it('draws a bar where something was counted', () => {
    const chart = chartOf('cache.evictions');
    const path = barPath(chart.lines[0].values, rows, frame, yScale(chart, frame.height));
    expect(path.match(/M/g)).toHaveLength(1);
    // Row 7 of 40 on 400 pixels.
    expect(numbersIn(path)[0]).toBe(MARGIN.left + 70);
  });

  it('adds up counts of rows that share a pixel, and loses none', () => {
    const chart = chartOf('http.client.request.duration');
    expect(chart.heat).toBeDefined();
    const wide = heatCells(chart.heat!, chart, frame);
    expect(wide).toHaveLength(ROWS + ROWS / 2);
    const narrow = heatCells(chart.heat!, chart, { ...frame, width: MARGIN.left + MARGIN.right + 10 });
    expect(narrow).toHaveLength(20);
    expect(Math.max(...narrow.map(({ weight }) => weight))).toBe(1);
    for (const { top, height } of wide) {
      expect(height).toBeGreaterThan(0);
      expect(top).toBeGreaterThanOrEqual(0);
    }
  });
});

it('a thumbnail is the first charted signal that is no ratio, scaled to 1', () => {
  const picture = thumbnailOf(recording, ['cache.hit_ratio', 'db.client.connection.count']);
  expect(picture).toMatchObject({ signal: 'db.client.connection.count', peak: '39' });
  expect(picture?.points.at(-1)).toEqual([1, 1]);
});

/** Curves: points by size, joined to lines, over the whole run and at the cursor. */
import { describe, expect, it } from 'vitest';
import type { RecordedSignal, Recording } from '../../../sim-core/index.ts';
import { buildCurves, numbered, onSameAxes, valueIn } from '../../../ui/models/curve.ts';
import { fixtureRecording, ROWS } from '../../../ui/specimens/fixture-recording.ts';

const point = (line: string, at: number, mean: number, kind: 'ratio' | 'gauge' = 'ratio'): RecordedSignal => ({
  name: `cache.miss_ratio.${line}.${at}`,
  kind,
  unit: '1',
  help: 'Misses',
  point: { curve: 'cache.miss_ratio', title: 'Misses by size', axis: 'size', line, at },
  columns: {
    mean: Float64Array.from({ length: ROWS }, (_, row) => row / ROWS),
    samples: Float64Array.from({ length: ROWS }, (_, row) => (row < 5 ? 19 : 20)),
  },
  summary: { mean, min: 0, max: 1 },
});

const plain = fixtureRecording();
const withPoints = (...points: RecordedSignal[]): Recording => ({ ...plain, signals: [...plain.signals, ...points] });
const recording = withPoints(
  point('lru', 0.5, 0.2),
  point('opt', 0.01, 0.7),
  point('lru', 0.01, 0.9),
  point('opt', 0.5, 0.1),
);

describe('a curve', () => {
  it('joins the points of a line in the order of their sizes, lines in the order of the recording', () => {
    const [curve, ...others] = buildCurves(recording, ['cache.hit_ratio', 'cache.miss_ratio', 'no.such.curve']);
    expect(others).toEqual([]);
    expect(curve.lines.map(({ label, points }) => [label, points.map(({ at, value }) => [at, value])])).toEqual([
      [
        'lru',
        [
          [0.01, 0.9],
          [0.5, 0.2],
        ],
      ],
      [
        'opt',
        [
          [0.01, 0.7],
          [0.5, 0.1],
        ],
      ],
    ]);
    expect([curve.title, curve.axis, curve.across, curve.domain]).toEqual([
      'Misses by size',
      'size',
      [0.01, 0.5],
      [0, 1],
    ]);
  });

  it('is of no signal that is not a point of it', () => {
    expect(buildCurves(plain, ['cache.hit_ratio', 'cache.miss_ratio'])).toEqual([]);
  });

  it('of what is no share spans what there is', () => {
    const [curve] = buildCurves(withPoints(point('lru', 1, 40, 'gauge'), point('lru', 8, 90, 'gauge')), [
      'cache.miss_ratio',
    ]);
    expect(curve.domain[0]).toBe(0);
    expect(curve.domain[1]).toBeGreaterThanOrEqual(90);
  });

  it('tells the value at the cursor where there are samples enough', () => {
    const [curve] = buildCurves(recording, ['cache.miss_ratio']);
    const [first] = curve.lines[0].points;
    expect(valueIn(first, 4)).toBeNaN();
    expect(valueIn(first, 10)).toBe(10 / ROWS);
  });

  it('of two runs stands on axes that hold both', () => {
    const [a] = buildCurves(withPoints(point('lru', 0.1, 0.5)), ['cache.miss_ratio']);
    const [b] = buildCurves(recording, ['cache.miss_ratio']);
    expect(onSameAxes(a, b).across).toEqual([0.01, 0.5]);
    expect(onSameAxes(a, b).lines).toBe(a.lines);
  });
});

it('numbers as many places as have room, the last one always', () => {
  const places = [1, 2, 5, 10, 20, 50];
  const x = (place: number): number => 10 * Math.log2(place);
  expect(numbered(places, x, 5)).toEqual(places);
  expect(numbered(places, x, 12)).toEqual([2, 5, 20, 50]);
  expect(numbered(places, x, 1000)).toEqual([50]);
});

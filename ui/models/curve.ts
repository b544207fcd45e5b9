/**
 * A curve: the same quantity by the size of what it was measured of, such as the miss ratio by the size of the cache. Its
 * points are signals that say so (`point` of a signal's definition), so a scenario lists the curve's name among its charts
 * and any family of signals has its picture. Lines join the summaries, over the whole run after its warm-up; beside them
 * stands what each was in the row at the cursor. Which way is better is not said: that is the quantity's affair.
 */
import { mainColumn, RATIO_SAMPLES_MIN, type RecordedSignal, type Recording } from '../../sim-core/index.ts';
import type { Domain } from './chart-axis.ts';
import { fromZero, union } from './chart-axis.ts';
import { groupBy } from './grouping.ts';
import { rowsOf, type Rows } from './rows.ts';
import { roleOf, type Role } from './signal-style.ts';

export interface CurvePoint {
  readonly signal: RecordedSignal;
  /** Where it lies on the axis. */
  readonly at: number;
  /** Over the whole run. */
  readonly value: number;
}

export interface CurveLine {
  readonly label: string;
  /** By their place on the axis, rising. */
  readonly points: readonly CurvePoint[];
}

export interface Curve {
  readonly name: string;
  readonly title: string;
  /** What lies along the axis. */
  readonly axis: string;
  readonly role: Role;
  readonly rows: Rows;
  readonly lines: readonly CurveLine[];
  /** What the axes span: the horizontal one is logarithmic. */
  readonly across: Domain;
  readonly domain: Domain;
}

/** The curves among the names, in order, of what this run recorded of them. */
export function buildCurves(recording: Recording, names: readonly string[]): Curve[] {
  return names.flatMap((name) => {
    const signals = recording.signals.filter(({ point }) => point?.curve === name);
    return signals.length > 0 ? [buildCurve(recording, name, signals)] : [];
  });
}

function buildCurve(recording: Recording, name: string, signals: readonly RecordedSignal[]): Curve {
  const points = signals.map((signal) => ({ signal, at: signal.point!.at, value: signal.summary.mean }));
  const lines = [...groupBy(points, ({ signal }) => signal.point!.line)].map(([label, those]) => ({
    label,
    points: those.toSorted((a, b) => a.at - b.at),
  }));
  const places = points.map(({ at }) => at);
  const { title, axis } = signals[0].point!;
  const isShare = signals.every(({ kind }) => kind === 'ratio');
  return {
    name,
    title,
    axis,
    role: roleOf(name),
    rows: rowsOf(recording),
    lines,
    across: [Math.min(...places), Math.max(...places)],
    domain: isShare ? [0, 1] : fromZero(Float64Array.from(points, ({ value }) => value)),
  };
}

/** What a point was in a row; NaN where there were too few samples to tell. */
export function valueIn({ signal }: CurvePoint, row: number): number {
  const { kind, columns } = signal;
  const isTold = kind !== 'ratio' || columns.samples[row] >= RATIO_SAMPLES_MIN;
  return isTold ? mainColumn(signal)[row] : NaN;
}

/** Two runs' curve of one name on the same axes. */
export const onSameAxes = (a: Curve, b: Curve): Curve => ({
  ...a,
  across: union(a.across, b.across),
  domain: union(a.domain, b.domain),
});

/** Of rising places those whose numbers can stand beside each other at `x`, `gap` pixels apart; the last one always. */
export function numbered(places: readonly number[], x: (place: number) => number, gap: number): number[] {
  const kept: number[] = [];
  for (const place of places.toReversed()) {
    if (kept.length === 0 || x(kept[0]) - x(place) >= gap) kept.unshift(place);
  }
  return kept;
}

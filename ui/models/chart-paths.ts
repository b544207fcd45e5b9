/**
 * A chart's values as SVG paths and cells, for a plot of a given size. Horizontal places are shared by every chart of a
 * page, so that one cursor stands over all of them.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { area, curveLinear, curveStepAfter, line } from 'd3-shape';
import type { HeatMap } from '../../sim-core/index.ts';
import { ticksOf } from './chart-axis.ts';
import type { ChartPair } from './chart-pair.ts';
import type { Chart } from './chart.ts';
import type { HeatCell } from './cividis.ts';
import { decimate } from './decimation.ts';
import { axisUnit } from './measure-text.ts';
import { partCells, stripHeight } from './part-strip.ts';
import { rowStart, type Rows } from './rows.ts';

/** A plot's inner size, and what lies around it. */
export const MARGIN = { left: 52, right: 38, top: 4, bottom: 4 } as const;
export const STRIP = { gap: 8, height: 18, difference: 30 } as const;

export interface Frame {
  /** What the width stands for, in nanoseconds: the longest of the runs that are shown. */
  readonly duration: number;
  readonly width: number;
  readonly height: number;
}

/** Where the bands of a chart lie below each other, in pixels from its top. */
export interface Bands {
  /** Height of the chart itself. */
  readonly height: number;
  /** Top of the strip and of the difference, if there are such. */
  readonly strip: number;
  /** Tops of the parts of A and of B. */
  readonly parts: readonly [a: number, b: number];
  readonly difference: number;
  /** Height of all. */
  readonly full: number;
}

const HEIGHTS: Readonly<Record<Chart['form'], number>> = { heat: 112, step: 60, line: 68, bars: 68 };

/** `height` is that of the chart without its bands; by its form without it. */
export function bandsOf({ a, b, difference }: ChartPair, height = HEIGHTS[a.form]): Bands {
  const strip = height + STRIP.gap;
  const parts = a.strip || b?.strip ? strip + STRIP.height + STRIP.gap : strip;
  const partsOfB = a.parts ? parts + stripHeight(a.parts) + STRIP.gap : parts;
  const between = b?.parts ? partsOfB + stripHeight(b.parts) + STRIP.gap : partsOfB;
  return {
    height,
    strip,
    parts: [parts, partsOfB],
    difference: between,
    full: difference ? between + STRIP.difference : between - STRIP.gap,
  };
}

/** Pixels from the left edge for an instant in nanoseconds. */
export function xOf({ duration, width }: Pick<Frame, 'duration' | 'width'>, time: number): number {
  return MARGIN.left + (time / duration) * innerWidth(width);
}

/** The instant at a place, within the run. */
export function timeAt({ duration, width }: Pick<Frame, 'duration' | 'width'>, x: number): number {
  const share = (x - MARGIN.left) / Math.max(1, innerWidth(width));
  return Math.min(1, Math.max(0, share)) * duration;
}

/** Ticks of the time axis that all charts share, in nanoseconds. */
export function timeTicks({ duration, width }: Pick<Frame, 'duration' | 'width'>): number[] {
  const { seconds } = axisUnit(duration / 1e9);
  const scale = scaleLinear().domain([0, duration / 1e9 / seconds]);
  return scale.ticks(Math.max(2, Math.floor(innerWidth(width) / 64))).map((tick) => Math.round(tick * seconds * 1e9));
}

/** Pixels of a character on the time axis, and the room around the cursor's flag. */
const CHARACTER = 7.6;
const FLAG_ROOM = 10;

export const flagWidth = (label: string): number => label.length * CHARACTER + FLAG_ROOM;

/** The ticks that have labels beside the cursor's flag: half a number under it would be another number. */
export function labelledTicks(
  frame: Pick<Frame, 'duration' | 'width'>,
  cursor: { readonly time: number; readonly label: string },
): { readonly x: number; readonly text: string }[] {
  const { seconds } = axisUnit(frame.duration / 1e9);
  return timeTicks(frame)
    .map((tick) => ({ x: xOf(frame, tick), text: String(Number((tick / 1e9 / seconds).toPrecision(6))) }))
    .filter(
      ({ x, text }) => Math.abs(x - xOf(frame, cursor.time)) >= (flagWidth(cursor.label) + text.length * CHARACTER) / 2,
    );
}

export function yScale({ form, domain }: Pick<Chart, 'form' | 'domain'>, height: number): (value: number) => number {
  const scale = form === 'heat' ? scaleLog() : scaleLinear();
  return scale
    .domain(domain)
    .range([height - MARGIN.bottom, MARGIN.top])
    .clamp(true);
}

/** Values worth a grid line. */
export function yTicks({ signal, form, domain }: Chart): number[] {
  return ticksOf(domain, signal.kind === 'ratio' ? 'share' : form === 'heat' ? 'logarithmic' : 'linear');
}

/** A line through values: in steps that hold for a row, or through the middles of rows. A gap stays one. */
export function linePath(
  values: Float64Array,
  rows: Rows,
  frame: Frame,
  y: (value: number) => number,
  step: boolean,
): string {
  const shown = decimate(values, pixelsOf(rows, frame));
  const points = step ? stepsOf(values, shown, rows) : shown.map((row) => [middleOf(rows, row), values[row]] as const);
  const draw = line<readonly [time: number, value: number]>()
    .defined(([, value]) => !Number.isNaN(value))
    .x(([time]) => xOf(frame, time))
    .y(([, value]) => y(value))
    .curve(step ? curveStepAfter : curveLinear)
    .digits(1);
  return draw(points) ?? '';
}

/** The surface between values and 0. */
export function areaPath(values: Float64Array, rows: Rows, frame: Frame, y: (value: number) => number): string {
  const draw = area<number>()
    .defined((row) => !Number.isNaN(values[row]))
    .x((row) => xOf(frame, middleOf(rows, row)))
    .y0(y(0))
    .y1((row) => y(values[row]))
    .curve(curveLinear)
    .digits(1);
  return draw(decimate(values, pixelsOf(rows, frame))) ?? '';
}

/** Bars from the foot, as one path; with more rows than pixels a bar is the highest of those it stands for. */
export function barPath(values: Float64Array, rows: Rows, frame: Frame, y: (value: number) => number): string {
  const pixels = pixelsOf(rows, frame);
  const count = Math.min(values.length, Math.floor(pixels));
  const foot = y(0);
  const wide = (pixels * (values.length / rows.count)) / count;
  const gap = wide > 3 ? 0.75 : 0;
  let path = '';
  for (let bar = 0; bar < count; bar++) {
    let high = 0;
    const end = ((bar + 1) * values.length) / count;
    for (let row = Math.floor((bar * values.length) / count); row < end; row++) high = Math.max(high, values[row] || 0);
    if (high === 0) continue;
    const left = MARGIN.left + bar * wide;
    path += `M${tenths(left)},${tenths(foot)}V${tenths(y(high))}H${tenths(left + wide - gap)}V${tenths(foot)}Z`;
  }
  return path;
}

/** The cells of a heat map that hold anything. Rows that share a pixel column are added up: counts may be. */
export function heatCells(heat: HeatMap, chart: Chart, frame: Frame): HeatCell[] {
  const pixels = pixelsOf(chart.rows, frame);
  const { buckets, bounds, counts } = heat;
  const rowCount = counts.length / buckets;
  const columns = Math.min(rowCount, Math.floor(pixels));
  const sums = new Float64Array(columns * buckets);
  let most = 1;
  for (let row = 0; row < rowCount; row++) {
    const column = Math.floor((row * columns) / rowCount);
    for (let bucket = 0; bucket < buckets; bucket++) {
      const sum = (sums[column * buckets + bucket] += counts[row * buckets + bucket]);
      if (sum > most) most = sum;
    }
  }
  const y = yScale(chart, frame.height);
  const wide = (pixels * (rowCount / chart.rows.count)) / columns;
  const cells: HeatCell[] = [];
  for (let i = 0; i < sums.length; i++) {
    if (sums[i] === 0) continue;
    const bucket = i % buckets;
    const top = y(bounds[bucket + 1] ?? chart.domain[1]);
    const height = y(Math.max(bounds[bucket], chart.domain[0])) - top;
    const left = MARGIN.left + Math.floor(i / buckets) * wide;
    cells.push({ left, width: wide, top, height, weight: Math.log(1 + sums[i]) / Math.log(1 + most) });
  }
  return cells;
}

/** The cells of a chart's strip of parts, on the scale of the larger one of two runs. */
export function cellsOfParts({ parts, rows }: Chart, frame: Frame, top: number): HeatCell[] {
  if (!parts || parts.max === 0) return [];
  return partCells(parts, { left: MARGIN.left, width: pixelsOf(rows, frame), top, max: parts.max });
}

/** The width that a run takes, which may be shorter than the longest one shown. */
const pixelsOf = (rows: Rows, { duration, width }: Frame): number =>
  Math.max(1, (innerWidth(width) * rows.interval * rows.count) / duration);

const innerWidth = (width: number): number => Math.max(1, width - MARGIN.left - MARGIN.right);

const middleOf = (rows: Rows, row: number): number => rowStart(rows, row) + rows.interval / 2;

/** Where steps begin; before a gap and at the end also where the last one ends. */
function stepsOf(values: Float64Array, shown: readonly number[], rows: Rows): (readonly [number, number])[] {
  return shown.flatMap((row, i) => {
    const step = [rowStart(rows, row), values[row]] as const;
    const next = shown[i + 1];
    if (next !== undefined && !Number.isNaN(values[next])) return [step];
    return [step, [Math.min(rows.duration, rowStart(rows, next ?? values.length)), values[row]] as const];
  });
}

/** Tenths of a pixel are enough, and keep long paths short. */
const tenths = (pixels: number): number => Math.round(pixels * 10) / 10;

/** Curves of theory and measured points as SVG, in numbers: scales, paths, ticks and where the labels stand. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { groupBy } from '../../ui/models/grouping.ts';
import type { Point } from './experiments.ts';

export interface Axis {
  readonly label: string;
  readonly domain: readonly [low: number, high: number];
  readonly logarithmic?: boolean;
  readonly ticks: readonly number[];
}

export interface Axes {
  readonly x: Axis;
  readonly y: Axis;
}

export const MARGIN = { left: 48, right: 74, top: 12, bottom: 42 } as const;
export const HEIGHT = 320;

/** Label heights apart at least, in pixels. */
const LABEL_GAP = 15;

export type Scale = (value: number) => number;

export function scalesOf({ x, y }: Axes, width: number): { x: Scale; y: Scale } {
  const scale = ({ logarithmic, domain }: Axis) => (logarithmic ? scaleLog() : scaleLinear()).domain(domain);
  return {
    x: scale(x).range([MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)]),
    y: scale(y).range([HEIGHT - MARGIN.bottom, MARGIN.top]),
  };
}

export interface Curve {
  readonly series: string;
  readonly path: string;
  /** Where its label stands, beside its end. */
  readonly labelY: number;
}

/** A path for each series, with labels at the ends pushed apart until none covers another. */
export function curvesOf(points: readonly Point[], scales: { x: Scale; y: Scale }): Curve[] {
  const draw = line<Point>()
    .x(({ x }) => scales.x(x))
    .y(({ theory }) => scales.y(theory));
  const curves = [...groupBy(points, ({ series }) => series)].map(([series, own]) => {
    return { series, path: draw(own) ?? '', labelY: scales.y(own.at(-1)?.theory ?? 0) };
  });
  let free = MARGIN.top;
  return curves
    .toSorted((a, b) => a.labelY - b.labelY)
    .map((curve) => {
      const labelY = Math.max(free, curve.labelY);
      free = labelY + LABEL_GAP;
      return { ...curve, labelY };
    });
}

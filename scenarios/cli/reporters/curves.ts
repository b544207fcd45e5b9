/**
 * Curves as tables: the signals that are points of one, sizes across. Of one variant all lines, of several the first line
 * of each, which is the one that its scenario is about.
 */
import { readable, type Scenario } from '../../../sim-core/index.ts';
import { intervalOf } from './replications.ts';
import { chartedIn, type ReportedSignal, type RunResult } from './report.ts';
import { columns, type Style } from './style.ts';

/** The tables of all curves that the scenario charts, a blank line behind each. */
export function curveTables(
  scenario: Scenario,
  groups: readonly (readonly [variant: string, runs: readonly RunResult[]])[],
  style: Style,
): string[] {
  return chartedIn(
    scenario,
    groups.flatMap(([, runs]) => runs),
  ).flatMap((curve) => {
    const rows = groups.flatMap(([variant, runs]) => {
      const lines = linesOf(curve, runs[0]);
      const shown = groups.length === 1 ? lines : lines.slice(0, 1);
      return shown.map(([line, points]) => ({
        cells: [...(groups.length === 1 ? [] : [variant]), line],
        points: points.map(([name, { point }]) => ({
          at: point!.at,
          mean: intervalOf(runs, name, 'mean')?.mean ?? NaN,
        })),
        axis: points[0][1].point!.axis,
      }));
    });
    if (rows.length === 0) return [];
    const places = [...new Set(rows.flatMap(({ points }) => points.map(({ at }) => at)))].toSorted((a, b) => a - b);
    const cells = rows.map((row) => [
      ...row.cells.map((cell, i) => (i === 0 ? `  ${cell}` : cell)),
      ...places.map((place) => readable(row.points.find(({ at }) => at === place)?.mean ?? NaN)),
    ]);
    const names = rows[0].cells.map((_, i) => (i === 0 ? curve : ''));
    const heading = [...names, ...places.map((place) => `${readable(place * 100)} %`)];
    const numbers = places.map((_, i) => i + names.length);
    const [first, ...rest] = columns([heading, ...cells], numbers);
    return [style.strong(`${first}  ${rows[0].axis}`), ...rest, ''];
  });
}

/** A curve's lines with their points, in the order in which they were recorded. */
function linesOf(curve: string, { signals }: RunResult): [line: string, points: [string, ReportedSignal][]][] {
  const lines = new Map<string, [string, ReportedSignal][]>();
  for (const [name, signal] of Object.entries(signals)) {
    if (signal.point?.curve !== curve) continue;
    const points = lines.get(signal.point.line);
    if (points === undefined) lines.set(signal.point.line, [[name, signal]]);
    else points.push([name, signal]);
  }
  return [...lines];
}

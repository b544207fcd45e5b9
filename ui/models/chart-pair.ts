/**
 * Two runs in one chart: the same signal of A and of B on axes that hold both, and row by row what B is above A. A
 * difference is told only where both are: nothing minus something is not known.
 */
import { extent, union } from './chart-axis.ts';
import { OFF, offBy, withoutTruth } from './chart-truth.ts';
import { scalesOf, widened, type Chart, type Scales } from './chart.ts';

export interface Difference {
  /** Which of the chart's lines is compared; empty where there is only one. */
  readonly label: string;
  /** B minus A by row, NaN where either is not told. */
  readonly values: Float64Array;
  /** The greatest distance from 0: the band spans it both ways. */
  readonly max: number;
}

/** One chart, over which another one may lie. */
export interface ChartPair {
  readonly a: Chart;
  readonly b?: Chart;
  /** Left out where rows of A and B do not cover the same time. */
  readonly difference?: Difference;
  /** The signal was recorded in one of the two runs only: its letter; `a` is that one's. */
  readonly only?: string;
  /** What the page calls the two. */
  readonly letters?: Letters;
}

/** Of two runs: what the page calls each of the two. */
export type Letters = readonly [a: string, b: string];

const LETTERS: Letters = ['A', 'B'];

/** What the two runs of a pair are called, and what lies between them; where there is one, between what is said and what is true, if any. */
export function sidesOf({ a, b, letters = LETTERS }: ChartPair): { a: string; b: string; between: string } {
  if (!b) return { a: '', b: '', between: a.truth ? OFF : '' };
  return { a: letters[0], b: letters[1], between: `${letters[1]} − ${letters[0]}` };
}

/** One chart by itself, with how far what it says is from what is true. */
export function alone(a: Chart): ChartPair {
  const values = offBy(a);
  if (!values) return { a };
  const [low, high] = extent(values);
  return { a, difference: { label: '', values, max: Math.max(-low, high) } };
}

/** Charts of the same signals beside each other: in A's order, what only B has at the end. */
export function pairCharts(
  chartsOfA: readonly Chart[],
  chartsOfB: readonly Chart[],
  letters: Letters = LETTERS,
): ChartPair[] {
  const [as, bs] = [chartsOfA.map(withoutTruth), chartsOfB.map(withoutTruth)];
  const common = unionOf(scalesOf(as), scalesOf(bs));
  const pairs = as.map((chart): ChartPair => {
    const a = widened(chart, common);
    const other = bs.find(({ signal }) => signal.name === chart.signal.name);
    if (!other) return { a, only: letters[0], letters };
    const b = widened(other, common);
    const difference = differenceOf(a, b);
    return { a, b, letters, ...(difference && { difference }) };
  });
  const extra = bs.filter(({ signal }) => as.every((chart) => chart.signal.name !== signal.name));
  return [...pairs, ...extra.map((a): ChartPair => ({ a, only: letters[1], letters }))];
}

function unionOf(one: Scales, other: Scales): Scales {
  const names = new Set([...one.keys(), ...other.keys()]);
  return new Map(
    [...names].map((name) => {
      const [a, b] = [one.get(name), other.get(name)];
      return [name, a && b ? union(a, b) : (a ?? b ?? [0, 1])];
    }),
  );
}

/** Of the highest percentile, or of the only line. */
function differenceOf(a: Chart, b: Chart): Difference | undefined {
  const [one, other] = [a.lines.at(-1), b.lines.at(-1)];
  if (!one || !other || a.rows.interval !== b.rows.interval) return undefined;
  const length = Math.min(one.values.length, other.values.length);
  const values = Float64Array.from({ length }, (_, row) => other.values[row] - one.values[row]);
  const [low, high] = extent(values);
  return { label: one.label, values, max: Math.max(-low, high) };
}

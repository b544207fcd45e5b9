/**
 * Is a difference luck? Two experiments run on the same seeds, and what one signal differs by in each pair: the mean of
 * the differences with Student's interval. Common random numbers make the pairs alike in all that the systems do not
 * decide, so few seeds tell much (Law, Simulation Modeling and Analysis, on comparing two systems).
 */
import { pairedDifference, type RecordedSignal } from '../../sim-core/index.ts';
import type { RunSummary } from '../worker/simulator.ts';
import { figureOf } from './change.ts';

/** The result of one seed in both experiments. */
export interface Pair {
  readonly seed: number;
  readonly a: RunSummary;
  readonly b: RunSummary;
}

export type SummarisedSignal = Pick<RecordedSignal, 'name' | 'kind' | 'unit'>;

export interface Luck {
  readonly signal: SummarisedSignal;
  /** B minus A by seed, in the signal's unit; pairs in which either could not be told are left out. */
  readonly differences: readonly { readonly seed: number; readonly difference: number }[];
  readonly mean: number;
  /** Half the width of the 95 % interval; NaN with fewer than two pairs. */
  readonly halfWidth: number;
  /** `luck`: the interval holds 0, so these seeds do not tell the two apart. */
  readonly verdict: 'higher' | 'lower' | 'same' | 'luck' | 'untold';
}

export function luckOf(pairs: readonly Pair[], signal: SummarisedSignal): Luck {
  const figure = figureOf(signal.kind);
  const told = pairs
    .map(({ seed, a, b }) => ({ seed, a: valueIn(a, signal, figure), b: valueIn(b, signal, figure) }))
    .filter(({ a, b }) => Number.isFinite(a) && Number.isFinite(b));
  const differences = told.map(({ seed, a, b }) => ({ seed, difference: b - a }));
  if (told.length < 2) return { signal, differences, mean: NaN, halfWidth: NaN, verdict: 'untold' };
  const { mean, halfWidth } = pairedDifference(
    told.map(({ b }) => b),
    told.map(({ a }) => a),
  );
  return { signal, differences, mean, halfWidth, verdict: verdictOf(mean, halfWidth) };
}

function verdictOf(mean: number, halfWidth: number): Luck['verdict'] {
  if (mean === 0 && halfWidth === 0) return 'same';
  if (Math.abs(mean) <= halfWidth) return 'luck';
  return mean > 0 ? 'higher' : 'lower';
}

function valueIn({ signals }: RunSummary, { name }: SummarisedSignal, figure: string): number {
  return signals.find((signal) => signal.name === name)?.summary[figure] ?? NaN;
}

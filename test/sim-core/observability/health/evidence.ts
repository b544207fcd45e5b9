/** Runs that were made up: sixty intervals of a second without a warm-up, so that a window has two of them. */
import type { RunEvidence } from '../../../../sim-core/index.ts';

export const ROWS = 60;
const SECOND = 1e9;

/** A column that is the same all the time, but for some rows. */
export const column = (usual: number, unusual: Readonly<Record<number, number>> = {}): Float64Array =>
  Float64Array.from({ length: ROWS }, (_, row) => unusual[row] ?? usual);

export interface MadeSignal {
  readonly kind?: string;
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly summary?: Readonly<Record<string, number>>;
}

export const counter = (count: Float64Array): MadeSignal => ({
  kind: 'counter',
  columns: { count },
  summary: { total: count.reduce((sum, value) => sum + value, 0) },
});

export const ratio = (mean: Float64Array, samples = column(100)): MadeSignal => ({
  kind: 'ratio',
  columns: { mean, samples },
  summary: { mean: mean.reduce((sum, value, row) => sum + value * samples[row], 0) / (100 * ROWS) },
});

export const gauge = (mean: Float64Array): MadeSignal => ({ kind: 'gauge', columns: { mean, max: mean, last: mean } });

export function evidenceOf(
  signals: Readonly<Record<string, MadeSignal>>,
  rest: Partial<RunEvidence> = {},
): RunEvidence {
  return {
    header: { duration: ROWS * SECOND, warmUp: 0, interval: SECOND },
    signals: Object.entries(signals).map(([name, { kind = 'gauge', columns, summary = {} }]) => ({
      name,
      kind,
      columns,
      summary,
    })),
    ...rest,
  };
}

/**
 * What is true beside what an instrument says of it: a signal that names its truth (`Truth` of the engine's) has a second line in its
 * chart, the experimenter's own, on one axis with it, and below what lies between the two. Nothing is drawn where the run has no such
 * signal, nor where two runs lie over each other: A against B compares what instruments say.
 */
import { RATIO_SAMPLES_MIN, type RecordedSignal } from '../../sim-core/index.ts';
import { fromZero, union, type Domain } from './chart-axis.ts';

/** What of a chart this is about. */
interface Drawn {
  readonly signal: RecordedSignal;
  readonly form: 'step' | 'line' | 'bars' | 'heat';
  readonly lines: readonly { readonly label: string; readonly values: Float64Array }[];
  readonly domain: Domain;
  readonly truth?: RecordedSignal;
}

export const SAYS = 'says';
export const TRUE = 'true';
/** What stands at the band between the lines. */
export const OFF = 'off';

/** The same with the line of what is true; the chart itself where it is of no instrument. */
export function besideTruth<Chart extends Drawn>(chart: Chart, signals: readonly RecordedSignal[]): Chart {
  const { truth } = chart.signal;
  const true_ = truth && signals.find(({ name }) => name === truth.signal);
  if (!truth || !true_) return chart;
  const values = valuesOf(true_, truth.column);
  if (values === undefined) return chart;
  const isHeat = chart.form === 'heat';
  const said = chart.lines.map((line) => (isHeat ? line : { ...line, label: SAYS }));
  return {
    ...chart,
    // Bars of both would hide each other.
    form: chart.form === 'bars' ? 'step' : chart.form,
    lines: [...said, { label: isHeat ? `${TRUE} ${truth.column ?? 'p99'}` : TRUE, values }],
    domain: isHeat ? chart.domain : union(chart.domain, fromZero(values)),
    truth: true_,
  };
}

/** What is said, minus what is true, row by row; undefined where nothing is said to be. */
export function offBy({ lines, truth }: Pick<Drawn, 'lines' | 'truth'>): Float64Array | undefined {
  const [said, told] = lines.slice(-2);
  return truth && said && told ? said.values.map((value, row) => value - told.values[row]) : undefined;
}

/** As if it were of no instrument. */
export function withoutTruth<Chart extends Drawn>(chart: Chart): Chart {
  if (!chart.truth) return chart;
  const { truth: _, ...others } = chart;
  const lines = chart.lines.slice(0, -1).map((line) => (line.label === SAYS ? { ...line, label: '' } : line));
  return { ...others, lines, form: chart.signal.kind === 'counter' ? 'bars' : chart.form } as Drawn as Chart;
}

function valuesOf({ kind, columns }: RecordedSignal, column: string | undefined): Float64Array | undefined {
  if (kind === 'ratio') {
    return columns.mean.map((value, row) => (columns.samples[row] < RATIO_SAMPLES_MIN ? NaN : value));
  }
  return columns[column ?? (kind === 'counter' ? 'count' : kind === 'histogram' ? 'p99' : 'mean')];
}

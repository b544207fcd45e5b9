/**
 * What a measure comes to as a run goes on: the same function, asked of the recording cut off after each row. A total up to
 * then, a peak up to then, or whatever a scenario's own measure makes of the rows that there are. Summaries are made of the rows
 * since the warm-up, a histogram's quantiles of its heat map, so that they are as coarse as its buckets.
 */
import { NoSuchSignal, type Evidence, type Measure } from '../expectation.ts';
import { mainColumn, type RecordedSignal, type SignalSummary } from '../recording.ts';
import { RATIO_SAMPLES_MIN } from '../../statistics/signal.ts';

export interface RunningMeasure {
  /** By row of the series; NaN where there is nothing to measure yet. */
  readonly values: Float64Array;
  /** The first row that counts: that after the warm-up. */
  readonly first: number;
  /** The signals that it is made of, in the order in which it asks for them. */
  readonly signals: readonly RecordedSignal[];
}

/** A measure over a run, row by row; undefined where it cannot be told of a part of a run. */
export function runningMeasure(measure: Measure, { header, signals }: Evidence): RunningMeasure | undefined {
  const first = Math.ceil(header.warmUp / header.interval);
  const rows = Math.max(0, ...signals.map((signal) => mainColumn(signal).length));
  const cut: Cut = { first, row: 0, asked: new Set() };
  const evidence = { header, signals: signals.map((signal) => cutOff(signal, cut)) };
  const values = new Float64Array(rows).fill(NaN);
  try {
    for (cut.row = first; cut.row < rows; cut.row++) values[cut.row] = measure.of(evidence);
  } catch (error) {
    // What is not recorded cannot be told of a part of a run, either.
    if (error instanceof NoSuchSignal) return undefined;
    throw error;
  }
  return { values, first, signals: [...cut.asked] };
}

/** Where a recording is cut off, and whom it was asked of. */
interface Cut {
  readonly first: number;
  row: number;
  readonly asked: Set<RecordedSignal>;
}

/** A signal of which there is no more than the rows up to the cut. */
function cutOff(signal: RecordedSignal, cut: Cut): RecordedSignal {
  let running: Readonly<Record<string, ArrayLike<number>>> | undefined;
  return {
    ...signal,
    get columns() {
      cut.asked.add(signal);
      return Object.fromEntries(
        Object.entries(signal.columns).map(([name, column]) => [name, column.subarray(0, cut.row + 1)]),
      );
    },
    get summary() {
      cut.asked.add(signal);
      const columns = (running ??= runningSummary(signal, cut.first));
      return Object.fromEntries(
        Object.keys(signal.summary).map((name) => [name, columns[name]?.[cut.row] ?? NaN]),
      ) as SignalSummary;
    },
  };
}

/** A summary's fields by row. */
function runningSummary(signal: RecordedSignal, first: number): Readonly<Record<string, ArrayLike<number>>> {
  const { kind, columns } = signal;
  const weights = kind === 'ratio' ? columns.samples : kind === 'histogram' ? columns.count : undefined;
  const folded = (column: Float64Array | undefined, fold: (so: number, value: number, row: number) => number) => {
    let so = NaN;
    return (column ?? new Float64Array(0)).map((value, row) => {
      if (row >= first && !Number.isNaN(value)) so = fold(so, value, row);
      return so;
    });
  };
  const sum = (column: Float64Array | undefined) => folded(column, (so, value) => (so || 0) + value);
  const told = (row: number): boolean => kind !== 'ratio' || columns.samples[row] >= RATIO_SAMPLES_MIN;
  const most = folded(columns.max ?? columns.mean, (so, value, row) => (told(row) && !(so >= value) ? value : so));
  const least = folded(columns.mean, (so, value, row) => (told(row) && !(so <= value) ? value : so));
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const weighed = sum(columns.mean?.map((value, row) => value * weightOf(row)));
  const weight = sum(columns.mean?.map((value, row) => (Number.isNaN(value) ? NaN : weightOf(row))));
  return {
    total: sum(columns.count),
    count: sum(columns.count),
    mean: weighed.map((value, row) => value / weight[row]),
    max: most,
    min: least,
    ...(kind === 'histogram' && runningQuantiles(signal, first)),
  };
}

/** Quantiles by row: where in its bucket an observation lies, nobody knows; they are taken as spread evenly. */
function runningQuantiles({ heat, summary }: RecordedSignal, first: number): Record<string, number[]> {
  if (!heat) return {};
  const { buckets, bounds, counts } = heat;
  const names = Object.keys(summary).filter((name) => /^p\d+$/.test(name));
  const quantiles: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const sums = new Float64Array(buckets);
  let all = 0;
  for (let row = 0; row * buckets < counts.length; row++) {
    for (let bucket = 0; row >= first && bucket < buckets; bucket++) {
      sums[bucket] += counts[row * buckets + bucket];
      all += counts[row * buckets + bucket];
    }
    for (const name of names) quantiles[name].push(quantileOf(sums, bounds, Number(`0.${name.slice(1)}`) * all));
  }
  return quantiles;
}

function quantileOf(sums: Float64Array, bounds: Float64Array, rank: number): number {
  let below = 0;
  for (const [bucket, count] of sums.entries()) {
    if (count > 0 && below + count >= rank) {
      const width = (bounds[bucket + 1] ?? bounds[bucket]) - bounds[bucket];
      return bounds[bucket] + (width * (rank - below)) / count;
    }
    below += count;
  }
  return NaN;
}

/**
 * Measures of a part of a run: the rows of a series that begin at a moment or after it. Where a remedy waits for something,
 * what it does is seen once it has done it, and what comes before is the pitfall still.
 */
import { toSeconds, type Time } from '../kernel/time.ts';
import { signalOf, unitOfColumn, type Evidence, type Measure } from './expectation.ts';
import { NEVER_NEGATIVE, rangeOfColumn, SHARE } from './natural-range.ts';
import type { ParameterValues } from './parameters.ts';

/** A moment that follows from a run's parameters, in words that end a sentence: `after the relief`. */
export interface Since {
  readonly words: string;
  at(params: ParameterValues): Time;
}

/** The highest value of a column: `p99` of a histogram, `mean` of a ratio, `last` of a gauge. NaN if no row has one. */
export const peakSince = (signal: string, column: string, since: Since): Measure => ({
  text: `peak of the ${column} of ${signal} ${since.words}`,
  unit: (evidence) => unitOfColumn(signalOf(evidence, signal), column),
  range: (evidence) => rangeOfColumn(signalOf(evidence, signal), column),
  of(evidence) {
    const values = columnOf(evidence, signal, column);
    let most = NaN;
    for (let row = firstRow(evidence, since); row < values.length; row++) {
      if (!(values[row] <= most)) most = Number.isNaN(values[row]) ? most : values[row];
    }
    return most;
  },
});

/** What a counter counted. */
export const totalSince = (signal: string, since: Since): Measure => ({
  text: `total of ${signal} ${since.words}`,
  unit: (evidence) => signalOf(evidence, signal).unit,
  range: () => NEVER_NEGATIVE,
  of: (evidence) => sumOf(evidence, since, columnOf(evidence, signal, 'count')),
});

/** The mean of a ratio over all that it was taken of; NaN if that is nothing. */
export const ratioSince = (signal: string, since: Since): Measure => ({
  text: `mean of ${signal} ${since.words}`,
  unit: (evidence) => signalOf(evidence, signal).unit,
  range: () => SHARE,
  of(evidence) {
    const [mean, samples] = ['mean', 'samples'].map((column) => columnOf(evidence, signal, column));
    const counted = mean.map((value, row) => (samples[row] > 0 ? value * samples[row] : 0));
    return sumOf(evidence, since, counted) / sumOf(evidence, since, samples);
  },
});

/** When a counter counts for the first time from a moment on: seconds from there to the end of that row, or of the run if it never does. */
export const firstSince = (signal: string, since: Since): Measure => ({
  text: `time to the first of ${signal} ${since.words}`,
  unit: () => 's',
  range: ({ header }) => ({ least: 0, most: toSeconds(lastRowEnds(header) - since.at(header.params)) }),
  of(evidence) {
    const { header } = evidence;
    const counts = columnOf(evidence, signal, 'count');
    const first = firstRow(evidence, since);
    const row = counts.findIndex((count, i) => i >= first && count > 0);
    const end = row < 0 ? header.duration : (row + 1) * header.interval;
    return toSeconds(end - since.at(header.params));
  },
});

const lastRowEnds = ({ duration, interval }: Evidence['header']): Time => Math.ceil(duration / interval) * interval;

const firstRow = ({ header }: Evidence, since: Since): number => Math.ceil(since.at(header.params) / header.interval);

function sumOf(evidence: Evidence, since: Since, column: Float64Array): number {
  let sum = 0;
  for (let row = firstRow(evidence, since); row < column.length; row++) sum += column[row];
  return sum;
}

function columnOf(evidence: Evidence, name: string, column: string): Float64Array {
  const { columns } = signalOf(evidence, name);
  if (Object.hasOwn(columns, column)) return columns[column];
  throw new Error(`${name} has no column ${column}; it has ${Object.keys(columns).join(', ')}`);
}

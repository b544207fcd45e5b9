/**
 * The table "signal, change, was, now": what a run's signals became, A against B over both runs, or before and after an
 * instant of one. A direction is said in words; whether it is good is not, for that is the reader's to say.
 *
 * Before and after are worked out from rows. Means are weighted by what they are means of; a percentile is never
 * averaged but read from the counts of the heat map, added up, and is known to within its bucket: its upper end is given.
 */
import {
  RATIO_SAMPLES_MIN,
  SAMPLES_MIN,
  type HeatMap,
  type RecordedSignal,
  type Recording,
  isShare,
} from '../../sim-core/index.ts';
import { differenceText, measureText, numberText, type Measured } from './measure-text.ts';

/** A signal as far as its whole run is told. */
type Summarised = Pick<RecordedSignal, 'name' | 'kind' | 'unit' | 'help' | 'summary'>;

export interface Change {
  readonly signal: Summarised;
  /** What is compared: `mean`, `p99`, `total`, `a second`. */
  readonly figure: string;
  readonly was: number;
  readonly now: number;
  /** `untold`: one of the two could not be measured. */
  readonly direction: 'up' | 'down' | 'same' | 'untold';
  /** The direction in words: `7.2 times as much`, `a third less`, `as before`. */
  readonly words: string;
  readonly wasText: string;
  readonly nowText: string;
}

/** Differences below this share of the larger value are none that anybody would act on. */
const SAME = 0.005;

/** The figure that stands for a signal in a sentence: the total of a counter, the p99 of a histogram, else the mean. */
export function figureOf(kind: RecordedSignal['kind']): string {
  if (kind === 'counter') return 'total';
  return kind === 'histogram' ? 'p99' : 'mean';
}

/** The summaries of two runs, in the order of `names`; what one of them did not record is left out. */
export function changesBetween(
  a: { readonly signals: readonly Summarised[] },
  b: { readonly signals: readonly Summarised[] },
  names: readonly string[],
): Change[] {
  return names.flatMap((name) => {
    const [one, other] = [a, b].map(({ signals }) => signals.find((signal) => signal.name === name));
    if (!one || !other) return [];
    const figure = figureOf(one.kind);
    return [changeOf(one, figure, one.summary[figure] ?? NaN, other.summary[figure] ?? NaN)];
  });
}

/** The rows after the warm-up and before an instant against those from it on; the row that holds it belongs to neither. */
export function changesAround(recording: Recording, time: number, names: readonly string[]): Change[] {
  const { interval, warmUp } = recording.header;
  const middle = Math.floor(time / interval);
  const first = Math.ceil(warmUp / interval);
  return names.flatMap((name) => {
    const signal = recording.signals.find((one) => one.name === name);
    if (!signal) return [];
    const end = Object.values(signal.columns)[0].length;
    const [was, now] = [figureWithin(signal, first, middle, interval), figureWithin(signal, middle + 1, end, interval)];
    return [changeOf(signal, signal.kind === 'counter' ? 'a second' : figureOf(signal.kind), was, now)];
  });
}

/** How much one value became another, in words that need no colour and no sign. */
export function changeWords({ kind, unit }: Measured, was: number, now: number): Pick<Change, 'direction' | 'words'> {
  if (!Number.isFinite(was) || !Number.isFinite(now)) return { direction: 'untold', words: 'cannot be told' };
  const larger = Math.max(Math.abs(was), Math.abs(now));
  if (larger === 0 || Math.abs(now - was) <= SAME * larger) return { direction: 'same', words: 'the same' };
  const direction = now > was ? 'up' : 'down';
  const more = direction === 'up' ? 'more' : 'less';
  const difference = differenceText({ kind, unit }, Math.abs(now - was)).slice(1);
  if (isShare({ kind, unit }) || was <= 0 || now <= 0) return { direction, words: `${difference} ${more}` };
  const times = now > was ? now / was : was / now;
  if (times >= 1.995)
    return { direction, words: `${numberText(times)} times ${direction === 'up' ? 'as much' : 'less'}` };
  return { direction, words: `${numberText((Math.abs(now - was) / was) * 100)}\u00a0% ${more}` };
}

function changeOf(signal: Summarised, figure: string, was: number, now: number): Change {
  const measured = figure === 'a second' ? ({ kind: 'rate', unit: '1/s' } as const) : signal;
  return {
    signal,
    figure,
    was,
    now,
    ...changeWords(measured, was, now),
    wasText: measureText(measured, was),
    nowText: measureText(measured, now),
  };
}

function figureWithin(signal: RecordedSignal, from: number, to: number, interval: number): number {
  const { columns, kind, heat } = signal;
  if (to <= from) return NaN;
  switch (kind) {
    case 'ratio': {
      const samples = sum(columns.samples, from, to);
      if (samples < RATIO_SAMPLES_MIN) return NaN;
      return sum(columns.mean, from, to, columns.samples) / samples;
    }
    case 'counter':
      return sum(columns.count, from, to) / (((to - from) * interval) / 1e9);
    case 'histogram':
      return heat ? p99Of(heat, from, to) : NaN;
    default:
      return sum(columns.mean, from, to) / (to - from);
  }
}

/** The upper bound of the bucket that holds the 99th of a hundred observations; NaN with fewer than a hundred. */
function p99Of({ buckets, bounds, counts }: HeatMap, from: number, to: number): number {
  const sums = Float64Array.from({ length: buckets }, (_, bucket) => {
    let all = 0;
    for (let row = from; row < to; row++) all += counts[row * buckets + bucket];
    return all;
  });
  const count = sum(sums, 0, buckets);
  if (count < SAMPLES_MIN.p99) return NaN;
  let left = Math.ceil(0.99 * count);
  const bucket = sums.findIndex((held) => (left -= held) <= 0);
  return bounds[bucket + 1] ?? bounds[bucket];
}

function sum(values: ArrayLike<number>, from: number, to: number, weights?: ArrayLike<number>): number {
  let all = 0;
  for (let row = from; row < to; row++) {
    const value = values[row] * (weights?.[row] ?? 1);
    if (!Number.isNaN(value)) all += value;
  }
  return all;
}

/**
 * A checklist is a table of rows as the handbook prints it, each held against a run. What a row says of it:
 *
 * | verdict | means |
 * |---|---|
 * | `good` | the threshold held in every window, or what is asked for is there |
 * | `bad` | it did not at some time, or what is asked for is not there |
 * | `untold` | the run has nothing to tell it by: no cache, no instruments |
 * | `attested` | paperwork: somebody has to say so, and no run can show it |
 *
 * Whether the run itself is to be trusted is another question, which `lab/health.ts` answers.
 */
import { grouped, readable } from '../../statistics/figures.ts';
import { stretchesOf, type Stretch, type Windows } from './windows.ts';

export type ChecklistVerdict = 'good' | 'bad' | 'untold' | 'attested';

export interface ChecklistRow {
  /** As printed; where a row of the handbook is held against several things, with the name of one behind it. */
  readonly item: string;
  /** As printed; empty where the handbook asks for a thing to be there. */
  readonly threshold: string;
  readonly verdict: ChecklistVerdict;
  /** What was found, in a sentence with its figures, or why nothing could be. */
  readonly found: string;
  /** Signals that it is worked out of. */
  readonly signals: readonly string[];
  /** When it was broken. */
  readonly broken: readonly Stretch[];
}

export interface Checklist {
  readonly id: 'cache' | 'kafka' | 'slo' | 'readiness';
  readonly title: string;
  readonly rows: readonly ChecklistRow[];
}

/** What is printed, and which signals it is worked out of. */
export type Printed = Pick<ChecklistRow, 'item' | 'threshold' | 'signals'>;

export const found = (printed: Printed, verdict: ChecklistVerdict, text: string): ChecklistRow => ({
  ...printed,
  verdict,
  found: text,
  broken: [],
});

export interface Watch {
  readonly windows: Windows;
  /** By the row that ends each window; NaN where it cannot be told. */
  readonly values: Float64Array;
  readonly isBroken: (value: number, row: number) => boolean;
  /** Which end of the values is the worst one. */
  readonly worst: 'highest' | 'lowest';
  readonly words: (value: number) => string;
  /** Of the whole run; put before the worst of a window. */
  readonly overall?: string | undefined;
  /** Why nothing could be told, where no window had a value. */
  readonly untold: string;
  /** What stands beside it, without which it is misread. */
  readonly beside?: string | undefined;
}

/** A row whose values are held against its threshold window by window. */
export function watched(printed: Printed, watch: Watch): ChecklistRow {
  const { windows, values, isBroken, worst, words, overall, untold, beside } = watch;
  let at = -1;
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    if (at < 0 || (worst === 'highest' ? value > values[at] : value < values[at])) at = row;
  });
  if (at < 0) return found(printed, 'untold', untold);
  const broken = stretchesOf(windows, (row) => (Number.isNaN(values[row]) ? undefined : isBroken(values[row], row)));
  const moment = secondsText((at + 1) * windows.interval);
  const text = [
    ...(overall === undefined ? [] : [`${overall} over the run`]),
    `${words(values[at])} at worst, at ${moment}`,
    ...(broken.length === 0 ? [] : [whenBroken(broken, windows)]),
    ...(beside === undefined ? [] : [beside]),
  ].join('; ');
  return { ...printed, verdict: broken.length === 0 ? 'good' : 'bad', found: text, broken };
}

function whenBroken(broken: readonly Stretch[], { to, interval }: Windows): string {
  const [{ from, to: until }] = broken;
  const end = until >= to * interval ? 'the end' : secondsText(until);
  const more = broken.length - 1;
  const again = more === 0 ? '' : more === 1 ? ', and once more' : `, and ${more} times more`;
  return `broken from ${secondsText(from)} to ${end}${again}`;
}

export const secondsText = (time: number): string => `${Number((time / 1e9).toFixed(2))} s`;
export const percentText = (share: number): string => `${readable(100 * share)} %`;
export const timeText = (seconds: number): string =>
  seconds < 1 ? `${readable(1000 * seconds)} ms` : `${readable(seconds)} s`;

/** `1 window`, `3 windows`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

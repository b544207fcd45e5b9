/**
 * A prediction, the run that answers it, and what it was worth by a rule that the page states. Which answer is right is
 * never written down anywhere: it is read from the run.
 */
import {
  durationOf,
  intervalOf,
  mainColumn,
  type ParameterValues,
  parseDuration,
  parseValue,
  type RecordedSignal,
  resolveParameters,
  type Scenario,
  type Trialled,
} from '../../sim-core/index.ts';
import { readQuantity, type ChoicePrompt, type Prompt } from '../../scenarios/prompts.ts';
import type { Experiment } from './experiment.ts';
import { isShare, measureText, type Measured } from './measure-text.ts';

/** A choice is the number of its option, from 0; a number is in the signal's unit; a sketch has a value a column. */
export type Answer = number | readonly number[];

/** As it is kept: what was asked, what was said, and the run that answered. */
export interface Prediction {
  readonly scenario: string;
  readonly ask: string;
  readonly answer: Answer;
  /** What was measured: a value, or one a column; NaN where the run has none. */
  readonly outcome: Answer;
  /** 0 to 100. */
  readonly score: number;
  readonly variant: string;
  readonly params: ParameterValues;
  readonly seed: number | string;
  readonly digest: string;
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
}

/** Columns of a sketch at most. */
const COLUMNS_MAX = 40;

/** The run that answers a prompt, with this seed. */
export function experimentFor({ variant, changed }: Prompt, scenario: Scenario, seed: number | string): Experiment {
  const values = Object.entries(changed).map(([name, text]) => [name, parseValue(name, scenario.params[name], text)]);
  return { variant, changed: Object.fromEntries(values), seed, interventions: [] };
}

/** Whether a recording is the run of an experiment. */
export function isRunOf({ header }: Pick<Trialled, 'header'>, scenario: Scenario, experiment: Experiment): boolean {
  const params = resolveParameters(scenario, experiment.variant, experiment.changed);
  return (
    header.variant === experiment.variant &&
    header.seed === experiment.seed &&
    header.interventions.length === 0 &&
    Object.entries(params).every(([name, value]) => header.params[name] === value)
  );
}

/** The stretch of time that is sketched, and in how many columns of at least a row. */
export interface SketchFrame {
  /** Nanoseconds. */
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  readonly top: number;
}

export function sketchFrame(prompt: Prompt, scenario: Scenario): SketchFrame | undefined {
  const { answer } = prompt;
  if (answer.kind !== 'line') return undefined;
  const { variant, changed } = experimentFor(prompt, scenario, scenario.seed);
  const params = resolveParameters(scenario, variant, changed);
  const [first, last] = answer.window?.map((text) => parseDuration(text)) ?? [];
  const from = first ?? 0;
  const to = last ?? durationOf(scenario, params);
  const rows = Math.floor((to - from) / intervalOf(scenario, durationOf(scenario, params)));
  return { from, to, columns: Math.max(2, Math.min(COLUMNS_MAX, rows)), top: answer.top };
}

/** What the run answers; undefined if it lacks the signal. */
export function outcomeOf(prompt: Prompt, recording: Trialled, frame: SketchFrame | undefined): Answer | undefined {
  const signal = recording.signals.find(({ name }) => name === prompt.signal);
  if (!signal) return undefined;
  if (prompt.answer.kind !== 'line') return signal.summary[prompt.answer.field];
  return frame && columnsOf(signal, recording.header.interval, frame);
}

/** 0 to 100, by the rule that `scoreRule` states. */
export function scoreOf({ answer }: Prompt, signal: Measured, said: Answer, measured: Answer): number {
  if (typeof said === 'object') return typeof measured === 'object' ? 100 * overlap(said, measured) : 0;
  if (typeof measured === 'object') return 0;
  if (answer.kind === 'choice') return said === optionOf(answer, measured) ? 100 : 0;
  return 100 * (isShare(signal) ? Math.max(0, 1 - Math.abs(said - measured)) : closeness(said, measured));
}

/** How a score comes about, as the page says it. */
export function scoreRule({ answer }: Prompt, signal: Measured): string {
  if (answer.kind === 'choice') return '100 for the option that holds the measured value, 0 for any other.';
  if (answer.kind === 'line') return 'The per cent that the areas under your line and the measured one have in common.';
  return isShare(signal)
    ? '100 less one for every percentage point that you are off.'
    : '100 less 100 times the decimal logarithm of the factor that you are off: 70 at a factor of 2, 0 from 10 on.';
}

/** The option of a choice that holds a value. */
export function optionOf({ options }: ChoicePrompt, value: number): number {
  return options.findIndex(({ upTo = Infinity }) => value <= upTo);
}

/** An option in words: `up to 3`, `more than 3, up to 16`, `more than 100`. */
export function optionText({ options }: ChoicePrompt, index: number, signal: Measured): string {
  const above = options[index - 1]?.upTo;
  const { upTo } = options[index];
  const parts = [
    ...(above === undefined ? [] : [`more than ${measureText(signal, above)}`]),
    ...(upTo === undefined ? [] : [`up to ${measureText(signal, upTo)}`]),
  ];
  return parts.join(', ');
}

/** What somebody typed, in the signal's unit: durations are in milliseconds and shares in per cent unless they say otherwise. */
export function typedNumber(text: string, { kind, unit }: Measured): number | undefined {
  const trimmed = text.trim().replaceAll(',', '');
  const usual = isShare({ kind, unit }) ? '%' : unit === 's' ? 'ms' : '';
  return readQuantity(/[\d.]$/.test(trimmed) ? trimmed + usual : trimmed);
}

/** A value for every column: what was left out is taken from its neighbours, in a straight line between two. */
export function filledSketch(drawn: readonly (number | undefined)[]): number[] {
  const known = drawn.flatMap((value, column) => (value === undefined ? [] : [{ value, column }]));
  if (known.length === 0) return [];
  return drawn.map((value, column) => {
    if (value !== undefined) return value;
    const left = known.findLast((one) => one.column < column);
    const right = known.find((one) => one.column > column);
    if (!left || !right) return (left ?? right)!.value;
    const share = (column - left.column) / (right.column - left.column);
    return left.value + share * (right.value - left.value);
  });
}

/** A signal by column: the highest value of a gauge, the mean of anything else's rows; NaN where no row has a value. */
function columnsOf(signal: RecordedSignal, interval: number, { from, to, columns }: SketchFrame): number[] {
  const isGauge = signal.kind === 'gauge';
  const values = isGauge ? signal.columns.max : mainColumn(signal);
  const gathered = Array.from({ length: columns }, (): number[] => []);
  for (let row = 0; row < values.length; row++) {
    const column = Math.floor((((row + 0.5) * interval - from) / (to - from)) * columns);
    if (column >= 0 && column < columns && !Number.isNaN(values[row])) gathered[column].push(values[row]);
  }
  return gathered.map((found) => {
    if (found.length === 0) return NaN;
    return isGauge ? Math.max(...found) : found.reduce((sum, value) => sum + value, 0) / found.length;
  });
}

/** The area that lies under both lines by the area that lies under either, 0 to 1; columns without a value do not count. */
function overlap(said: readonly number[], measured: readonly number[]): number {
  let both = 0;
  let either = 0;
  for (const [column, value] of measured.entries()) {
    if (Number.isNaN(value)) continue;
    both += Math.min(said[column], value);
    either += Math.max(said[column], value);
  }
  return either === 0 ? 1 : both / either;
}

/** 1 for the same value, 0 from a factor of ten on. */
function closeness(said: number, measured: number): number {
  if (said === measured) return 1;
  if (!(said > 0 && measured > 0)) return 0;
  return Math.max(0, 1 - Math.abs(Math.log10(said / measured)));
}

/**
 * Answers to a guide's prompts: the run that answers one, what it answers, and what a reader's answer is worth beside that.
 * Which answer is right is never written down anywhere: it is read from the run, by the page as by whoever grades.
 */
import {
  durationOf,
  intervalOf,
  isShare,
  mainColumn,
  type ParameterValues,
  parseDuration,
  parseValue,
  type RecordedSignal,
  resolveParameters,
  type Scenario,
  type Trialled,
} from '../sim-core/index.ts';
import type { ChoicePrompt, Prompt } from './prompts.ts';

/** A choice is the number of its option, from 0; a number is in the signal's unit; a sketch has a value a column. */
export type Answer = number | readonly number[];

/** What decides how a value is compared. */
type Measured = Pick<RecordedSignal, 'kind' | 'unit'>;

/** A run that answers a prompt. */
export interface PromptRun {
  readonly variant: string;
  /** Over the variant's own. */
  readonly changed: ParameterValues;
  readonly seed: number | string;
  readonly interventions: readonly [];
}

/** Columns of a sketch at most. */
const COLUMNS_MAX = 40;

/** The run that answers a prompt, with this seed. */
export function experimentFor({ variant, changed }: Prompt, scenario: Scenario, seed: number | string): PromptRun {
  const values = Object.entries(changed).map(([name, text]) => [name, parseValue(name, scenario.params[name], text)]);
  return { variant, changed: Object.fromEntries(values), seed, interventions: [] };
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

/** 0 to 100, by the rule that `scoreRule` states; 0 for a sketch with more or fewer columns than were asked for. */
export function scoreOf({ answer }: Prompt, signal: Measured, said: Answer, measured: Answer): number {
  if (typeof said === 'object') {
    return typeof measured === 'object' && said.length === measured.length ? 100 * overlap(said, measured) : 0;
  }
  if (typeof measured === 'object') return 0;
  if (answer.kind === 'choice') return said === optionOf(answer, measured) ? 100 : 0;
  return 100 * (isShare(signal) ? Math.max(0, 1 - Math.abs(said - measured)) : closeness(said, measured));
}

/** The option of a choice that holds a value. */
export function optionOf({ options }: ChoicePrompt, value: number): number {
  return options.findIndex(({ upTo = Infinity }) => value <= upTo);
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
  return either === 0 ? 1 : Math.max(0, both / either);
}

/** 1 for the same value, 0 from a factor of ten on. */
function closeness(said: number, measured: number): number {
  if (said === measured) return 1;
  if (!(said > 0 && measured > 0)) return 0;
  return Math.max(0, 1 - Math.abs(Math.log10(said / measured)));
}

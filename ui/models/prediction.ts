/** A prediction as it is kept, and how its answers and its worth are put into words. What it is worth is `scenarios/answers.ts`'. */
import {
  isShare,
  type ParameterValues,
  resolveParameters,
  type Scenario,
  type Trialled,
} from '../../sim-core/index.ts';
import type { Answer } from '../../scenarios/answers.ts';
import { readQuantity, type ChoicePrompt, type Prompt } from '../../scenarios/prompts.ts';
import type { Experiment } from './experiment.ts';
import { measureText, type Measured } from './measure-text.ts';

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

/** Whether a recording is the run of an experiment. */
export function isRunOf({ header }: Pick<Trialled, 'header'>, scenario: Scenario, experiment: Experiment): boolean {
  const params = resolveParameters(scenario, experiment.variant, experiment.changed);
  return (
    header.variant === experiment.variant &&
    header.seed === experiment.seed &&
    JSON.stringify(header.interventions) === JSON.stringify(experiment.interventions) &&
    Object.entries(params).every(([name, value]) => header.params[name] === value)
  );
}

/** How a score comes about, as the page says it. */
export function scoreRule({ answer }: Prompt, signal: Measured): string {
  if (answer.kind === 'choice') return '100 for the option that holds the measured value, 0 for any other.';
  if (answer.kind === 'line') return 'The per cent that the areas under your line and the measured one have in common.';
  return isShare(signal)
    ? '100 less one for every percentage point that you are off.'
    : '100 less 100 times the decimal logarithm of the factor that you are off: 70 at a factor of 2, 0 from 10 on.';
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

/**
 * Parameters of a scenario: typed, bounded, with unit and help. Sliders, `--set`, sweep grids, links and a JSON Schema
 * all come from these definitions, and so does every error about a value.
 *
 * A value as text carries its unit: `500ms`, `2.5s`, `20%`; a bare number is in the parameter's own unit, which for a
 * duration is the second.
 */
import { HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, SECOND } from '../kernel/time.ts';
import { inWords } from './value-in-words.ts';

interface Common {
  /** A sentence: what it changes. */
  readonly help: string;
  /**
   * Whether an exercise lets it be set (`design`), locks it (`world`: traffic, faults, hardware, how long is measured), or
   * has it as the remedies do, for it only observes (`view`). Said only where what remedies set does not say it: see
   * `exercises/exercise.ts`.
   */
  readonly of?: 'design' | 'world' | 'view';
}

export interface NumberParameter extends Common {
  readonly type: 'integer' | 'number' | 'rate' | 'share';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Drawn on a logarithmic slider. */
  readonly logarithmic?: boolean;
}

export interface DurationParameter extends Common {
  readonly type: 'duration';
  /** Whole nanoseconds, as `min` and `max`. */
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly logarithmic?: boolean;
}

export interface ChoiceParameter<Choice extends string = string> extends Common {
  readonly type: 'choice';
  readonly default: Choice;
  readonly choices: readonly Choice[];
  /**
   * Where the choices are designs in several worlds, each world's: an exercise in one offers those of that world. Choices
   * that are nowhere named are offered by none.
   */
  readonly worlds?: readonly (readonly Choice[])[];
}

export interface FlagParameter extends Common {
  readonly type: 'flag';
  readonly default: boolean;
}

export type Parameter = NumberParameter | DurationParameter | ChoiceParameter | FlagParameter;
export type ParameterValue = number | string | boolean;
export type Parameters = Readonly<Record<string, Parameter>>;
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** Whether two settings have the same parameters, each of the same value. */
export const isSameSetting = (one: ParameterValues, other: ParameterValues): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, value]) => other[name] === value);

/** The values that a set of parameters takes. */
export type ValuesOf<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends ChoiceParameter<infer Choice>
    ? Choice
    : P[Name] extends FlagParameter
      ? boolean
      : number;
};

type Options<P extends Parameter> = Omit<P, 'type'>;

/** A whole number. */
export const integer = (options: Options<NumberParameter>): NumberParameter => ({ type: 'integer', ...options });
/** A number without a unit. */
export const number = (options: Options<NumberParameter>): NumberParameter => ({ type: 'number', ...options });
/** So many a second. */
export const rate = (options: Options<NumberParameter>): NumberParameter => ({ type: 'rate', ...options });
/** A share of a whole, 0 to 1; also written in per cent. */
export const share = (options: Options<NumberParameter>): NumberParameter => ({ type: 'share', ...options });
/** A length of time; bounds and default by `ms(…)`, `s(…)`. */
export const duration = (options: Options<DurationParameter>): DurationParameter => ({ type: 'duration', ...options });
/** One of several names. */
export const choice = <const Choice extends string>(
  options: Options<ChoiceParameter<Choice>>,
): ChoiceParameter<Choice> => ({ type: 'choice', ...options });
/** On or off. */
export const flag = (options: Options<FlagParameter>): FlagParameter => ({ type: 'flag', ...options });

const TYPES: readonly string[] = ['integer', 'number', 'rate', 'share', 'duration', 'choice', 'flag'];

/** A value that a parameter does not take; the message names the parameter, the value and what would be right. */
export class ParameterError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ParameterError';
  }
}

const OF: readonly Common['of'][] = ['design', 'world', 'view'];

/** Throws `ParameterError` unless the definition is whole and takes its own default. */
export function checkParameter(name: string, parameter: Parameter): void {
  const wrong = (field: string, value: unknown, expected: string): never => {
    throw new ParameterError(`parameter ${name}: ${field} is ${inWords(value)}; expected ${expected}`);
  };
  if (typeof parameter !== 'object' || parameter === null) {
    throw new ParameterError(
      `parameter ${name}: ${inWords(parameter)} is no definition; expected rate({ … }) or the like`,
    );
  }
  const { type, help, of } = parameter;
  if (!TYPES.includes(type)) wrong('type', type, `one of ${TYPES.join(', ')}`);
  if (typeof help !== 'string' || help === '') wrong('help', help, 'a sentence');
  if (of !== undefined && !OF.includes(of)) wrong('of', of, `${OF.join(', ')}, or to be left out`);
  if (parameter.type === 'choice') {
    const choices: unknown = parameter.choices;
    if (!Array.isArray(choices) || choices.length === 0 || !choices.every((one) => typeof one === 'string')) {
      wrong('choices', choices, 'a list of names');
    }
    const stray = parameter.worlds?.flat().find((one) => !parameter.choices.includes(one));
    if (stray !== undefined) wrong('worlds', stray, `choices: ${parameter.choices.join(', ')}`);
  } else if (parameter.type !== 'flag') {
    const isWhole = type === 'integer' || type === 'duration';
    for (const field of ['min', 'max'] as const) {
      const value = parameter[field];
      if (isWhole && !Number.isSafeInteger(value)) wrong(field, value, 'a whole number');
      if (!Number.isFinite(value)) wrong(field, value, 'a number');
    }
    if (parameter.min > parameter.max) wrong('min', parameter.min, `at most max, ${parameter.max}`);
    if (parameter.logarithmic && parameter.min <= 0) wrong('min', parameter.min, 'more than 0 on a logarithmic slider');
  }
  checkValue(name, parameter, parameter.default);
}

/** Returns the value if the parameter takes it, and throws `ParameterError` otherwise. */
export function checkValue(name: string, parameter: Parameter, value: unknown): ParameterValue {
  const wrong = (): never => {
    const shown =
      typeof value === 'number'
        ? formatValue(parameter, value)
        : typeof value === 'string' && value !== ''
          ? value
          : inWords(value);
    throw new ParameterError(`parameter ${name}: ${shown} is not valid; expected ${describeDomain(parameter)}`);
  };
  switch (parameter.type) {
    case 'choice':
      return typeof value === 'string' && parameter.choices.includes(value) ? value : wrong();
    case 'flag':
      return typeof value === 'boolean' ? value : wrong();
    default: {
      if (typeof value !== 'number' || !(value >= parameter.min && value <= parameter.max)) return wrong();
      const whole = parameter.type === 'integer' || parameter.type === 'duration';
      return whole && !Number.isInteger(value) ? wrong() : value;
    }
  }
}

/** What a parameter takes, in words: `a duration from 100ms to 60s`. */
export function describeDomain(parameter: Parameter): string {
  switch (parameter.type) {
    case 'choice':
      return `one of ${parameter.choices.join(', ')}`;
    case 'flag':
      return 'true or false';
    case 'duration':
      return `a duration from ${formatValue(parameter, parameter.min)} to ${formatValue(parameter, parameter.max)}, such as 500ms or 2s`;
    default: {
      const noun = { integer: 'a whole number', number: 'a number', rate: 'a number a second', share: 'a share' };
      return `${noun[parameter.type]} from ${formatValue(parameter, parameter.min)} to ${formatValue(parameter, parameter.max)}`;
    }
  }
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: NANOSECOND,
  us: MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
};

/** A duration as text, in nanoseconds, rounded to whole ones; undefined if it is none. `12s`, `1.5ms`, `0.25`. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+)(\.\d+)?(ns|us|ms|s|m|min|h)?$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = DURATION_UNITS[match[3] ?? 's'];
  // Apart, because a month and its nanoseconds together are more digits than a double holds.
  return Number(match[1]) * unit + Math.round(Number(`0${match[2] ?? ''}`) * unit);
}

/** Reads a value written as text (`--set`, a link); throws `ParameterError`. */
export function parseValue(name: string, parameter: Parameter, text: string): ParameterValue {
  return checkValue(name, parameter, readText(parameter, text.trim()) ?? text);
}

function readText(parameter: Parameter, text: string): ParameterValue | undefined {
  switch (parameter.type) {
    case 'choice':
      return text;
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'duration':
      return parseDuration(text);
    default: {
      const match = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(%|\/s)?$/i.exec(text);
      if (match === null) return undefined;
      if (match[2] === '%') return parameter.type === 'share' ? Number(match[1]) / 100 : undefined;
      if (match[2] === '/s' && parameter.type !== 'rate') return undefined;
      return Number(match[1]);
    }
  }
}

/** A value as text that `parseValue` reads back: `500ms`, `1000`, `single-flight`. */
export function formatValue(parameter: Parameter, value: ParameterValue): string {
  if (typeof value !== 'number') return String(value);
  if (parameter.type === 'duration') return formatDuration(value);
  if (parameter.type === 'rate') return `${value}/s`;
  return String(value);
}

/** A duration in the largest unit up to seconds that is not above it, to the nanosecond: `500ms`, `1.5s`, `120s`. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  const size = Math.abs(nanoseconds);
  const unit = (['s', 'ms', 'us'] as const).find((name) => size >= DURATION_UNITS[name]) ?? 'ns';
  const length = DURATION_UNITS[unit];
  if (!Number.isSafeInteger(nanoseconds)) return `${Number((nanoseconds / length).toPrecision(12))}${unit}`;
  const rest = size % length;
  const digits =
    rest === 0
      ? ''
      : `.${String(length + rest)
          .slice(1)
          .replace(/0+$/, '')}`;
  return `${nanoseconds < 0 ? '-' : ''}${(size - rest) / length}${digits}${unit}`;
}

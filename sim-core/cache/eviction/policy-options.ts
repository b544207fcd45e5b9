/**
 * The options of an eviction policy: what it is called, what it does, and its default, declared beside the policy; and how
 * somebody chooses them in a text, on the command line or as a parameter:
 *
 *     policy  := name (":" option)*
 *     option  := name "=" value | name          alone: a switch, put on
 *
 * as `w-tinylfu:window=0.2:climb`.
 */

interface Described {
  readonly help: string;
}

/** A part of the whole, from 0 to 1. */
export interface ShareOption extends Described {
  readonly kind: 'share';
  readonly default: number;
}

/** An integer from 1. */
export interface CountOption extends Described {
  readonly kind: 'count';
  readonly default: number;
}

/** Something that is done or not. */
export interface SwitchOption extends Described {
  readonly kind: 'switch';
  readonly default: boolean;
}

export interface ChoiceOption<Choice extends string = string> extends Described {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
  readonly default: Choice;
}

export type PolicyOption = ShareOption | CountOption | SwitchOption | ChoiceOption;
export type PolicyOptions = Readonly<Record<string, PolicyOption>>;

type ValueOf<Option extends PolicyOption> = Option extends { kind: 'share' | 'count' }
  ? number
  : Option extends { kind: 'switch' }
    ? boolean
    : Option extends ChoiceOption<infer Choice>
      ? Choice
      : never;

/** A value for each option. */
export type OptionValues<Options extends PolicyOptions> = {
  readonly [Name in keyof Options]: ValueOf<Options[Name]>;
};

/** A name that there is not, where one of several was asked for. */
export class UnknownName extends RangeError {
  override readonly name = 'UnknownName';
  /** What it should be the name of, what was given, and which there are. */
  readonly what: string;
  readonly given: string;
  readonly known: readonly string[];

  constructor(what: string, given: string, known: readonly string[]) {
    super(`there is no ${what} '${given}'; there are ${known.join(', ')}`);
    this.what = what;
    this.given = given;
    this.known = known;
  }
}

/** The values given, and the defaults of the others. Throws a `RangeError` that names the option where a value is none. */
export function completed<Options extends PolicyOptions>(
  options: Options,
  given: Partial<OptionValues<Options>>,
): OptionValues<Options> {
  const values = Object.entries(options).map(([name, option]) => {
    const value = given[name] ?? option.default;
    if (!isValue(option, value)) throw new RangeError(`${name}: ${value} is not ${expected(option)}`);
    return [name, value] as const;
  });
  return Object.fromEntries(values) as unknown as OptionValues<Options>;
}

/** The values that the texts after a policy's name give. Throws a `RangeError` or an `UnknownName`. */
export function parseOptions<Options extends PolicyOptions>(
  policy: string,
  options: Options,
  texts: readonly string[],
): Partial<OptionValues<Options>> {
  const values: Record<string, number | boolean | string> = {};
  for (const text of texts) {
    const [name, ...rest] = text.split('=').map((part) => part.trim());
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (option === undefined) throw new UnknownName(`option of ${policy}`, name, Object.keys(options));
    if (Object.hasOwn(values, name)) throw new RangeError(`${name} of ${policy} is given twice`);
    const value = valueOf(option, rest);
    if (value === undefined || !isValue(option, value)) {
      const given = rest.length === 0 ? 'has no value' : `"${rest.join('=')}" is not a value`;
      throw new RangeError(`${name} of ${policy} ${given}; give ${expected(option)}, as ${example(name, option)}`);
    }
    values[name] = value;
  }
  return values as Partial<OptionValues<Options>>;
}

/** One line an option: its name, its default and what it does. */
export const optionsHelp = (options: PolicyOptions): string[] =>
  Object.entries(options).map(([name, option]) => `${name}=${written(option.default)}: ${option.help}`);

function valueOf(option: PolicyOption, rest: readonly string[]): number | boolean | string | undefined {
  if (rest.length === 0) return option.kind === 'switch' ? true : undefined;
  const text = rest.join('=');
  if (option.kind === 'choice') return text;
  if (option.kind === 'switch') return text === 'on' ? true : text === 'off' ? false : undefined;
  return /^\d*\.?\d+$/.test(text) ? Number(text) : undefined;
}

function isValue(option: PolicyOption, value: unknown): boolean {
  if (option.kind === 'switch') return typeof value === 'boolean';
  if (option.kind === 'choice') return option.choices.some((choice) => choice === value);
  if (typeof value !== 'number') return false;
  return option.kind === 'share' ? value >= 0 && value <= 1 : Number.isSafeInteger(value) && value >= 1;
}

function expected(option: PolicyOption): string {
  if (option.kind === 'share') return 'a share from 0 to 1';
  if (option.kind === 'count') return 'an integer from 1';
  return option.kind === 'switch' ? 'on or off' : option.choices.join(' or ');
}

const written = (value: number | boolean | string): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);

const example = (name: string, option: PolicyOption): string => `${name}=${written(option.default)}`;

/**
 * The prompts of a guide: what a learner is asked to predict before a run answers it. In the guide's section Predict
 * each stands in a fenced block with the word `predict`, one `name: value` a line:
 *
 *     ask: How many loads of the hot key reach the database now?
 *     run: single-flight, rate=2000/s
 *     measure: total:stampede.hot_key.reads
 *     choice: up to 3 (once an expiry)
 *     choice: up to 16
 *     choice: more
 *     hint: There are four instances.
 *
 * `ask` is the question; `run` the variant that answers it, and parameters changed over it; `measure` a field of a
 * signal's summary, as in a live number. With `choice` lines, bounds that rise and end in `more`, the answer is one of
 * them: which is right is left to the run. Without them it is a number. A line to be sketched has, in place of
 * `measure`, `line: cache.loads.active up to 300`, where the number is the top of its axis, and may say `from 4s to 26s`
 * behind it. Numbers are in the signal's own unit, or end in `%`, `us`, `ms` or `s`. `hint` may stand there repeatedly.
 */

export interface Prompt {
  readonly ask: string;
  readonly variant: string;
  /** Parameters changed over the variant's own, as text. */
  readonly changed: Readonly<Record<string, string>>;
  readonly signal: string;
  readonly answer: ChoicePrompt | NumberPrompt | LinePrompt;
  readonly hints: readonly string[];
}

export interface ChoicePrompt {
  readonly kind: 'choice';
  /** Of the signal's summary. */
  readonly field: string;
  /** Rising; the last has no bound. */
  readonly options: readonly { readonly upTo?: number; readonly note?: string }[];
}

export interface NumberPrompt {
  readonly kind: 'number';
  readonly field: string;
}

export interface LinePrompt {
  readonly kind: 'line';
  /** Top of the axis, which begins at 0. */
  readonly top: number;
  /** The stretch of the run that is sketched, as durations in text; the whole run if absent. */
  readonly window?: readonly [from: string, to: string];
}

/** A prompt does not say what its grammar wants; the message names the line. */
export class PromptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PromptError';
  }
}

const NAMES = ['ask', 'run', 'measure', 'line', 'choice', 'hint'];

/** The prompts of a guide, in order; throws `PromptError`. */
export const promptsIn = (guide: string): Prompt[] =>
  [...guide.matchAll(/^```predict *\n([\s\S]*?)^``` *$/gm)].map(([, text]) => readPrompt(text));

/** Reads the text of a block; throws `PromptError`. */
export function readPrompt(text: string): Prompt {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readLine);
  const all = (name: string): string[] => lines.filter((line) => line.name === name).map(({ value }) => value);
  const one = (name: string): string | undefined => {
    const [first, second] = all(name);
    if (second !== undefined) throw new PromptError(`'${name}:' is there twice`);
    return first;
  };
  const needed = (name: string): string => {
    const value = one(name);
    if (value === undefined) throw new PromptError(`there is no line '${name}:'`);
    return value;
  };
  const line = one('line');
  const choices = all('choice');
  if (line !== undefined && (one('measure') !== undefined || choices.length > 0)) {
    throw new PromptError("'line:' stands alone, without 'measure:' and 'choice:'");
  }
  const common = { ask: needed('ask'), ...readRun(needed('run')), hints: all('hint') };
  if (line !== undefined) return { ...common, ...readSketched(line) };
  const [, field, signal] = matched(needed('measure'), /^(\w+):(\S+)$/, "'measure:'", 'FIELD:SIGNAL');
  const answer: Prompt['answer'] =
    choices.length > 0 ? { kind: 'choice', field, options: readChoices(choices) } : { kind: 'number', field };
  return { ...common, signal, answer };
}

/** A number that may end in a unit: `300`, `12%`, `60ms`; undefined if it is none. */
export function readQuantity(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|us|µs|ms|s)?$/i.exec(text.trim());
  return parts ? Number(parts[1]) * SCALES[parts[2]?.toLowerCase() ?? ''] : undefined;
}

const SCALES: Readonly<Record<string, number>> = { '': 1, '%': 0.01, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1 };

function readLine(line: string): { name: string; value: string } {
  const [, name, value] = matched(line.trim(), /^(\w+):\s*(.+)$/, 'a line', 'NAME: VALUE');
  if (!NAMES.includes(name)) throw new PromptError(`'${name}:' means nothing; there are ${NAMES.join(', ')}`);
  return { name, value: value.trim() };
}

function readRun(text: string): Pick<Prompt, 'variant' | 'changed'> {
  const [variant, ...settings] = text.split(',').map((part) => part.trim());
  const changed = settings.map((setting): [string, string] => {
    const [, name, value] = matched(setting, /^(\w+)=(\S+)$/, "'run:'", 'VARIANT, NAME=VALUE');
    return [name, value];
  });
  return { variant, changed: Object.fromEntries(changed) };
}

function readSketched(text: string): Pick<Prompt, 'signal' | 'answer'> {
  const form = /^(\S+) up to (\S+)(?: from (\S+) to (\S+))?$/;
  const [, signal, top, from, to] = matched(text, form, "'line:'", 'SIGNAL up to NUMBER from TIME to TIME');
  const window: Partial<LinePrompt> = from && to ? { window: [from, to] } : {};
  return { signal, answer: { kind: 'line', top: quantity(top, "'line:'"), ...window } };
}

function readChoices(choices: readonly string[]): ChoicePrompt['options'] {
  const options = choices.map((choice) => {
    const [, bound, note] = matched(
      choice,
      /^(?:up to (\S+)|more)(?: \((.+)\))?$/,
      "'choice:'",
      'up to NUMBER, or more',
    );
    return { ...(bound && { upTo: quantity(bound, "'choice:'") }), ...(note && { note }) };
  });
  const rises = options.every(({ upTo }, i) => {
    if (i === options.length - 1) return upTo === undefined;
    return upTo !== undefined && (i === 0 || upTo > (options[i - 1].upTo ?? Infinity));
  });
  if (!rises || options.length < 2) throw new PromptError("'choice:' has to rise from line to line, and end in 'more'");
  return options;
}

function quantity(text: string, where: string): number {
  const value = readQuantity(text);
  if (value === undefined) throw new PromptError(`${where} has '${text}' where a number is expected`);
  return value;
}

function matched(text: string, form: RegExp, where: string, expected: string): RegExpExecArray {
  const parts = form.exec(text);
  if (!parts) throw new PromptError(`${where} is '${text}'; expected ${expected}`);
  return parts;
}

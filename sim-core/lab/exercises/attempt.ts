/**
 * An attempt at an exercise as a document: everything that was tried, in order, with the digest of each run. Whoever gets the
 * file computes the runs again and learns whether the exercise was solved; nothing that the file says of that is believed.
 *
 * ```json
 * { "attempt": 1, "engine": "0.1.0", "scenario": "backpressure", "definition": "sha256:…", "exercise": "unbounded-queue",
 *   "tries": [{ "params": { "isBounded": true }, "foretold": "holds", "digest": "sha256:…" }],
 *   "hints": 0, "handedIn": 1, "solved": true, "explanation": "…" }
 * ```
 *
 * `params` holds what differs from the pitfall's own values; `foretold`, where something was, what was expected before the
 * run; `handedIn` the number of the try, from 1, that was held against further seeds. Unlike a link, of which a part can be
 * ignored, a file with anything wrong in it is refused: it is evidence.
 */
import { checkValue, formatValue, ParameterError, type ParameterValue, type ParameterValues } from '../parameters.ts';
import { resolveParameters, type Scenario } from '../scenario.ts';
import { inWords } from '../value-in-words.ts';
import { ENGINE_VERSION } from '../version.ts';
import { exercisesOf, type Exercise } from './exercise.ts';
import { FORETOLD, type Foretold } from './goals.ts';

/** A design that was run, on the scenario's own seed. */
export interface Try {
  /** What differs from the pitfall's own values. */
  readonly params: ParameterValues;
  readonly foretold?: Foretold;
  readonly digest: string;
}

export interface Attempt {
  readonly engine: string;
  readonly scenario: string;
  /** `sha256:` over the source of the definition; empty where it was not known. */
  readonly definition: string;
  /** Name of the exercise: the pitfall's variant. */
  readonly exercise: string;
  readonly tries: readonly Try[];
  /** How many were opened. */
  readonly hints: number;
  /** The number of a try, from 1; undefined where none was handed in. */
  readonly handedIn?: number;
  /** What the file says of the try that was handed in. */
  readonly solved: boolean;
  /** Why it holds, in the learner's words. */
  readonly explanation: string;
}

/** Form of the document. */
const VERSION = 1;
export const TRIES_MAX = 200;
export const EXPLANATION_MAX = 2000;
const HINTS_MAX = 100;

/** The document is no attempt that can be judged; the message names the field, the value and what would be right. */
export class AttemptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AttemptError';
  }
}

/** An attempt with nothing tried yet. */
export const freshAttempt = (scenario: Scenario, definition: string, { pitfall }: Exercise): Attempt => ({
  engine: ENGINE_VERSION,
  scenario: scenario.id,
  definition,
  exercise: pitfall,
  tries: [],
  hints: 0,
  solved: false,
  explanation: '',
});

/** What has changed since an attempt was made, in words: digests may be others by now without anybody's doing. */
export const changesSince = (attempt: Pick<Attempt, 'engine' | 'definition'>, definition: string): string[] => [
  ...(attempt.definition !== '' && attempt.definition !== definition
    ? ["the scenario's definition has changed since"]
    : []),
  ...(attempt.engine !== ENGINE_VERSION ? [`the engine was ${attempt.engine}, and is ${ENGINE_VERSION}`] : []),
];

/** The attempt as text: indented JSON. */
export const writeAttempt = (attempt: Attempt): string =>
  `${JSON.stringify({ attempt: VERSION, ...attempt }, null, 2)}\n`;

type Fields = Readonly<Record<string, unknown>>;

/** Reads a file's text as JSON of a version that is known, and says of which scenario it is; throws `AttemptError`. */
export function openAttempt(text: string): { readonly scenario: string; readonly fields: Fields } {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    throw new AttemptError('the file is no JSON; expected an attempt that the page saved');
  }
  if (!isFields(fields)) throw new AttemptError(`the file holds ${inWords(fields)}; expected an attempt`);
  if (fields['attempt'] !== VERSION) throw wrong('attempt', fields['attempt'], `the form's version, ${VERSION}`);
  const { scenario } = fields;
  if (typeof scenario !== 'string' || scenario === '') {
    throw wrong('scenario', scenario, 'the id of a scenario, such as stampede');
  }
  return { scenario, fields };
}

const KNOWN = 'attempt engine scenario definition exercise tries hints handedIn solved explanation'.split(' ');

/** Reads an opened document as an attempt at this scenario; throws `AttemptError` at the first thing that is wrong. */
export function readAttempt(fields: Fields, scenario: Scenario): Attempt {
  noOthers(fields, KNOWN, '');
  const { engine, definition, exercise: pitfall, tries, hints, handedIn, solved, explanation } = fields;
  if (typeof engine !== 'string' || !/^.{1,40}$/.test(engine)) throw wrong('engine', engine, 'a version such as 0.1.0');
  if (fields['scenario'] !== scenario.id) throw wrong('scenario', fields['scenario'], scenario.id);
  if (typeof definition !== 'string' || !/^(sha256:[0-9a-f]{64})?$/.test(definition)) {
    throw wrong('definition', definition, 'sha256: and 64 hexadecimal digits');
  }
  const exercises = exercisesOf(scenario);
  const exercise = exercises.find((one) => one.pitfall === pitfall);
  if (exercise === undefined) {
    throw wrong('exercise', pitfall, `one of ${exercises.map((one) => one.pitfall).join(', ') || 'none: it has none'}`);
  }
  if (!Array.isArray(tries) || tries.length > TRIES_MAX) {
    throw wrong('tries', tries, `a list of at most ${TRIES_MAX} tries`);
  }
  if (!isCount(hints, HINTS_MAX)) throw wrong('hints', hints, `how many were opened, 0 to ${HINTS_MAX}`);
  if (handedIn !== undefined && !(isCount(handedIn, tries.length) && handedIn > 0)) {
    throw wrong('handedIn', handedIn, `the number of a try, 1 to ${tries.length}, or to be left out`);
  }
  if (typeof solved !== 'boolean') throw wrong('solved', solved, 'true or false');
  if (solved && handedIn === undefined) throw wrong('solved', solved, 'false where no try was handed in');
  if (typeof explanation !== 'string' || explanation.length > EXPLANATION_MAX) {
    throw wrong('explanation', explanation, `a text of at most ${EXPLANATION_MAX} characters`);
  }
  return {
    engine,
    scenario: scenario.id,
    definition,
    exercise: exercise.pitfall,
    tries: tries.map((one: unknown, place) => readTry(one, `tries[${place}]`, scenario, exercise)),
    hints,
    ...(handedIn !== undefined && { handedIn }),
    solved,
    explanation,
  };
}

function readTry(value: unknown, field: string, scenario: Scenario, exercise: Exercise): Try {
  if (!isFields(value)) throw wrong(field, value, 'an object with params and digest');
  noOthers(value, ['params', 'foretold', 'digest'], `${field}.`);
  const { params, foretold, digest } = value;
  if (!isFields(params)) throw wrong(`${field}.params`, params, 'an object of parameters');
  if (foretold !== undefined && !FORETOLD.includes(foretold as Foretold)) {
    throw wrong(`${field}.foretold`, foretold, `one of ${FORETOLD.join(', ')}, or to be left out`);
  }
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw wrong(`${field}.digest`, digest, 'sha256: and 64 hexadecimal digits');
  }
  const changed = readDesign(params, `${field}.params`, scenario, exercise);
  return { params: changed, ...(foretold !== undefined && { foretold: foretold as Foretold }), digest };
}

/** What is set: of the design alone, by values that are there, and no more of them than are allowed. */
function readDesign(given: Fields, field: string, scenario: Scenario, exercise: Exercise): ParameterValues {
  const { pitfall, design, view, changesMax } = exercise;
  const own = resolveParameters(scenario, pitfall, view);
  const names = Object.keys(design).join(', ');
  const changed: Record<string, ParameterValue> = {};
  for (const [name, value] of Object.entries(given)) {
    const where = `${field}.${name}`;
    if (!Object.hasOwn(scenario.params, name)) {
      throw new AttemptError(`${where}: there is no parameter ${name}; expected one of ${names}`);
    }
    if (!Object.hasOwn(design, name)) {
      const locked = formatValue(scenario.params[name], own[name]);
      throw new AttemptError(
        `${where}: ${name} is of the world, which is locked at ${locked}; expected one of ${names}`,
      );
    }
    try {
      const checked = checkValue(name, design[name], value);
      if (checked !== own[name]) changed[name] = checked;
    } catch (error) {
      throw error instanceof ParameterError ? new AttemptError(`${where}: ${error.message}`) : error;
    }
  }
  const count = Object.keys(changed).length;
  if (count <= changesMax) return changed;
  throw new AttemptError(`${field}: ${count} settings differ from the pitfall's; expected at most ${changesMax}`);
}

function noOthers(fields: Fields, known: readonly string[], prefix: string): void {
  const odd = Object.keys(fields).find((name) => !known.includes(name));
  if (odd === undefined) return;
  throw new AttemptError(`${prefix}${odd}: there is no such field; expected ${known.join(', ')}`);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown, most: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

function wrong(field: string, value: unknown, expected: string): AttemptError {
  if (value === undefined) return new AttemptError(`${field}: it is missing; expected ${expected}`);
  const text = inWords(value);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new AttemptError(`${field}: ${shown} is not valid; expected ${expected}`);
}

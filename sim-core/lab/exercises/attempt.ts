/**
 * An attempt at an exercise as a document: everything that was tried, in order, with the digest of each run. Whoever gets the
 * file computes the runs again and learns whether the exercise was solved; nothing that the file says of that is believed.
 *
 * ```json
 * { "attempt": 1, "engine": "0.1.0", "scenario": "backpressure", "definition": "sha256:…", "exercise": "unbounded-queue",
 *   "codeWord": "heron", "seed": 1882060325, "predictions": [{ "ask": "…", "answer": 2, … }],
 *   "tries": [{ "params": { "isBounded": true }, "interventions": [{ "at": 12000000000, "action": "bound", … }],
 *               "foretold": "holds", "digest": "sha256:…" }],
 *   "hints": 0, "handedIn": 1, "solved": true, "explanation": "…" }
 * ```
 *
 * `params` holds what differs from the pitfall's own values, `interventions` what was done while it ran; `foretold`, where
 * something was, what was expected before the run; `handedIn` the number of the try, from 1, that was held against further
 * seeds. Where there is a code word the runs have its seed (`code-word.ts`), else the scenario's own. Unlike a link, of which a part can be
 * ignored, a file with anything wrong in it is refused: it is evidence.
 */
import type { Scenario } from '../scenario.ts';
import { inWords } from '../value-in-words.ts';
import { ENGINE_VERSION } from '../version.ts';
import { AttemptError, isCount, isFields, noOthers, wrong, type Fields } from './attempt-fields.ts';
import { CODE_SEEDS, CODE_WORD_MAX, codeWordOf, seedOfWord } from './code-word.ts';
import { exercisesOf, type Exercise } from './exercise.ts';
import { readForetelling, type Foretelling } from './foretelling.ts';
import { readTry, type Try } from './read-try.ts';

export interface Attempt {
  readonly engine: string;
  readonly scenario: string;
  /** `sha256:` over the source of the definition; empty where it was not known. */
  readonly definition: string;
  /** Name of the exercise: the pitfall's variant. */
  readonly exercise: string;
  /** The learner's, as it was typed; absent where there is none. */
  readonly codeWord?: string;
  /** What it gives, or what the file says that it does; absent where there is none. */
  readonly seed?: number;
  /** What the guide asked before its runs were seen, and what was answered; absent where nothing was. */
  readonly predictions?: readonly Foretelling[];
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
const PREDICTIONS_MAX = 50;

/** An attempt with nothing tried yet; `codeWord` may be empty. */
export const freshAttempt = (
  scenario: Scenario,
  definition: string,
  { pitfall }: Exercise,
  codeWord = '',
): Attempt => ({
  engine: ENGINE_VERSION,
  scenario: scenario.id,
  definition,
  exercise: pitfall,
  ...(codeWordOf(codeWord) !== '' && { codeWord, seed: seedOfWord(scenario, pitfall, codeWord) }),
  tries: [],
  hints: 0,
  solved: false,
  explanation: '',
});

/** The seed of an attempt's runs. */
export const seedOf = (scenario: Pick<Scenario, 'seed'>, { seed }: Pick<Attempt, 'seed'>): number =>
  seed ?? scenario.seed;

/** Whether the seed is the code word's, or neither is there. */
export const seedFollows = (scenario: Pick<Scenario, 'id'>, { exercise, codeWord, seed }: Attempt): boolean =>
  codeWord === undefined ? seed === undefined : seed === seedOfWord(scenario, exercise, codeWord);

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

const KNOWN =
  'attempt engine scenario definition exercise codeWord seed predictions tries hints handedIn solved explanation'.split(
    ' ',
  );

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
  const own = readCodeWord(fields);
  const { predictions = [] } = fields;
  if (!Array.isArray(predictions) || predictions.length > PREDICTIONS_MAX) {
    throw wrong('predictions', predictions, `a list of at most ${PREDICTIONS_MAX}, or to be left out`);
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
    ...own,
    ...(predictions.length > 0 && {
      predictions: predictions.map((one: unknown, place) => readForetelling(one, `predictions[${place}]`)),
    }),
    tries: tries.map((one: unknown, place) => readTry(one, `tries[${place}]`, scenario, exercise)),
    hints,
    ...(handedIn !== undefined && { handedIn }),
    solved,
    explanation,
  };
}

/** Code word and seed, which go together. */
function readCodeWord({ codeWord, seed }: Fields): Pick<Attempt, 'codeWord' | 'seed'> {
  if (codeWord === undefined) {
    if (seed !== undefined) throw wrong('seed', seed, 'to be left out where there is no code word');
    return {};
  }
  if (typeof codeWord !== 'string' || codeWordOf(codeWord) === '' || codeWord.length > CODE_WORD_MAX) {
    throw wrong('codeWord', codeWord, `a text of at most ${CODE_WORD_MAX} characters, or to be left out`);
  }
  if (!isCount(seed, CODE_SEEDS - 1)) throw wrong('seed', seed, `what the code word gives, 0 to ${CODE_SEEDS - 1}`);
  return { codeWord, seed };
}

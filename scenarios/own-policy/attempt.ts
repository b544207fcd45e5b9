/**
 * A learner's policy as a document, for whoever judges it by running it again. Nothing that the file says of its outcome is
 * believed.
 *
 * ```json
 * { "policyAttempt": 1, "engine": "0.1.0", "definition": "sha256:…", "codeWord": "heron", "seed": 2101766245,
 *   "source": "class Policy …", "digest": "sha256:…", "solved": true, "explanation": "…" }
 * ```
 *
 * `seed` is the task's, or that of the code word where there is one; `digest` is of the run on it; `solved` says that all goals are
 * known to hold there and on the seeds that follow it.
 */
import {
  changesSince,
  CODE_WORD_MAX,
  codeWordOf,
  ENGINE_VERSION,
  EXPLANATION_MAX,
  furtherSeeds,
  isCount,
  isFields,
  noOthers,
  seedOfWord,
  wrongField,
  type Fields,
} from '../../sim-core/index.ts';
import { SOURCE_MAX } from './program.ts';
import type { PolicyVerdict } from './verdict.ts';

export interface PolicyAttempt {
  readonly engine: string;
  /** `sha256:` over the source of the eviction scenario's definition; empty where it was not known. */
  readonly definition: string;
  /** Under which the learner has a seed of one's own; absent where there is none. */
  readonly codeWord?: string;
  readonly seed: number;
  readonly source: string;
  /** Of the run on the seed; empty where nothing ran. */
  readonly digest: string;
  readonly solved: boolean;
  readonly explanation: string;
}

const VERSION = 1;
const FIELDS = 'policyAttempt engine definition codeWord seed source digest solved explanation'.split(' ');
/** The task's, which is the same for all who have no code word: a policy for a seed that suits it is another task. */
const POLICY_SEED = 1;
const DIGEST = /^(sha256:[0-9a-f]{64})?$/;

export const writePolicyAttempt = (attempt: Omit<PolicyAttempt, 'engine'>): string =>
  `${JSON.stringify({ policyAttempt: VERSION, engine: ENGINE_VERSION, ...attempt }, null, 2)}\n`;

/** The seed that a learner with this code word works on; `undefined` is without. */
export const seedOfTask = (codeWord: string | undefined): number =>
  codeWord === undefined ? POLICY_SEED : seedOfWord({ id: 'eviction' }, 'own-policy', codeWord);

/** Reads a document; undefined if it is another one; throws `AttemptError` at the first thing that is wrong in it. */
export function readPolicyAttempt(text: string): PolicyAttempt | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(fields) || !Object.hasOwn(fields, 'policyAttempt')) return undefined;
  noOthers(fields, FIELDS, '');
  const isText = (most: number) => (value: unknown) => typeof value === 'string' && value.length <= most;
  const isDigest = (value: unknown): boolean => typeof value === 'string' && DIGEST.test(value);
  check(fields, 'policyAttempt', (value) => value === VERSION, `the form's version, ${VERSION}`);
  check(fields, 'engine', (value) => typeof value === 'string' && /^.{1,40}$/.test(value), 'a version such as 0.1.0');
  check(fields, 'definition', isDigest, 'sha256: and 64 hexadecimal digits');
  check(fields, 'codeWord', isCodeWord, `a text of at most ${CODE_WORD_MAX} characters, or to be left out`);
  check(fields, 'seed', (value) => isCount(value, Number.MAX_SAFE_INTEGER), 'a whole number from 0');
  check(fields, 'source', isText(SOURCE_MAX), `a text of at most ${SOURCE_MAX} characters`);
  check(fields, 'digest', isDigest, 'sha256: and 64 hexadecimal digits');
  check(fields, 'solved', (value) => typeof value === 'boolean', 'true or false');
  check(fields, 'explanation', isText(EXPLANATION_MAX), `a text of at most ${EXPLANATION_MAX} characters`);
  const { engine, definition, codeWord, seed, source, digest, solved, explanation } =
    fields as unknown as PolicyAttempt;
  const word = codeWord === undefined ? {} : { codeWord };
  return { engine, definition, ...word, seed, source, digest, solved, explanation };
}

const isCodeWord = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && codeWordOf(value) !== '' && value.length <= CODE_WORD_MAX);

function check(fields: Fields, name: string, holds: (value: unknown) => boolean, expected: string): void {
  if (!holds(fields[name])) throw wrongField(name, fields[name], expected);
}

/** The seeds on which a policy has to reach the goals: the attempt's own, then those that follow it. */
export const policySeeds = (seed: number): number[] => [seed, ...furtherSeeds({ seed })];

export interface JudgedPolicy {
  readonly seeds: number;
  /** On how many of them all goals hold. */
  readonly seedsHeld: number;
  readonly solved: boolean;
  /** The seed is the task's or the code word's, the digest the same, and the file does not say that it is solved where it is not. */
  readonly verified: boolean;
}

/**
 * An attempt by what came of its source on `policySeeds`, in their order; those that follow the first may be left out where
 * the goals do not hold on it. That a file does not know yet that it is solved is no falsehood.
 */
export function judgePolicyAttempt(
  { codeWord, seed, digest, solved: told }: PolicyAttempt,
  verdicts: readonly Pick<PolicyVerdict, 'solved' | 'digest'>[],
): JudgedPolicy {
  const seeds = policySeeds(seed).length;
  const seedsHeld = verdicts.filter((one) => one.solved).length;
  const solved = seedsHeld === seeds;
  const verified = seed === seedOfTask(codeWord) && verdicts[0].digest === digest && (solved || !told);
  return { seeds, seedsHeld, solved, verified };
}

/** Why a run was ended from outside, which says nothing of the policy; undefined where none was. */
export const endedOutside = (verdicts: readonly Pick<PolicyVerdict, 'fault'>[]): string | undefined =>
  verdicts.find(({ fault }) => fault?.isOutside)?.fault?.message;

/** What stands beside a judged policy, in words: its faults, the goals that it misses, and in what the file differs. */
export function policyNotes(attempt: PolicyAttempt, verdicts: readonly PolicyVerdict[], definition: string): string[] {
  const [{ fault, broken, goals, digest }] = verdicts;
  const { solved } = judgePolicyAttempt(attempt, verdicts);
  const at = (line: number | undefined): string => (line === undefined ? '' : `line ${line}: `);
  const failed = goals.filter(({ holds }) => !holds).map(({ text }) => text);
  return [
    ...(fault ? [`${at(fault.line)}${fault.message}`] : []),
    ...(broken ? [`${at(broken.line)}${broken.course}, step ${broken.place + 1}, ${broken.step}: ${broken.what}`] : []),
    ...(fault || broken ? [] : failed.map((text) => `not reached: ${text}`)),
    ...seedNote(attempt),
    ...(digest === attempt.digest ? [] : ['another digest']),
    ...(attempt.solved === solved ? [] : [`the file says ${attempt.solved ? 'solved' : 'not solved'}`]),
    ...changesSince(attempt, definition),
  ];
}

/** Of an attempt on a seed that it should not have. */
export function seedNote({ codeWord, seed }: Pick<PolicyAttempt, 'codeWord' | 'seed'>): string[] {
  const due = seedOfTask(codeWord);
  if (seed === due) return [];
  return [`the seed is ${seed}, and that of the ${codeWord === undefined ? 'task' : 'code word'} is ${due}`];
}

/**
 * A learner's policy as a document, for whoever judges it by running it again. Nothing that the file says of its outcome is
 * believed.
 *
 * ```json
 * { "policyAttempt": 1, "engine": "0.1.0", "definition": "sha256:…", "seed": 1, "source": "class Policy …",
 *   "digest": "sha256:…", "solved": true, "explanation": "…" }
 * ```
 *
 * `digest` is of the run on `seed`; `solved` says that all goals hold there and on the seeds that follow it.
 */
import { AttemptError, ENGINE_VERSION, EXPLANATION_MAX, furtherSeeds } from '../../sim-core/index.ts';
import { SOURCE_MAX } from './program.ts';
import type { PolicyVerdict } from './verdict.ts';

export interface PolicyAttempt {
  readonly engine: string;
  /** `sha256:` over the source of the eviction scenario's definition; empty where it was not known. */
  readonly definition: string;
  readonly seed: number;
  readonly source: string;
  /** Of the run on the seed; empty where nothing ran. */
  readonly digest: string;
  readonly solved: boolean;
  readonly explanation: string;
}

const VERSION = 1;
const FIELDS = ['policyAttempt', 'engine', 'definition', 'seed', 'source', 'digest', 'solved', 'explanation'];
const DIGEST = /^(sha256:[0-9a-f]{64})?$/;

export const writePolicyAttempt = (attempt: Omit<PolicyAttempt, 'engine'>): string =>
  `${JSON.stringify({ policyAttempt: VERSION, engine: ENGINE_VERSION, ...attempt }, null, 2)}\n`;

/** Reads a document; undefined if it is another one; throws `AttemptError` at the first thing that is wrong in it. */
export function readPolicyAttempt(text: string): PolicyAttempt | undefined {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(text) as typeof fields;
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, 'policyAttempt')) return undefined;
  const odd = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (odd !== undefined) throw new AttemptError(`${odd}: there is no such field; expected ${FIELDS.join(', ')}`);
  const check = (name: string, holds: (value: unknown) => boolean, expected: string): void => {
    const value = fields[name];
    if (holds(value)) return;
    const shown = value === undefined ? 'it is missing' : `${JSON.stringify(value).slice(0, 60)} is not valid`;
    throw new AttemptError(`${name}: ${shown}; expected ${expected}`);
  };
  const isText = (most: number) => (value: unknown) => typeof value === 'string' && value.length <= most;
  const isDigest = (value: unknown): boolean => typeof value === 'string' && DIGEST.test(value);
  check('policyAttempt', (value) => value === VERSION, `the form's version, ${VERSION}`);
  check('engine', (value) => typeof value === 'string' && /^.{1,40}$/.test(value), 'a version such as 0.1.0');
  check('definition', isDigest, 'sha256: and 64 hexadecimal digits');
  check('seed', (value) => Number.isSafeInteger(value) && (value as number) >= 0, 'a whole number from 0');
  check('source', isText(SOURCE_MAX), `a text of at most ${SOURCE_MAX} characters`);
  check('digest', isDigest, 'sha256: and 64 hexadecimal digits');
  check('solved', (value) => typeof value === 'boolean', 'true or false');
  check('explanation', isText(EXPLANATION_MAX), `a text of at most ${EXPLANATION_MAX} characters`);
  const { engine, definition, seed, source, digest, solved, explanation } = fields as unknown as PolicyAttempt;
  return { engine, definition, seed, source, digest, solved, explanation };
}

/** The seeds on which a policy has to reach the goals: the attempt's own, then those that follow it. */
export const policySeeds = (seed: number): number[] => [seed, ...furtherSeeds({ seed })];

export interface JudgedPolicy {
  readonly seeds: number;
  /** On how many of them all goals hold. */
  readonly seedsHeld: number;
  readonly solved: boolean;
  /** The digest is the same, and what the file says of its outcome is so. */
  readonly verified: boolean;
}

/**
 * An attempt by what came of its source on `policySeeds`, in their order; those that follow the first may be left out where
 * the goals do not hold on it.
 */
export function judgePolicyAttempt(
  { seed, digest, solved: told }: PolicyAttempt,
  verdicts: readonly Pick<PolicyVerdict, 'solved' | 'digest'>[],
): JudgedPolicy {
  const seeds = policySeeds(seed).length;
  const seedsHeld = verdicts.filter((one) => one.solved).length;
  const solved = seedsHeld === seeds;
  return { seeds, seedsHeld, solved, verified: verdicts[0].digest === digest && told === solved };
}

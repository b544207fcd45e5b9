/**
 * Plays the scripts of a seed on both sides and collects what differs. The scripts of one run are played many at once; one
 * whose answers differ is played again by itself with all its times longer, and counts only if they differ then too: a
 * machine that is late for a time to live is no fault of either side. What remains is shrunk by fast-check, within a bound
 * of plays.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Answer, RealServer, Twin } from './twin.ts';

/** Scripts in which every word of the vocabulary has to be done, of a run of the usual length. */
export const OCCURRENCES_MIN = 20;
/** By how much the times of a script are longer when it is played again. */
const SLOWNESS_ALONE = 4;
/** Differences that are shrunk; any more are told as they are. */
const SHRUNK_MAX = 3;
/** Plays of one shrinking, and how long it may take: what it has then is shown. */
const PLAYS_TO_SHRINK_MAX = 150;
const SHRINKING_MS_MAX = 12_000;

export interface Difference<Step> {
  /** Which script of the seed, from 1. */
  readonly number: number;
  /** Steps that the script had before it was shrunk. */
  readonly steps: number;
  readonly script: readonly Step[];
  readonly model: readonly Answer[];
  readonly server: readonly Answer[];
  /** The first step whose answers differ, from 0. */
  readonly at: number;
}

export interface Comparison<Step> {
  readonly scripts: number;
  readonly steps: number;
  /** In how many of the scripts that were played each word occurs. */
  readonly occurrences: ReadonlyMap<string, number>;
  /** The first scripts that differ, shrunk. */
  readonly differences: readonly Difference<Step>[];
  /** The others that differ, as they are. */
  readonly unshrunk: readonly Sighting[];
  /** Scripts that differ, of both kinds. */
  readonly different: number;
  /** Scripts that differed among others and not when they were played again by themselves, in their order. */
  readonly unstable: readonly Sighting[];
  /** Whether nobody interrupted it. */
  readonly isComplete: boolean;
}

/** A script whose answers differed, the first step that did, from 0, and what they were there. */
export interface Sighting {
  readonly number: number;
  readonly at: number;
  readonly model: Answer;
  readonly server: Answer;
}

/**
 * Scripts of a run that may be unstable, at most: one in a hundred, and one of a short run. A machine that is busy is late
 * for a time to live now and then; more than that is a race that one of the two sides has and the other has not.
 */
export const unstableMax = (scripts: number): number => Math.max(1, Math.floor(scripts / 100));

/** Whether the model stands: no script differs, and few enough did so once. */
export const agrees = ({ different, unstable, scripts }: Comparison<unknown>): boolean =>
  different === 0 && unstable.length <= unstableMax(scripts);

export interface ComparisonOptions {
  readonly scripts: number;
  readonly seed: number;
  /** Aborted by Ctrl-C: what was played until then is the result. */
  readonly interrupted: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface Progress {
  /** Scripts that were played. */
  readonly played: number;
  /** Scripts that differed and are to be played again. */
  readonly again: number;
}

/** The scripts of a seed: the first ones do not depend on how many are asked for. */
export function scriptsOf<Step>(twin: Twin<Step>, count: number, seed: number): (readonly Step[])[] {
  return fc.sample(twin.scripts, { seed, numRuns: count });
}

/** In how many of the scripts each word of the vocabulary is done, by the answers of the model. */
export function countWords<Step>(twin: Twin<Step>, scripts: readonly (readonly Step[])[]): Map<string, number> {
  const counts = new Map(twin.vocabulary.map((word) => [word, 0]));
  for (const script of scripts) {
    const answers = twin.model(script);
    for (const word of new Set(script.flatMap((step, i) => twin.words(step, answers[i])))) {
      const count = counts.get(word);
      if (count === undefined)
        throw new Error(`twin ${twin.name}: a step uses the word ${word}, which it does not list`);
      counts.set(word, count + 1);
    }
  }
  return counts;
}

export async function compare<Step>(
  twin: Twin<Step>,
  server: RealServer<Step>,
  { scripts: count, seed, interrupted, progress }: ComparisonOptions,
): Promise<Comparison<Step>> {
  const scripts = scriptsOf(twin, count, seed);
  const played: (readonly Step[])[] = [];
  const suspects: { readonly index: number; readonly seen: Sighting }[] = [];
  const work = async (queued: number[]): Promise<void> => {
    while (queued.length > 0 && !interrupted.aborted) {
      const index = queued.shift()!;
      const script = scripts[index];
      const model = twin.model(script);
      const answers = await server.play(script, 1);
      const at = firstDifference(model, answers);
      if (at !== undefined) suspects.push({ index, seen: sighting(index, { model, server: answers, at }) });
      played.push(script);
      progress({ played: played.length, again: suspects.length });
    }
  };
  const isKilling = (index: number): boolean => twin.killing?.kills(scripts[index]) ?? false;
  const numbers = scripts.map((_, index) => index);
  const calm = numbers.filter((index) => !isKilling(index));
  const killing = numbers.filter(isKilling);
  await Promise.all([
    ...Array.from({ length: twin.atOnce }, () => work(calm)),
    ...Array.from({ length: twin.killing?.atOnce ?? 0 }, () => work(killing)),
  ]);

  const differences: Difference<Step>[] = [];
  const unshrunk: Sighting[] = [];
  const unstable: Sighting[] = [];
  suspects.sort((a, b) => a.index - b.index);
  let again = suspects.length;
  for (const { index, seen } of suspects) {
    if (interrupted.aborted) break;
    progress({ played: played.length, again: again-- });
    const found = await playBoth(twin, server, scripts[index]);
    if (found === undefined) unstable.push(seen);
    else if (differences.length === SHRUNK_MAX) unshrunk.push(sighting(index, found));
    else {
      const shrunk = await shrink(twin, server, index, seed, interrupted);
      if (shrunk === undefined) unstable.push(seen);
      else differences.push({ number: index + 1, steps: scripts[index].length, ...shrunk });
    }
  }
  return {
    scripts: played.length,
    steps: played.reduce((sum, script) => sum + script.length, 0),
    occurrences: countWords(twin, played),
    differences,
    unshrunk,
    different: differences.length + unshrunk.length,
    unstable,
    isComplete: played.length === count && again === 0,
  };
}

type Answers = Pick<Difference<never>, 'model' | 'server' | 'at'>;

const sighting = (index: number, { model, server, at }: Answers): Sighting => ({
  number: index + 1,
  at,
  model: model[at],
  server: server[at],
});

async function playBoth<Step>(
  twin: Twin<Step>,
  real: RealServer<Step>,
  script: readonly Step[],
): Promise<Answers | undefined> {
  const model = twin.model(script);
  const server = await real.play(script, SLOWNESS_ALONE);
  const at = firstDifference(model, server);
  return at === undefined ? undefined : { model, server, at };
}

/** The smallest script still found to differ; undefined if the script itself did not when it was played once more. */
async function shrink<Step>(
  twin: Twin<Step>,
  server: RealServer<Step>,
  index: number,
  seed: number,
  interrupted: AbortSignal,
): Promise<(Answers & { readonly script: readonly Step[] }) | undefined> {
  let smallest: (Answers & { readonly script: readonly Step[] }) | undefined;
  let plays = 0;
  const endMs = performance.now() + SHRINKING_MS_MAX;
  const isSame = async (script: readonly Step[]): Promise<boolean> => {
    if (++plays > PLAYS_TO_SHRINK_MAX || performance.now() > endMs || interrupted.aborted) return true;
    const found = await playBoth(twin, server, script);
    if (found !== undefined) smallest = { ...found, script };
    return found === undefined;
  };
  await fc.check(fc.asyncProperty(twin.scripts, isSame), { seed, path: String(index), numRuns: 1 });
  return smallest;
}

/** The first step whose answers differ; undefined if none does. */
export function firstDifference(model: readonly Answer[], server: readonly Answer[]): number | undefined {
  const length = Math.max(model.length, server.length);
  for (let i = 0; i < length; i++) if (!isDeepStrictEqual(plain(model[i]), plain(server[i]))) return i;
  return undefined;
}

/** As JSON says it: without what is undefined, and without prototypes. */
const plain = (answer: Answer): unknown => (answer === undefined ? undefined : JSON.parse(JSON.stringify(answer)));

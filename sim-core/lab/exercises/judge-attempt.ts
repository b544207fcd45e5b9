/**
 * An attempt judged by replay, without a server and without belief: every try is run again and its digest compared, what was
 * foretold is held against what came, and the try that was handed in has to keep the goals of one and the same remedy on the
 * attempt's seed and on further ones, so that it is no luck.
 *
 * Whoever judges computes the runs of `runsToJudge`, in any order and by any number of workers, and puts together what came
 * of them by `judgementOf`.
 */
import type { InterventionData } from '../intervention.ts';
import type { ParameterValues } from '../parameters.ts';
import type { Recording } from '../recording.ts';
import type { Scenario } from '../scenario.ts';
import { seedFollows, seedOf, type Attempt } from './attempt.ts';
import { exercisesOf, type Exercise } from './exercise.ts';
import { furtherSeeds, seedsHeld, solvedIn, solvedOnAll, type SeedResult } from './further-seeds.ts';
import { cameTo, headlineOf, waysOf, type Foretold, type Way } from './goals.ts';
import type { Try } from './read-try.ts';

/** A run that a judgement needs: of the exercise's pitfall, with these parameters changed, what observes among them. */
export interface RunToJudge {
  readonly params: ParameterValues;
  readonly interventions: readonly InterventionData[];
  readonly seed: number;
}

/** What is kept of it. */
export interface JudgedRun {
  readonly digest: string;
  readonly ways: readonly Way[];
}

export interface JudgedTry {
  /** As it was computed now. */
  readonly digest: string;
  /** Whether the file's is the same. */
  readonly identical: boolean;
  /** Remedies whose goals all hold, on the attempt's seed. */
  readonly solves: readonly string[];
  /** Undefined where the system shows nothing of its pitfall with this seed. */
  readonly cameTo: Foretold | undefined;
  readonly foretold: Foretold | undefined;
}

export interface Judgement {
  readonly tries: readonly JudgedTry[];
  /** By further seed, the remedies whose goals the try that was handed in keeps; none where none was. */
  readonly seeds: readonly SeedResult[];
  /** On how many of them one and the same remedy holds, the best of those that hold on the attempt's seed. */
  readonly seedsHeld: number;
  /** Remedies whose goals it keeps on every seed. */
  readonly by: readonly string[];
  readonly solved: boolean;
  /** Where there is a code word, the seed is what it gives. */
  readonly seedFollows: boolean;
  /** Every digest is the same, the seed is the code word's, and what the file says of its outcome is so. */
  readonly verified: boolean;
}

/** The exercise that an attempt is at. */
export const exerciseOf = (scenario: Scenario, attempt: Attempt): Exercise =>
  exercisesOf(scenario).find(({ pitfall }) => pitfall === attempt.exercise)!;

/** The pitfall as it is given, each try, then the one that was handed in on every further seed. */
export function runsToJudge(scenario: Scenario, attempt: Attempt): RunToJudge[] {
  const { tries, handedIn } = attempt;
  const { view } = exerciseOf(scenario, attempt);
  const seed = seedOf(scenario, attempt);
  const designs = [{ params: {} }, ...tries].map(({ params, interventions = [] }: Omit<Try, 'digest'>) => {
    return { params: { ...view, ...params }, interventions };
  });
  const onOwn = designs.map((design) => ({ ...design, seed }));
  if (handedIn === undefined) return onOwn;
  return [...onOwn, ...furtherSeeds({ seed }).map((further) => ({ ...designs[handedIn], seed: further }))];
}

export const judgedRun = (scenario: Scenario, exercise: Exercise, recording: Recording): JudgedRun => ({
  digest: recording.header.digest,
  ways: waysOf(scenario, exercise, recording),
});

/** The judgement by what came of the runs, in the order of `runsToJudge`. */
export function judgementOf(scenario: Scenario, attempt: Attempt, runs: readonly JudgedRun[]): Judgement {
  const [given, ...rest] = runs;
  const headline = headlineOf(scenario, given.ways);
  const tries = attempt.tries.map(({ digest, foretold }, place): JudgedTry => {
    const ran = rest[place];
    return {
      digest: ran.digest,
      identical: ran.digest === digest,
      solves: solvedIn(ran.ways),
      cameTo: headline && cameTo(headline, given.ways, ran.ways),
      foretold,
    };
  });
  const further = furtherSeeds({ seed: seedOf(scenario, attempt) });
  const seeds = rest.slice(tries.length).map((ran, i) => ({ seed: further[i], solves: solvedIn(ran.ways) }));
  const own = attempt.handedIn === undefined ? [] : tries[attempt.handedIn - 1].solves;
  const by = solvedOnAll(own, seeds);
  const solved = by.length > 0;
  const follows = seedFollows(scenario, attempt);
  return {
    tries,
    seeds,
    seedsHeld: seedsHeld(own, seeds),
    by,
    solved,
    seedFollows: follows,
    verified: follows && tries.every(({ identical }) => identical) && solved === attempt.solved,
  };
}

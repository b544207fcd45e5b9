/**
 * The goals of an exercise, held against a run: all that the scenario claims of a remedy, remedy by remedy. Those that the
 * pitfall's run refutes are what has to change; the others have to stay as they are, or are what the remedy costs.
 *
 * A claim's limit follows the parameters, and some settings leave it nothing to ask for. So a goal's limit is what it is for the
 * remedy itself: nobody reaches a goal by moving it.
 */
import { readable } from '../../statistics/quantity.ts';
import { NoSuchSignal, type Evidence, type Expectation, type Measure } from '../expectation.ts';
import { verdictOfClaims } from '../claims-verdict.ts';
import type { ExpectationResult } from '../recording.ts';
import { resolveParameters, type Scenario } from '../scenario.ts';
import type { Exercise } from './exercise.ts';

/** What is claimed of one remedy, held against a run. */
export interface Way {
  readonly remedy: string;
  /** In the order in which the remedy's claims are written. */
  readonly goals: readonly ExpectationResult[];
  /** All of them that are claimed hold, and one at least is. */
  readonly solved: boolean;
}

/** How the exercise's remedies fare by a run of it. */
export function waysOf(scenario: Scenario, { ways }: Exercise, evidence: Evidence): Way[] {
  return ways.map((remedy) => {
    const params = resolveParameters(scenario, remedy, {});
    const asOfRemedy = { signals: evidence.signals, header: { ...evidence.header, params } };
    const goals = scenario.expect[remedy].map((claim) => judged(claim, asOfRemedy));
    return { remedy, goals, solved: verdictOfClaims(goals) === 'held' };
  });
}

/** A claim about what the learner's system does not have is none that it keeps. */
function judged(expectation: Expectation, evidence: Evidence): ExpectationResult {
  try {
    return expectation.judge(evidence);
  } catch (error) {
    if (!(error instanceof NoSuchSignal && expectation.claim)) throw error;
    const { measure, bound, limit } = expectation.claim;
    const least = limit(evidence.header.params);
    // Nor does anything say in which unit it would be.
    return {
      text: `${measure.text} is ${bound} ${readable(least)}`,
      pass: false,
      actual: NaN,
      limit: least,
      unit: '1',
    };
  }
}

/** Whether a run refutes a claim: by a number, not by having nothing to measure. */
export const isRefuted = ({ pass, actual }: ExpectationResult): boolean => !pass && !Number.isNaN(actual);

/** The claim by which a try is foretold: a remedy, and the place of the claim among those made of it. */
export interface Headline {
  readonly remedy: string;
  readonly place: number;
  readonly measure: Measure;
}

/**
 * Of the claims that the pitfall's run refutes, the one whose measure most remedies are judged by; the first of several.
 * Undefined where it refutes none, which may be with a seed on which nothing of the pitfall shows.
 */
export function headlineOf(scenario: Scenario, given: readonly Way[]): Headline | undefined {
  const refuted = given.flatMap(({ remedy, goals }) =>
    goals.flatMap((goal, place) => {
      const measure = scenario.expect[remedy][place].claim?.measure;
      return measure && isRefuted(goal) ? [{ remedy, place, measure }] : [];
    }),
  );
  const remediesBy = ({ measure }: Headline): number =>
    new Set(refuted.filter((other) => other.measure.text === measure.text).map(({ remedy }) => remedy)).size;
  return refuted.toSorted((a, b) => remediesBy(b) - remediesBy(a))[0];
}

/** What can be foretold of a try: the headline's goal holds; it does not, but less is missing than as given; or no less. */
export const FORETOLD = ['holds', 'nearer', 'no nearer'] as const;
export type Foretold = (typeof FORETOLD)[number];

/** What a try has come to, by the headline's goal, beside the system as it was given. */
export function cameTo({ remedy, place }: Headline, given: readonly Way[], tried: readonly Way[]): Foretold {
  const [before, after] = [given, tried].map((ways) => ways.find((way) => way.remedy === remedy)!.goals[place]);
  if (after.pass) return 'holds';
  return Math.abs(after.actual - after.limit) < Math.abs(before.actual - before.limit) ? 'nearer' : 'no nearer';
}

/**
 * An exercise as the page tells it: the goals of each known repair held against the run that is shown, and what is to be
 * foretold. Names of remedies are not told before it is solved.
 */
import {
  isRefuted,
  quantity,
  type ExpectationResult,
  type Foretold,
  type Headline,
  type Measure,
  type RecordedSignal,
  type Scenario,
  type Way,
} from '../../sim-core/index.ts';
import { measureText } from './measure-text.ts';

/** One goal: what is claimed, whether it holds, and how far it is. */
export interface Goal {
  /** Its place among the claims that are made of the remedy. */
  readonly place: number;
  readonly text: string;
  readonly holds: boolean;
  /** What was measured. */
  readonly now: string;
}

export interface WayShown {
  readonly remedy: string;
  readonly solved: boolean;
  /** What the pitfall's run refutes, and has to change. */
  readonly changes: readonly Goal[];
  /** What holds there, or has nothing to be measured by there: it has to hold as well. */
  readonly keeps: readonly Goal[];
}

type Signals = readonly Pick<RecordedSignal, 'name' | 'kind' | 'unit'>[];

/** The ways in the order of the definition, their goals sorted by what the pitfall's run says of them. */
export function waysShown(
  scenario: Scenario,
  given: readonly Way[],
  ways: readonly Way[],
  signals: Signals,
): WayShown[] {
  return ways.map(({ remedy, goals, solved }, i) => {
    const told = goals.map((goal, place) => ({
      goal: { place, ...goalShown(scenario.expect[remedy][place].claim, goal, signals) },
      refuted: isRefuted(given[i].goals[place]),
    }));
    const those = (refuted: boolean): Goal[] => told.filter((one) => one.refuted === refuted).map(({ goal }) => goal);
    return { remedy, solved, changes: those(true), keeps: those(false) };
  });
}

/** How many goals of a way hold, and of how many. */
export function heldOf({ goals }: Way): { readonly held: number; readonly of: number } {
  return { held: goals.filter(({ pass }) => pass).length, of: goals.length };
}

/** The place of the way of which the largest share of goals holds; the first of several. */
export function nearestOf(ways: readonly Way[]): number {
  const shares = ways.map((way) => heldOf(way).held / heldOf(way).of);
  return shares.indexOf(Math.max(...shares));
}

function goalShown(
  claim: { readonly measure: Measure; readonly bound: string } | undefined,
  { text, pass, actual, limit, unit }: ExpectationResult,
  signals: Signals,
): Omit<Goal, 'place'> {
  if (!claim) return { text, holds: pass, now: quantity(actual, unit) };
  const { measure, bound } = claim;
  return {
    text: `${measure.text} is ${bound} ${valueText(measure, { value: limit, unit }, signals)}`,
    holds: pass,
    now: valueText(measure, { value: actual, unit }, signals),
  };
}

/** Fields of a summary that are in the signal's unit. */
const IN_UNIT = /^(mean|min|max|last|p\d+)$/;

/** A measure's value as charts write its signal, where it reads one field of one signal. */
export function valueText(
  { subject }: Measure,
  { value, unit }: { readonly value: number; readonly unit: string },
  signals: Signals,
): string {
  const signal = subject && IN_UNIT.test(subject.field) && signals.find(({ name }) => name === subject.signal);
  return signal ? measureText(signal, value) : quantity(value, unit);
}

/** What is to be foretold of the next try: the headline's goal, and its answers in words. */
export interface Question {
  readonly ask: string;
  readonly answers: Readonly<Record<Foretold, string>>;
}

export function questionOf(
  scenario: Scenario,
  { remedy, place, measure }: Headline,
  given: readonly Way[],
  signals: Signals,
): Question {
  const { limit, actual, unit } = given.find((way) => way.remedy === remedy)!.goals[place];
  const claim = scenario.expect[remedy][place].claim!;
  const [goal, was] = [limit, actual].map((value) => valueText(measure, { value, unit }, signals));
  return {
    ask: `${measure.text} was ${was} as given. What will it come to?`,
    answers: {
      holds: `${claim.bound} ${goal}: the goal`,
      nearer: 'nearer to it, and not there',
      'no nearer': 'no nearer than it was',
    },
  };
}

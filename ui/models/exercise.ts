/**
 * An exercise as the page tells it: its task, the goals of each known repair held against the run that is shown, hints made of
 * the definition and of the guide's table of remedies, and what was tried. Names of remedies are not told before it is solved.
 */
import {
  formatValue,
  isRefuted,
  quantity,
  solutionOf,
  worldOf,
  type Exercise,
  type ExpectationResult,
  type Foretold,
  type Headline,
  type Measure,
  type ParameterValues,
  type RecordedSignal,
  resolveParameters,
  type Scenario,
  type Way,
} from '../../sim-core/index.ts';
import type { Inline, GuideSection } from './guide.ts';
import { measureText } from './measure-text.ts';

/** One goal: what is claimed, whether it holds, and how far it is. */
export interface Goal {
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
      goal: goalShown(scenario.expect[remedy][place].claim, goal, signals),
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
): Goal {
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
function valueText(
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

/** `isBounded true, handOver block`; `as given` of nothing. */
export function settingsText(scenario: Scenario, params: ParameterValues): string {
  const said = Object.entries(params).map(([name, value]) => `${name} ${formatValue(scenario.params[name], value)}`);
  return said.join(', ') || 'as given';
}

/** What is locked, with its value. */
export function lockedText(scenario: Scenario, exercise: Exercise): string {
  const values = resolveParameters(scenario, exercise.pitfall, exercise.view);
  return worldOf(scenario, exercise)
    .map((name) => `${name} ${formatValue(scenario.params[name], values[name])}`)
    .join(', ');
}

/** A hint, from where to look to what to do: in words, or in the guide's. */
export type Hint = { readonly text: string } | { readonly inlines: readonly Inline[] };

/** The row of a remedy in the guide's table of remedies: what stands in each column behind its name. */
export interface RemedyRow {
  readonly heads: readonly (readonly Inline[])[];
  readonly cells: readonly (readonly Inline[])[];
}

/** In order: which settings matter, and what each known repair does. Which values do it is told of a solved task alone. */
export function hintsOf(scenario: Scenario, exercise: Exercise, guide: readonly GuideSection[]): Hint[] {
  const solutions = exercise.ways.map((remedy) => solutionOf(scenario, exercise, remedy));
  const used = Object.keys(exercise.design).filter((name) => solutions.some((one) => Object.hasOwn(one, name)));
  const isNews = used.length < Object.keys(exercise.design).length;
  const what = exercise.ways.flatMap((remedy): Hint[] => {
    const inlines = remedyRow(guide, remedy)?.cells[0];
    return inlines ? [{ inlines: [{ type: 'text', text: 'One repair: ' }, ...inlines] }] : [];
  });
  return [...(isNews ? [{ text: `No known repair sets anything but ${used.join(', ')}.` }] : []), ...what];
}

export function remedyRow(guide: readonly GuideSection[], remedy: string): RemedyRow | undefined {
  for (const { title, blocks } of guide) {
    if (!title.startsWith('Remedies')) continue;
    for (const block of blocks) {
      if (block.type !== 'table') continue;
      const row = block.rows.find(([name]) => plainText(name) === remedy);
      if (row) return { heads: block.head.slice(1), cells: row.slice(1) };
    }
  }
  return undefined;
}

function plainText(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) => ('text' in inline ? inline.text : 'children' in inline ? plainText(inline.children) : ''))
    .join('');
}

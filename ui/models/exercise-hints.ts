/**
 * The three hints of an exercise, from where to look to what to set, made of its definition and of the guide's table of
 * remedies. The first names what is furthest from its goal and the moment of the scenario's story; the second tells what each
 * known repair does, in the guide's words; the third which settings each repair changes, and of a number which way. No hint says
 * which choice or how much: that is the solution, which is told of a solved task alone.
 */
import {
  formatDuration,
  quantity,
  resolveParameters,
  solutionOf,
  type Exercise,
  type Headline,
  type RecordedSignal,
  type Scenario,
  type Way,
} from '../../sim-core/index.ts';
import { valueText } from './exercise.ts';
import type { GuideSection, Inline } from './guide.ts';

/** A hint's lines, in the form of a guide's. */
export interface Hint {
  readonly title: string;
  readonly lines: readonly (readonly Inline[])[];
}

/** The row of a remedy in the guide's table of remedies: what stands in each column behind its name. */
export interface RemedyRow {
  readonly heads: readonly (readonly Inline[])[];
  readonly cells: readonly (readonly Inline[])[];
}

/** What is known of the pitfall's own run. */
export interface GivenRun {
  readonly headline: Headline | undefined;
  readonly ways: readonly Way[];
  readonly signals: readonly Pick<RecordedSignal, 'name' | 'kind' | 'unit' | 'help'>[];
}

/** All three, in order. */
export function hintsOf(
  scenario: Scenario,
  exercise: Exercise,
  guide: readonly GuideSection[],
  given: GivenRun | undefined,
): Hint[] {
  return [
    { title: 'Where to look', lines: [whereToLook(scenario, given)] },
    { title: 'What helps', lines: exercise.ways.map((remedy) => whatHelps(scenario, exercise, guide, remedy)) },
    { title: 'What to set', lines: whatToSet(scenario, exercise).map((words) => [text(words)]) },
  ];
}

const text = (words: string): Inline => ({ type: 'text', text: words });

function whereToLook(scenario: Scenario, given: GivenRun | undefined): readonly Inline[] {
  const at = formatDuration(scenario.openAt);
  const { headline, ways = [], signals = [] } = given ?? {};
  const moment = (show?: string): Inline => ({
    type: 'moment',
    at,
    ...(show !== undefined && { show }),
    children: [text(`at ${at}`)],
  });
  if (!headline) return [text('Look at the system and its charts '), moment(), text('.')];
  const { remedy, place, measure } = headline;
  const { actual, limit, unit } = ways.find((way) => way.remedy === remedy)!.goals[place];
  const signal = signals.find(({ name }) => name === measure.subject?.signal);
  const [was, goal] = [actual, limit].map((value) =>
    signal ? valueText(measure, { value, unit }, signals) : quantity(value, unit),
  );
  const bound = scenario.expect[remedy][place].claim?.bound ?? 'at most';
  return [
    text('Look '),
    moment(signal?.name),
    text(
      ` at ${measure.text}${signal ? ` (${signal.help})` : ''}: as given it came to ${was}, where ${bound} ${goal} is asked.`,
    ),
  ];
}

function whatHelps(
  scenario: Scenario,
  exercise: Exercise,
  guide: readonly GuideSection[],
  remedy: string,
): readonly Inline[] {
  const inlines = remedyRow(guide, remedy)?.cells[0];
  if (inlines) return [text('One repair: '), ...inlines];
  const about = Object.keys(solutionOf(scenario, exercise, remedy)).map((name) => scenario.params[name].help);
  return [text(`One repair is about: ${about.join('; ')}`)];
}

/** Repair by repair, those that set the same told once: `Every repair sets protection.` */
function whatToSet(scenario: Scenario, exercise: Exercise): string[] {
  const said = [...new Set(exercise.ways.map((remedy) => settingsIn(scenario, exercise, remedy)))];
  const who = said.length === 1 && exercise.ways.length > 1 ? 'Every repair' : 'One repair';
  return said.map((settings) => `${who} sets ${settings}.`);
}

/** `bound, lower than now and overflow`. */
function settingsIn(scenario: Scenario, exercise: Exercise, remedy: string): string {
  const given = resolveParameters(scenario, exercise.pitfall, {});
  const names = Object.entries(solutionOf(scenario, exercise, remedy)).map(([name, value]) => {
    const before = given[name];
    if (typeof value !== 'number' || typeof before !== 'number') return name;
    return `${name}, ${value > before ? 'higher' : 'lower'} than now`;
  });
  return names.join(' and ');
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

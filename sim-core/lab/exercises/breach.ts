/**
 * Where a run broke a claim, and by what: the evidence for a goal that is not reached. When follows from the claim's own measure,
 * asked of the run up to each row: from some row on it stays broken. By what follows from the facts that the measure's signal
 * is made of: those told in that row which go against the claim (of a ratio that is too low the facts that did not count, of
 * a histogram the observations beyond the limit), and what they have in common, whatever their kind.
 */
import type { FactKind } from '../../kernel/fact.ts';
import type { Time } from '../../kernel/time.ts';
import { firstAfter } from '../../statistics/first-after.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import type { Expectation } from '../expectation.ts';
import { mainColumn, type FactTable, type RecordedFacts, type RecordedSignal, type Recording } from '../recording.ts';
import type { Scenario } from '../scenario.ts';
import { definitionsOf } from '../trial.ts';
import { runningMeasure } from './running-measure.ts';

export interface Breach {
  /** The row in which it is seen best, from its beginning to its end. */
  readonly from: Time;
  readonly to: Time;
  /**
   * `turn`: from here on it stays broken; `worst`: it was broken all along, and this is where it was furthest off; `end`: what is
   * counted never came to enough, and this is where the run ends.
   */
  readonly place: 'turn' | 'worst' | 'end';
  /** The signal that says so. */
  readonly signal: string;
  /** What was told there against the claim; undefined where nothing was, or nothing of it was kept. */
  readonly against?: Against;
}

export interface Against {
  /** The kind of fact. */
  readonly kind: string;
  /** How many are kept of that row. */
  readonly count: number;
  /** Fields that say the same in most of them, and in how many. */
  readonly shared: readonly { readonly field: string; readonly value: number | string; readonly count: number }[];
  /** Requests that they are about, the first few. */
  readonly requests: readonly number[];
}

/** Requests that are named at most. */
const REQUESTS_MAX = 3;

/** Where a claim is broken that a run does not keep; undefined where its measure cannot be told of a part of a run. */
export function breachOf(
  scenario: Scenario,
  recording: Recording,
  { claim }: Expectation,
  limit: number,
): Breach | undefined {
  const running = claim && runningMeasure(claim.measure, recording);
  if (!running) return undefined;
  const { values, first, signals } = running;
  const [signal] = signals;
  if (signal === undefined || values.length === 0) return undefined;
  const isHigh = claim.bound === 'at most';
  const isKept = (value: number): boolean => (isHigh ? value <= limit : value >= limit);
  const kept = values.findLastIndex(isKept);
  const place = kept >= first && kept < values.length - 1 ? 'turn' : !isHigh && isCounted(signal) ? 'end' : 'worst';
  const row = { turn: kept + 1, worst: worstRow(signal, first, isHigh), end: values.length - 1 }[place];
  const { interval, duration } = recording.header;
  const from = row * interval;
  const to = Math.min(duration, from + interval);
  const against = againstIn(recording, definitionIn(scenario, recording, signal), { from, to }, isHigh, limit);
  return { from, to, place, signal: signal.name, ...(against && { against }) };
}

const isCounted = ({ kind }: RecordedSignal): boolean => kind === 'counter' || kind === 'rate';

/** Where a signal is highest or lowest, of the rows that count; the first of several. */
function worstRow(signal: RecordedSignal, first: number, isHigh: boolean): number {
  const column = signal.kind === 'gauge' && isHigh ? signal.columns.max : mainColumn(signal);
  let worst = first;
  for (let row = first; row < column.length; row++) {
    const isWorse = isHigh ? column[row] > column[worst] : column[row] < column[worst];
    if (isWorse || Number.isNaN(column[worst])) worst = row;
  }
  return Math.min(worst, Math.max(0, column.length - 1));
}

const known = new WeakMap<Recording, readonly SignalDefinition[]>();

function definitionIn(
  scenario: Scenario,
  recording: Recording,
  { name }: RecordedSignal,
): SignalDefinition | undefined {
  let definitions = known.get(recording);
  if (definitions === undefined) known.set(recording, (definitions = definitionsOf(scenario, recording.header)));
  return definitions.find((definition) => definition.name === name);
}

interface Stretch {
  readonly from: Time;
  readonly to: Time;
}

type Fact = Readonly<Record<string, number | string | boolean>>;

function againstIn(
  { facts }: Recording,
  definition: SignalDefinition | undefined,
  { from, to }: Stretch,
  isHigh: boolean,
  limit: number,
): Against | undefined {
  const kind = definition?.fact as FactKind | undefined;
  const table = facts.tables.find((one) => one.kind === kind?.name);
  if (!definition || !table) return undefined;
  const rows: number[] = [];
  for (let row = firstAfter(table.times, from - 1, table.rows); row < table.rows && table.times[row] < to; row++) {
    if (isAgainst(definition, factIn(facts, table, row), isHigh, limit)) rows.push(row);
  }
  if (rows.length === 0) return undefined;
  const requests = table.schema.request === 'request' ? rows.map((row) => table.columns.request[row]) : [];
  return {
    kind: table.kind,
    count: rows.length,
    shared: sharedIn(facts, table, rows),
    requests: [...new Set(requests)].slice(0, REQUESTS_MAX),
  };
}

/** As it was told: a row of a table, its texts and flags as such. */
function factIn({ texts }: RecordedFacts, { schema, columns }: FactTable, row: number): Fact {
  return Object.fromEntries(
    Object.entries(schema).map(([field, type]) => {
      const value = columns[field][row];
      return [field, type === 'text' ? texts[value] : type === 'flag' ? value === 1 : value];
    }),
  );
}

/** Whether a fact takes part in a signal on the side that breaks the claim. */
function isAgainst(definition: SignalDefinition, fact: Fact, isHigh: boolean, limit: number): boolean {
  const told = fact as never;
  if (definition.where?.(told) === false) return false;
  if (definition.kind === 'ratio') return definition.counts(told) === isHigh;
  if (definition.kind === 'histogram') {
    const value = definition.value(told) / (definition.unit === 's' ? 1e9 : 1);
    return isHigh ? value > limit : value < limit;
  }
  // What is counted and comes to too little is not to be seen in what was counted.
  return isHigh || definition.kind === 'gauge';
}

/** Fields that name something, a key, a component, an outcome, and name the same in most of the rows. */
function sharedIn(facts: RecordedFacts, { schema, columns }: FactTable, rows: readonly number[]): Against['shared'] {
  return Object.entries(schema).flatMap(([field, type]) => {
    if (type !== 'key' && type !== 'text') return [];
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(columns[field][row], (counts.get(columns[field][row]) ?? 0) + 1);
    const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
    if (most === undefined || most[1] * 2 <= rows.length) return [];
    const value = type === 'text' ? facts.texts[most[0]] : most[0];
    return value === '' ? [] : [{ field, value, count: most[1] }];
  });
}

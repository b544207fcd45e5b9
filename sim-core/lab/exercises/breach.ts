/**
 * Where a run broke a claim, and by what: the evidence for a goal that is not reached. When follows from the claim's own measure,
 * asked of the run up to each row: from some row on it stays broken. By what follows from the facts that the measure's signal
 * is made of: those told in that row which go against the claim (of a ratio that is too low the facts that did not count, of
 * a histogram or a gauge the values beyond the limit), and what they have in common, whatever their kind. Of a measure that is
 * worked out of two others either side may be at fault: what is divided or subtracted from in the claim's direction, the other
 * in the opposite one; a limit of the whole says nothing of a single value there.
 */
import type { FactKind } from '../../kernel/fact.ts';
import type { Time } from '../../kernel/time.ts';
import { firstAfter } from '../../statistics/first-after.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import type { Expectation, Measure } from '../expectation.ts';
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
   * counted never came to enough, and this is where the run ends; `close`: by row it is kept at last, though it is not over the whole
   * run, so that nothing is known but where it was furthest off.
   */
  readonly place: 'turn' | 'worst' | 'end' | 'close';
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
  const { values, first } = running;
  const isHigh = claim.bound === 'at most';
  const sides = sidesOf(claim.measure, running.signals, recording, isHigh, limit);
  if (sides.length === 0 || values.length === 0) return undefined;
  const isKept = (value: number): boolean => (isHigh ? value <= limit : value >= limit);
  const kept = values.findLastIndex(isKept);
  const [{ signal }] = sides;
  const isEnd = !isHigh && isCounted(signal);
  const place = kept < first ? (isEnd ? 'end' : 'worst') : kept < values.length - 1 ? 'turn' : 'close';
  const furthest = (): number => {
    if (sides.length > 1) return worstRow(values, first, isHigh);
    return worstRow(signal.kind === 'gauge' && isHigh ? signal.columns.max : mainColumn(signal), first, isHigh);
  };
  const row = place === 'turn' ? kept + 1 : place === 'end' ? values.length - 1 : furthest();
  const { interval, duration } = recording.header;
  const from = row * interval;
  const to = Math.min(duration, from + interval);
  for (const side of sides) {
    const against = againstIn(recording, definitionIn(scenario, recording, side.signal), { from, to }, side);
    if (against) return { from, to, place, signal: side.signal.name, against };
  }
  return { from, to, place, signal: signal.name };
}

/** A signal that a claim hangs on, and how it may break it. */
interface Side {
  readonly signal: RecordedSignal;
  /** By being too high, or too low. */
  readonly isHigh: boolean;
  /** What it may be; NaN where the claim does not say. */
  readonly limit: number;
}

/** The sides of a measure, the one that it is told by first; `signals` are those that it asks for, in order. */
function sidesOf(
  { composed }: Measure,
  signals: readonly RecordedSignal[],
  recording: Recording,
  isHigh: boolean,
  limit: number,
): Side[] {
  if (composed === undefined) return signals.slice(0, 1).map((signal) => ({ signal, isHigh, limit }));
  return [composed.left, composed.right].flatMap((part, i) => {
    const asked = runningMeasure(part, recording)?.signals ?? [];
    return sidesOf(part, asked, recording, i === 0 ? isHigh : !isHigh, NaN);
  });
}

const isCounted = ({ kind }: RecordedSignal): boolean => kind === 'counter' || kind === 'rate';

/** Where a column is highest or lowest, of the rows that count; the first of several. */
function worstRow(column: Float64Array, first: number, isHigh: boolean): number {
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
  side: Side,
): Against | undefined {
  const kind = definition?.fact as FactKind | undefined;
  const table = facts.tables.find((one) => one.kind === kind?.name);
  if (!definition || !table) return undefined;
  const rows: number[] = [];
  for (let row = firstAfter(table.times, from - 1, table.rows); row < table.rows && table.times[row] < to; row++) {
    if (isAgainst(definition, factIn(facts, table, row), side)) rows.push(row);
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
function isAgainst(definition: SignalDefinition, fact: Fact, { isHigh, limit }: Side): boolean {
  const told = fact as never;
  if (definition.where?.(told) === false) return false;
  if (definition.kind === 'ratio') return definition.counts(told) === isHigh;
  if (definition.kind === 'histogram' || definition.kind === 'gauge') {
    // A gauge that is the sum of what several say may be too high without any of them being so.
    const value = definition.value(told) / (definition.kind === 'histogram' && definition.unit === 's' ? 1e9 : 1);
    return isHigh ? value > limit : value < limit;
  }
  // What is counted and comes to too little is not to be seen in what was counted.
  return isHigh;
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

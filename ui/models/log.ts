/**
 * The run's facts as one log: all kinds interleaved in the order in which they were told, filtered by kind, request and
 * words, and written as structured lines. A line has a level only where its fact says that something went wrong or was
 * not as it should be; nothing else is made up.
 *
 * The order is worked out once a recording and the matches once a filter; where the cursor stands is a binary search.
 */
import {
  componentOfFact,
  eventIndex,
  type FactPlace,
  factRequest,
  type FactTable,
  factTime,
  firstAfter,
  type RecordedFacts,
  type Recording,
  roleOfFact,
} from '../../sim-core/index.ts';
import { fieldsOf, fieldText, type FactField } from './facts.ts';
import type { Role } from './signal-style.ts';

/** Every fact of a recording in order. */
export interface Log {
  readonly length: number;
  readonly times: Float64Array;
  /** Number of the table, and the row in it. */
  readonly tables: Uint8Array;
  readonly rows: Uint32Array;
}

export interface LogFilter {
  /** Kinds of facts; all if empty. */
  readonly kinds: readonly string[];
  readonly request?: number;
  /** Words that must all be found in the line; `field=value` asks for just that. */
  readonly text: string;
}

/** The lines that a filter leaves, as places in the log. */
export interface LogMatches {
  readonly places: Uint32Array;
  readonly times: Float64Array;
}

export type LogLevel = 'error' | 'warn' | '';

export interface LogLine {
  readonly fact: FactPlace;
  readonly time: number;
  readonly level: LogLevel;
  readonly role: Role;
  readonly component: string;
  readonly kind: string;
  readonly request: number;
  /** Without those that stand in columns of their own. */
  readonly fields: readonly FactField[];
}

const known = new WeakMap<Recording, Log>();

/** The log of a recording, put in order once: by time, then as events ran, then as kinds are listed. */
export function logOf(recording: Recording): Log {
  let log = known.get(recording);
  if (log === undefined) {
    log = merge(recording);
    known.set(recording, log);
  }
  return log;
}

function merge({ events, facts }: Recording): Log {
  const { tables } = facts;
  const length = tables.reduce((sum, { rows }) => sum + rows, 0);
  const log = {
    length,
    times: new Float64Array(length),
    tables: new Uint8Array(length),
    rows: new Uint32Array(length),
  };
  const heads = tables.map(() => 0);
  const timeIn = (table: number): number =>
    heads[table] < tables[table].rows ? tables[table].times[heads[table]] : Infinity;
  const ranAt = (table: number): number => eventIndex(events).placeOf(tables[table].events[heads[table]]);
  for (let place = 0; place < length; place++) {
    let next = 0;
    let earliest = timeIn(0);
    for (let table = 1; table < tables.length; table++) {
      const time = timeIn(table);
      if (time > earliest || time === Infinity) continue;
      if (time === earliest && ranAt(table) >= ranAt(next)) continue;
      next = table;
      earliest = time;
    }
    log.times[place] = earliest;
    log.tables[place] = next;
    log.rows[place] = heads[next]++;
  }
  return log;
}

/** The lines that pass a filter, in order. */
export function matchesOf(recording: Recording, filter: LogFilter): LogMatches {
  const log = logOf(recording);
  const { facts } = recording;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = facts.tables.map((table) => rowTest(facts, table, filter, words));
  const places = new Uint32Array(log.length);
  let found = 0;
  for (let place = 0; place < log.length; place++) {
    if (tests[log.tables[place]]?.(log.rows[place])) places[found++] = place;
  }
  const kept = places.slice(0, found);
  return { places: kept, times: Float64Array.from(kept, (place) => log.times[place]) };
}

type RowTest = (row: number) => boolean;

/** What decides about the rows of one table; undefined if none of them can pass. */
function rowTest(
  facts: RecordedFacts,
  table: FactTable,
  { kinds, request }: LogFilter,
  words: readonly string[],
): RowTest | undefined {
  if (kinds.length > 0 && !kinds.includes(table.kind)) return undefined;
  const tests: RowTest[] = [];
  if (request !== undefined) {
    if (table.schema.request !== 'request') return undefined;
    const column = table.columns.request;
    tests.push((row) => column[row] === request);
  }
  for (const word of words) {
    if (!table.kind.includes(word)) tests.push(wordTest(facts, table, word));
  }
  return (row) => tests.every((test) => test(row));
}

/**
 * Texts are few and looked through once. A word is also looked for in the numbers of requests and keys; other figures,
 * whose text depends on how they are rounded, are found by `field=value` alone.
 */
function wordTest(facts: RecordedFacts, table: FactTable, word: string): RowTest {
  const [, field, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
  const exact = field !== undefined;
  const fields = Object.keys(table.schema).filter((name) => !exact || name.toLowerCase() === field);
  const fits = (text: string): boolean => (exact ? text.toLowerCase() === value : text.toLowerCase().includes(word));
  const texts = facts.texts.map(fits);
  const textual = fields.filter((name) => table.schema[name] === 'text').map((name) => table.columns[name]);
  const numbers = !exact && /^\d+$/.test(word) ? fields.filter((name) => NAMING.has(table.schema[name])) : [];
  const columns = numbers.map((name) => table.columns[name]);
  const others = exact ? fields.filter((name) => table.schema[name] !== 'text') : [];
  return (row) =>
    textual.some((column) => texts[column[row]]) ||
    columns.some((column) => String(column[row]).includes(word)) ||
    others.some((name) => fits(plain(fieldText(facts, table, name, row))));
}

/** Types of fields whose numbers are names. */
const NAMING: ReadonlySet<string> = new Set(['request', 'key']);

/** As it is typed: with a simple space between number and unit. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

/** Number of matches that are not later than an instant: the last of them is where the cursor stands. */
export const matchesUntil = ({ times }: LogMatches, time: number): number => firstAfter(times, time);

/** A line of the log in words. */
export function lineAt(recording: Recording, place: number, components: ReadonlySet<string>): LogLine {
  const log = logOf(recording);
  const { facts } = recording;
  const fact = { table: facts.tables[log.tables[place]], row: log.rows[place] };
  const role = roleOfFact(facts, fact);
  const component = componentOfFact(facts, fact, components) ?? '';
  return {
    fact,
    time: factTime(fact),
    level: LEVELS[role] ?? '',
    role,
    component,
    kind: fact.table.kind,
    request: factRequest(fact),
    fields: fieldsOf(facts, fact).filter(({ name, text }) => name !== 'request' && text !== component),
  };
}

const LEVELS: Partial<Record<Role, LogLevel>> = { failed: 'error', stale: 'warn', retry: 'warn' };

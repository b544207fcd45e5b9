/**
 * Facts as a reader meets them: one row of a table in words, the part that each plays, and the facts of one request or
 * of one event. What a fact means is read from its schema and from the words of its text fields alone, so that kinds
 * which no one here has heard of are told as well.
 */
import type { FactTable, RecordedFacts } from '../../sim-core/index.ts';
import { instantText, numberText, secondsText } from './measure-text.ts';
import { firstAfter } from './rows.ts';
import type { Role } from './signal-style.ts';

/** One fact: a row of a table. */
export interface FactPlace {
  readonly table: FactTable;
  readonly row: number;
}

export interface FactField {
  readonly name: string;
  readonly text: string;
}

/** The fields of a fact in words, in the order of the schema. */
export function fieldsOf(facts: RecordedFacts, { table, row }: FactPlace): FactField[] {
  return Object.keys(table.schema).map((name) => ({ name, text: fieldText(facts, table, name, row) }));
}

export function fieldText({ texts }: RecordedFacts, { schema, columns }: FactTable, name: string, row: number): string {
  const value = columns[name][row];
  switch (schema[name]) {
    case 'text':
      return texts[value] ?? '';
    case 'flag':
      return value === 1 ? 'yes' : 'no';
    case 'time':
      return instantText(value, 1e6);
    case 'duration':
      return secondsText(value / 1e9);
    case 'request':
    case 'key':
      return String(value);
    default:
      return numberText(value);
  }
}

/** The value of a text field; undefined if the kind has no such field. */
export function textOf(facts: RecordedFacts, { table, row }: FactPlace, field: string): string | undefined {
  return table.schema[field] === 'text' ? facts.texts[table.columns[field][row]] : undefined;
}

/** The request that a fact belongs to; -1 for none. */
export function requestOf({ table, row }: FactPlace): number {
  return table.schema.request === 'request' ? table.columns.request[row] : -1;
}

/** What a fact calls its kind of outcome, and the part that it plays by it; in order, the first that matches decides. */
const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/timeout|overloaded|unavailable|error|fail|refused|dead|lost|reject/, 'failed'],
  [/retr(y|ied)|redeliver|compensat|duplicate|contended|coalesced/, 'retry'],
  [/stale|evict/, 'stale'],
  [/miss|expired/, 'miss'],
  [/^(ok|hit|acquired|completed|acknowledged|committed)$/, 'ok'],
];

/** The role of an outcome; neutral where the word says nothing. */
export function roleOfOutcome(outcome: string): Role {
  return ROLES.find(([pattern]) => pattern.test(outcome))?.[1] ?? 'waiting';
}

/** The role of a fact by its outcome, or where it has none by its kind. */
export function roleOfFact(facts: RecordedFacts, fact: FactPlace): Role {
  return roleOfOutcome(textOf(facts, fact, 'outcome') ?? fact.table.kind);
}

/** The component that a fact names first, among those there are. */
export function componentOfFact(
  facts: RecordedFacts,
  fact: FactPlace,
  components: ReadonlySet<string>,
): string | undefined {
  for (const name of Object.keys(fact.table.schema)) {
    const text = textOf(facts, fact, name);
    if (text !== undefined && components.has(text)) return text;
  }
  return undefined;
}

/** Every fact of a request that was kept and told from one instant to another, in order of time. */
export function factsOfRequest(
  { tables }: RecordedFacts,
  request: number,
  from = -Infinity,
  to = Infinity,
): FactPlace[] {
  const found: FactPlace[] = [];
  for (const table of tables) {
    if (table.schema.request !== 'request') continue;
    // Times are whole nanoseconds.
    const first = firstAfter(table.times, from - 1, table.rows);
    const column = table.columns.request.subarray(first, firstAfter(table.times, to, table.rows));
    for (let row = column.indexOf(request); row >= 0; row = column.indexOf(request, row + 1)) {
      found.push({ table, row: first + row });
    }
  }
  return found.toSorted((a, b) => timeOf(a) - timeOf(b));
}

/** What was told in the event with an id, which ran at `time`. */
export function factsOfEvent({ tables }: RecordedFacts, id: number, time: number): FactPlace[] {
  const found: FactPlace[] = [];
  for (const table of tables) {
    for (let row = firstAfter(table.times, time, table.rows) - 1; row >= 0 && table.times[row] === time; row--) {
      if (table.events[row] === id) found.push({ table, row });
    }
  }
  return found;
}

/** When a fact was told. */
export const timeOf = ({ table, row }: FactPlace): number => table.times[row];

/**
 * Facts of a recording one by one: a row of a table, whose it is, and where it was told. What a fact means is read from its
 * schema and from its text fields alone, so that kinds which no one here has heard of are told as well.
 */
import { firstAfter } from '../../statistics/first-after.ts';
import type { FactTable, RecordedFacts } from '../recording.ts';
import { rowsByRequest } from './rows-by-request.ts';

/** One fact: a row of a table. */
export interface FactPlace {
  readonly table: FactTable;
  readonly row: number;
}

/** When a fact was told. */
export const factTime = ({ table, row }: FactPlace): number => table.times[row];

/** The value of a text field; undefined if the kind has no such field. */
export function factText({ texts }: RecordedFacts, { table, row }: FactPlace, field: string): string | undefined {
  return table.schema[field] === 'text' ? texts[table.columns[field][row]] : undefined;
}

/** Whether facts of a kind belong to requests, each to the one that its field `request` names. */
export const isOfRequests = ({ schema }: FactTable): boolean => schema.request === 'request';

/** The request that a fact belongs to; -1 for none. */
export function factRequest({ table, row }: FactPlace): number {
  return isOfRequests(table) ? table.columns.request[row] : -1;
}

/** By convention the field `duration` says how long what ended took. */
export function factDuration({ table, row }: FactPlace): number | undefined {
  return table.schema.duration === 'duration' ? table.columns.duration[row] : undefined;
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
    if (!isOfRequests(table)) continue;
    for (const row of rowsByRequest(table, table.columns.request, table.rows).of(request)) {
      if (table.times[row] >= from && table.times[row] <= to) found.push({ table, row });
    }
  }
  return found.toSorted((a, b) => factTime(a) - factTime(b));
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

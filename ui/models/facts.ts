/** Facts as a reader meets them: the fields of one row of a table, in words. */
import type { FactPlace, FactTable, RecordedFacts } from '../../sim-core/index.ts';
import { instantText, numberText, secondsText } from './measure-text.ts';

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

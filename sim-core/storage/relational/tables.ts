/** Tables of rows by their key, as they stand at a moment: in memory, or in the data files as a checkpoint left them. */
import type { Change, StoredRow, TableDefinition } from './rows.ts';

export class Tables {
  private readonly tables: Map<string, Map<number, StoredRow>>;

  private constructor(tables: Map<string, Map<number, StoredRow>>) {
    this.tables = tables;
  }

  static of(definitions: readonly TableDefinition[]): Tables {
    const tables = new Map<string, Map<number, StoredRow>>();
    for (const { name, rows = [] } of definitions) {
      const entries = [...rows].map(([key, row]) => [key, { key, row, writtenBy: 0 }] as const);
      tables.set(name, new Map(entries));
    }
    return new Tables(tables);
  }

  get(table: string, key: number): StoredRow | undefined {
    return this.rowsOf(table).get(key);
  }

  /** In the order in which they were inserted. */
  rows(table: string): Iterable<StoredRow> {
    return this.rowsOf(table).values();
  }

  size(table: string): number {
    return this.rowsOf(table).size;
  }

  apply({ table, key, row }: Change, writtenBy: number): void {
    if (row === undefined) this.rowsOf(table).delete(key);
    else this.rowsOf(table).set(key, { key, row, writtenBy });
  }

  copy(): Tables {
    return new Tables(new Map([...this.tables].map(([name, rows]) => [name, new Map(rows)])));
  }

  private rowsOf(table: string): Map<number, StoredRow> {
    const rows = this.tables.get(table);
    if (rows !== undefined) return rows;
    throw new RangeError(`there is no table ${table}; there are ${[...this.tables.keys()].join(', ')}`);
  }
}

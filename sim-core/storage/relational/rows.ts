/**
 * What the tables of a relational database hold. A row has a key, which is unique in its table, and columns; as PostgreSQL's
 * `xmin` does, it tells which transaction wrote the version that stands.
 */
export type Value = number | string | boolean;
export type Row = Readonly<Record<string, Value>>;

export interface StoredRow {
  readonly key: number;
  readonly row: Row;
  /** The number of the transaction that wrote it; 0 for what was there from the start. */
  readonly writtenBy: number;
}

/** A row as a transaction leaves it; undefined if it deletes it. */
export interface Change {
  readonly table: string;
  readonly key: number;
  readonly row: Row | undefined;
}

export interface TableDefinition {
  readonly name: string;
  /** What is there from the start. */
  readonly rows?: Iterable<readonly [number, Row]>;
  /**
   * The columns that an inserted row has by default. `startedAt`: when its transaction began, which is PostgreSQL's `now()`.
   * `next`: the next number of the table's sequence, which is handed out at once and never taken back (`nextval`).
   */
  readonly defaults?: (context: { readonly startedAt: number; next(): number }) => Row;
}

/** A tuple's header, and a number or a time; a text takes its length, a boolean one byte. */
const HEADER_BYTES = 24;
const NUMBER_BYTES = 8;

export function bytesOf(row: Row | undefined): number {
  let bytes = HEADER_BYTES;
  for (const value of Object.values(row ?? {})) {
    if (typeof value === 'number') bytes += NUMBER_BYTES;
    else bytes += typeof value === 'string' ? value.length : 1;
  }
  return bytes;
}

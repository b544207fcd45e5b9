/**
 * The join of a stream with a table (KStreamKTableJoinProcessor of apache/kafka;
 * https://kafka.apache.org/documentation/streams/developer-guide/dsl-api.html#joining): a record of the stream meets what the table
 * has of its key just then. The table's updates give no results, so that one which comes after the record is missed: which of both
 * is read first decides. A real task reads the topic whose next record is the oldest first, if it has fetched of both; here they
 * are read as they come. Joins of two streams are in `stream-joins.ts`, of two tables in `table-joins.ts`.
 */
import type { RecordValue } from './stream-record.ts';
import type { Operator } from './topology.ts';

/**
 * Of a record of a stream what comes of it with the table's value. Of `left` also without one, which is null; there a record without a
 * key goes on too (KIP-962).
 */
export type TableJoin =
  | { readonly kind: 'inner'; readonly of: (value: RecordValue, ofTable: RecordValue) => RecordValue }
  | { readonly kind: 'left'; readonly of: (value: RecordValue, ofTable: RecordValue | null) => RecordValue };

/** Joins a stream with the table of that store, which `table` keeps. */
export const joinTable =
  (store: string, join: TableJoin): Operator =>
  (next, task) => {
    const values = task.store(store);
    return (record) => {
      const { key, value } = record;
      if (value === null) return task.drop(record, 'no-value');
      const ofTable = key === undefined ? null : (values.get(key) ?? null);
      if (join.kind === 'left') next({ ...record, value: join.of(value, ofTable) });
      else if (key === undefined) task.drop(record, 'no-key');
      else if (ofTable !== null) next({ ...record, value: join.of(value, ofTable) });
    };
  };

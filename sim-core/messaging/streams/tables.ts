/**
 * Operators that keep the last value of each key: KTable, and the count of a stream that is grouped by its key (KTableSource and
 * KStreamAggregate of apache/kafka). What they hand on is each change of the table. A record without a key is left out, as is
 * one without a value by the count.
 */
import type { Operator } from './topology.ts';

/** The last value of each key; a tombstone deletes it, and is handed on. */
export const table =
  (store: string): Operator =>
  (next, task) => {
    const values = task.store(store);
    return (record) => {
      if (record.key === undefined) return task.drop(record, 'no-key');
      values.put(record.key, record.value, record.timestamp);
      next(record);
    };
  };

/** How many records there were of each key; a count has the largest time of them. */
export const count =
  (store: string): Operator =>
  (next, task) => {
    const counts = task.store(store);
    return (record) => {
      const { key, timestamp } = record;
      if (key === undefined) return task.drop(record, 'no-key');
      if (record.value === null) return task.drop(record, 'no-value');
      const before = counts.stamped(key);
      const value = ((before?.value as number | undefined) ?? 0) + 1;
      const latest = Math.max(timestamp, before?.timestamp ?? timestamp);
      counts.put(key, value, latest);
      next({ key, value, timestamp: latest });
    };
  };

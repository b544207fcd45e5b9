/**
 * Joins of two tables by their key (KTableKTableInnerJoin, LeftJoin, RightJoin and OuterJoin of apache/kafka;
 * https://kafka.apache.org/documentation/streams/developer-guide/dsl-api.html#ktable-ktable-equi-join). The result is a table, of
 * which each change is handed on: whenever either side changes, what both have of the key then. A deletion is handed on as a
 * tombstone where something may have been there to be deleted: also where that is not known to be so, as it is there.
 *
 * A result has the larger time of both values. Joins by a foreign key are in `foreign-key-joins.ts`. Versioned tables, which leave a
 * change out that comes after a later one, are not modelled.
 */
import type { RecordValue } from './stream-record.ts';
import type { Stamped } from './state-store.ts';
import type { Operator } from './topology.ts';

interface Stores {
  readonly left: string;
  readonly right: string;
}

/** What comes of the values of both sides; of `left` and `outer` that which is not there is null. */
export type TablesJoin = { readonly stores: Stores } & (
  | { readonly kind: 'inner'; readonly of: (left: RecordValue, right: RecordValue) => RecordValue }
  | { readonly kind: 'left'; readonly of: (left: RecordValue, right: RecordValue | null) => RecordValue }
  | { readonly kind: 'outer'; readonly of: (left: RecordValue | null, right: RecordValue | null) => RecordValue }
);

type Side = 'left' | 'right';
type Value = RecordValue | null;

/** The join as an operator for the source of each table, which keeps it. */
export function joinTables(join: TablesJoin): Readonly<Record<Side, Operator>> {
  return { left: changing('left', join), right: changing('right', join) };
}

const changing =
  (side: Side, { stores, kind, of }: TablesJoin): Operator =>
  (next, task) => {
    const [own, other] = side === 'left' ? [stores.left, stores.right] : [stores.right, stores.left];
    const [values, others] = [task.store(own), task.store(other)];
    const resultOf = (changed: Value, met: Value): Value => {
      const [left, right] = side === 'left' ? [changed, met] : [met, changed];
      const isThere =
        kind === 'inner' ? left !== null && right !== null : left !== null || (kind === 'outer' && right !== null);
      return isThere ? (of as (left: Value, right: Value) => RecordValue)(left, right) : null;
    };
    /** Whether a change of this side may change the result, even if it is none. */
    const concerns = (before: Value, after: Value, met: Stamped | undefined): boolean => {
      const needsOther = kind === 'inner' || (kind === 'left' && side === 'right');
      return met !== undefined || (!needsOther && (before !== null || after !== null));
    };
    return (record) => {
      const { key, value, timestamp } = record;
      if (key === undefined) return task.drop(record, 'no-key');
      const before = values.get(key) ?? null;
      values.put(key, value, timestamp);
      const met = others.stamped(key);
      if (!concerns(before, value, met)) return;
      const latest = Math.max(timestamp, met?.timestamp ?? timestamp);
      next({ key, value: resultOf(value, met?.value ?? null), timestamp: latest });
    };
  };

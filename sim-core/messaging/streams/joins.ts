/**
 * Joins of records of the same key (KStreamKTableJoinProcessor, KStreamJoinWindow and KStreamKStreamJoin of apache/kafka;
 * https://kafka.apache.org/documentation/streams/developer-guide/dsl-api.html#joining).
 *
 * With a table: a record of the stream meets what the table has of its key just then. The table's updates give no results, so that
 * one which comes after the record is missed: which of both is read first decides. A real task reads the topic whose next record
 * is the oldest first, if it has fetched of both; here they are read as they come.
 *
 * Of two streams: records meet whose times differ by no more than the window, whichever comes first; each is kept for the other
 * side's. A record that comes too late to be kept meets what there is of the other side all the same, as it does there. Results
 * have the larger of both times. Left and outer joins of two streams are not modelled.
 */
import type { Duration } from '../../kernel/time.ts';
import type { RecordValue } from './stream-record.ts';
import type { Emit, Operator, TaskContext } from './topology.ts';
import { WindowStore } from './window-store.ts';

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

/** A record of the right may be earlier than the one of the left by `before`, and later by `after`. */
export interface JoinWindows {
  readonly before: Duration;
  readonly after: Duration;
  /** How much later records may come. */
  readonly grace: Duration;
}

/** `JoinWindows.ofTimeDifferenceAndGrace`. */
export const timeDifferenceAndGrace = (difference: Duration, grace: Duration): JoinWindows => ({
  before: difference,
  after: difference,
  grace,
});

export interface StreamJoin {
  /** What keeps the records of each side. */
  readonly stores: { readonly left: string; readonly right: string };
  readonly windows: JoinWindows;
  readonly of: (left: RecordValue, right: RecordValue) => RecordValue;
}

/** The inner join of two streams, as an operator for the source of each. */
export function joinStreams({ stores, windows, of }: StreamJoin): {
  readonly left: Operator;
  readonly right: Operator;
} {
  const { before, after, grace } = windows;
  const retention = before + after + grace;
  /** Both operators of a task have the same. */
  const ofTasks = new WeakMap<TaskContext, { readonly left: WindowStore; readonly right: WindowStore }>();
  const storesOf = (task: TaskContext) => {
    const known = ofTasks.get(task);
    if (known !== undefined) return known;
    const { left, right } = stores;
    const made = {
      left: new WindowStore(task.store(left), retention),
      right: new WindowStore(task.store(right), retention),
    };
    ofTasks.set(task, made);
    return made;
  };
  return {
    left: (next, task) => {
      const { left, right } = storesOf(task);
      return meeting(task, next, { own: left, other: right, earlier: before, later: after, of });
    },
    right: (next, task) => {
      const { left, right } = storesOf(task);
      const turned: Side['of'] = (value, met) => of(met, value);
      return meeting(task, next, { own: right, other: left, earlier: after, later: before, of: turned });
    },
  };
}

interface Side {
  readonly own: WindowStore;
  readonly other: WindowStore;
  /** By how much a record of the other side may be earlier, or later. */
  readonly earlier: Duration;
  readonly later: Duration;
  readonly of: (own: RecordValue, other: RecordValue) => RecordValue;
}

const meeting =
  (task: TaskContext, next: Emit, { own, other, earlier, later, of }: Side): Emit =>
  (record) => {
    const { key, value, timestamp } = record;
    if (key === undefined) return task.drop(record, 'no-key');
    if (value === null) return task.drop(record, 'no-value');
    if (!own.put(key, { timestamp, value })) task.drop(record, 'late');
    for (const met of other.between(key, timestamp - earlier, timestamp + later)) {
      next({ key, value: of(value, met.value), timestamp: Math.max(timestamp, met.timestamp) });
    }
  };

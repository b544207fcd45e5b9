/**
 * Joins of two streams by key and time (KStreamJoinWindow and KStreamKStreamJoin of apache/kafka;
 * https://kafka.apache.org/documentation/streams/developer-guide/dsl-api.html#kstream-kstream-join): records meet whose times differ
 * by no more than the window, whichever comes first; each is kept for the other side's. A record that comes too late to be kept
 * meets what there is of the other side all the same, as it does there. Results have the larger of both times.
 *
 * A left join hands a record of the left on by itself if it meets nothing, an outer join one of the right too, with its own time;
 * not at once, but when no record can come in time any more: when stream time, the largest time of both sides in this life of the
 * task, has passed it by the window after it and the grace. One that comes when stream time is past its window already goes on at
 * once, though the grace may have an other record come yet. Without a key it meets nothing, and goes on at once (KIP-962).
 *
 * The documentation's table has such results at the very end of the grace; by the source they come with the first record that is
 * later than that. Not modelled: the real one looks for them once a second at most
 * (`__emit.interval.ms.kstreams.outer.join.spurious.results.fix__`), and only if the least time that it remembers is over.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { RecordValue, StreamRecord } from './stream-record.ts';
import type { Emit, Operator, TaskContext } from './topology.ts';
import { UnmatchedStore, type JoinSide } from './unmatched-store.ts';
import { WindowStore } from './window-store.ts';

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

/** What keeps the records of each side, and those that have met nothing yet. */
interface KeptIn {
  readonly left: string;
  readonly right: string;
}
interface KeptAloneIn extends KeptIn {
  readonly unmatched: string;
}

export type StreamJoin = { readonly windows: JoinWindows } & (
  | {
      readonly kind: 'inner';
      readonly stores: KeptIn;
      readonly of: (left: RecordValue, right: RecordValue) => RecordValue;
    }
  | {
      readonly kind: 'left';
      readonly stores: KeptAloneIn;
      readonly of: (left: RecordValue, right: RecordValue | null) => RecordValue;
    }
  | {
      readonly kind: 'outer';
      readonly stores: KeptAloneIn;
      readonly of: (left: RecordValue | null, right: RecordValue | null) => RecordValue;
    }
);

/** The join as an operator for the source of each stream. */
export function joinStreams(join: StreamJoin): Readonly<Record<JoinSide, Operator>> {
  /** Both operators of a task have the same. */
  const ofTasks = new WeakMap<TaskContext, TaskJoin>();
  const of =
    (side: JoinSide): Operator =>
    (next, task) => {
      const known = ofTasks.get(task) ?? new TaskJoin(join, task);
      ofTasks.set(task, known);
      return (record) => known.take(side, record, next);
    };
  return { left: of('left'), right: of('right') };
}

class TaskJoin {
  private readonly join: StreamJoin;
  private readonly task: TaskContext;
  private readonly sides: Readonly<Record<JoinSide, WindowStore>>;
  /** Undefined of an inner join. */
  private readonly unmatched: UnmatchedStore | undefined;
  private streamTime: Time = -Infinity;

  constructor(join: StreamJoin, task: TaskContext) {
    const { stores, windows } = join;
    const retention = windows.before + windows.after + windows.grace;
    this.join = join;
    this.task = task;
    this.sides = {
      left: new WindowStore(task.store(stores.left), retention),
      right: new WindowStore(task.store(stores.right), retention),
    };
    this.unmatched = join.kind === 'inner' ? undefined : new UnmatchedStore(task.store(join.stores.unmatched));
  }

  take(side: JoinSide, record: StreamRecord, next: Emit): void {
    const { join, task, unmatched } = this;
    const { key, value, timestamp } = record;
    const { before, after } = join.windows;
    const goesAlone = join.kind === 'outer' || (join.kind === 'left' && side === 'left');
    this.streamTime = Math.max(this.streamTime, timestamp);
    if (value === null) return task.drop(record, key === undefined ? 'no-key' : 'no-value');
    if (key === undefined) {
      if (goesAlone) next({ ...record, value: this.valueOf(side, value, null) });
      else task.drop(record, 'no-key');
      return;
    }
    if (!this.sides[side].put(key, { timestamp, value })) task.drop(record, 'late');
    if (timestamp === this.streamTime) this.closeWindows(next);
    const other = side === 'left' ? 'right' : 'left';
    const [earlier, later] = side === 'left' ? [before, after] : [after, before];
    const met = this.sides[other].between(key, timestamp - earlier, timestamp + later);
    for (const { timestamp: time, value: meets } of met) {
      unmatched?.remove(other, key, time);
      next({ key, value: this.valueOf(side, value, meets), timestamp: Math.max(timestamp, time) });
    }
    if (met.length > 0 || !goesAlone) return;
    if (timestamp + later < this.streamTime) next({ ...record, value: this.valueOf(side, value, null) });
    else unmatched!.put({ side, key, timestamp, value });
  }

  /** Hands on by themselves those that nothing can meet any more. */
  private closeWindows(next: Emit): void {
    const { before, after, grace } = this.join.windows;
    const closed = this.streamTime - grace;
    for (const { side, key, timestamp, value } of this.unmatched?.takeBefore({
      left: closed - after,
      right: closed - before,
    }) ?? []) {
      next({ key, value: this.valueOf(side, value, null), timestamp });
    }
  }

  private valueOf(side: JoinSide, own: RecordValue, other: RecordValue | null): RecordValue {
    const of = this.join.of as (left: RecordValue | null, right: RecordValue | null) => RecordValue;
    return side === 'left' ? of(own, other) : of(other, own);
  }
}

/**
 * Aggregates by key and window of event time (TimeWindows and KStreamWindowAggregate of apache/kafka; that results carry the largest
 * time of their records is of AbstractKStreamTimeWindowAggregateProcessor). Windows begin at multiples of
 * their advance, from time 0 on: those that do not overlap are tumbling, others hopping.
 *
 * Stream time is the largest time that has come. A window takes records until stream time has passed its end by the grace; one
 * that comes later is left out of that window, and counted. Results are handed on with each change, or once, when the window is
 * closed (EmitStrategy.onWindowClose). Time goes on with records only: the last windows of a stream that falls silent stay open.
 *
 * Stream time begins anew with each life of a task, as it does there; up to where results have been handed on is kept with the
 * store, so that none is handed on twice. Not modelled: that windows whose results come with each change are deleted in the end (here
 * they stay), and that final results are handed on once a second at most (`__emit.interval.ms.kstreams.windowed.aggregation__`).
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { Operator } from './topology.ts';
import type { RecordFields, RecordKey, StreamRecord } from './stream-record.ts';

export interface TimeWindows {
  readonly size: Duration;
  /** As long as the size, if they tumble. */
  readonly advance: Duration;
  readonly grace: Duration;
}

export type Emission = 'changes' | 'final';

export interface Aggregation {
  /** Of no record. */
  readonly initial: RecordFields;
  add(aggregate: RecordFields, record: StreamRecord): RecordFields;
}

/** Fields of a result, beside those of its aggregate. */
export const WINDOW_START = 'windowstart';
export const WINDOW_END = 'windowend';
export const GROUP_KEY = 'key';
/** The largest time of its records: that of the result, which ksqlDB calls ROWTIME. */
export const ROW_TIME = 'rowtime';

/** In the store, beside the windows: the time up to which results have been handed on. */
const CLOSED = 'closed';

/** Where the windows begin that a time is in, in order. */
export function windowsOf({ size, advance }: Omit<TimeWindows, 'grace'>, timestamp: Time): Time[] {
  const starts: Time[] = [];
  const first = Math.floor(Math.max(0, timestamp - size + advance) / advance) * advance;
  for (let start = first; start <= timestamp; start += advance) starts.push(start);
  return starts;
}

export const aggregateByWindow =
  (store: string, windows: TimeWindows, aggregation: Aggregation, emission: Emission): Operator =>
  (next, task) => {
    const values = task.store(store);
    /** Keys in the store by the end of their window, the earliest end first. */
    const open = new Map<Time, Set<string>>();
    let streamTime = -Infinity;
    let closedUpTo = (values.get(CLOSED) as Time | undefined) ?? -Infinity;
    const note = (key: string, end: Time): void => {
      if (emission === 'final') open.set(end, (open.get(end) ?? new Set()).add(key));
    };
    for (const [key, value] of values.entries()) {
      if (key !== CLOSED) note(key as string, (value as RecordFields)[WINDOW_END] as Time);
    }
    const close = (time: Time): void => {
      const ends = [...open.keys()].filter((end) => end <= time).sort((a, b) => a - b);
      if (ends.length === 0) return;
      for (const end of ends) {
        for (const key of open.get(end)!) {
          next(resultOf(key, values.get(key) as RecordFields));
          values.put(key, null, end);
        }
        open.delete(end);
      }
      closedUpTo = ends[ends.length - 1];
      values.put(CLOSED, closedUpTo, closedUpTo);
    };
    return (record) => {
      const { key, timestamp } = record;
      if (key === undefined) return task.drop(record, 'no-key');
      if (record.value === null) return task.drop(record, 'no-value');
      streamTime = Math.max(streamTime, timestamp);
      const closing = streamTime - windows.grace;
      for (const start of windowsOf(windows, timestamp)) {
        const end = start + windows.size;
        if (end <= closing || end <= closedUpTo) {
          task.drop(record, 'late');
          continue;
        }
        const place = keyOf(key, start);
        const before = values.get(place) as RecordFields | undefined;
        const added = aggregation.add(before ?? begun(aggregation, key, start, end), record);
        const value = { ...added, [ROW_TIME]: Math.max(added[ROW_TIME] as Time, timestamp) };
        values.put(place, value, value[ROW_TIME]);
        if (before === undefined) note(place, end);
        if (emission === 'changes') next(resultOf(place, value));
      }
      close(closing);
    };
  };

/** The key of a window's entry and of its result. */
export const keyOf = (key: RecordKey, start: Time): string => `${key}@${start}`;

const resultOf = (key: string, value: RecordFields): StreamRecord => ({
  key,
  value,
  timestamp: value[ROW_TIME] as Time,
});

const begun = ({ initial }: Aggregation, key: RecordKey, start: Time, end: Time): RecordFields => ({
  ...initial,
  [GROUP_KEY]: key,
  [WINDOW_START]: start,
  [WINDOW_END]: end,
  [ROW_TIME]: 0,
});

/**
 * What a stream processor does with records, as operators that are chained: each hands on what comes of a record to the next. The
 * names are those of Kafka Streams' DSL (https://kafka.apache.org/documentation/streams/developer-guide/dsl-api.html). Stateless
 * ones stand here; those with a store are `tables.ts`, `windows.ts` and `joins.ts`.
 *
 * An operator is built once for each task: its state is the task's.
 */
import type { StateStore } from './state-store.ts';
import type { RecordKey, RecordValue, StreamRecord } from './stream-record.ts';

export type Emit = (record: StreamRecord) => void;

/** What a task gives its operators. */
export interface TaskContext {
  /** A store of the topology, by its name. */
  store(name: string): StateStore;
  /** Writes a record to an output topic. */
  send(topic: string, record: StreamRecord): void;
  /** Says that a record is left out. */
  drop(record: StreamRecord, reason: DropReason): void;
}

/** It came too late for a window, or has no key or no value to be counted or joined by, or refers to no row where it has to. */
export type DropReason = 'late' | 'no-key' | 'no-value' | 'no-foreign-key';

export type Operator = (next: Emit, task: TaskContext) => Emit;

export interface Topology {
  /** Names of its stores: each has a changelog. */
  readonly stores: readonly string[];
  /** The topics that it reads: records of the same key are in partitions of the same number. */
  readonly sources: Readonly<Record<string, Operator>>;
  readonly sinks: readonly string[];
}

const END: Emit = () => {};

/** One operator after the other. */
export const chain =
  (...operators: readonly Operator[]): Operator =>
  (next, task) =>
    operators.reduceRight((emit, operator) => operator(emit, task), next);

/** Builds the operators of a topology for a task, by the topic that is read. */
export function built({ sources }: Topology, task: TaskContext): ReadonlyMap<string, Emit> {
  return new Map(Object.entries(sources).map(([topic, operator]) => [topic, operator(END, task)]));
}

export const filter =
  (holds: (record: StreamRecord) => boolean): Operator =>
  (next) =>
  (record) => {
    if (holds(record)) next(record);
  };

/** Another key, another value; the time stays. Whatever groups by the new key has to read it from a topic of its own first. */
export const map =
  (
    of: (record: StreamRecord) => { readonly key: RecordKey | undefined; readonly value: RecordValue | null },
  ): Operator =>
  (next) =>
  (record) =>
    next({ ...of(record), timestamp: record.timestamp });

export const mapValues = (of: (record: StreamRecord) => RecordValue | null): Operator =>
  map((record) => ({ key: record.key, value: of(record) }));

/** Any number of records for one. */
export const flatMap =
  (
    of: (
      record: StreamRecord,
    ) => readonly { readonly key: RecordKey | undefined; readonly value: RecordValue | null }[],
  ): Operator =>
  (next) =>
  (record) => {
    for (const made of of(record)) next({ ...made, timestamp: record.timestamp });
  };

/** A record goes by the first branch whose condition it meets; by none if it meets none. */
export const branch =
  (...branches: readonly (readonly [holds: (record: StreamRecord) => boolean, then: Operator])[]): Operator =>
  (_next, task) => {
    const built = branches.map(([holds, then]) => ({ holds, take: then(END, task) }));
    return (record) => built.find(({ holds }) => holds(record))?.take(record);
  };

/** Writes to a topic, in the partition of the key. */
export const to =
  (topic: string): Operator =>
  (next, task) =>
  (record) => {
    task.send(topic, record);
    next(record);
  };

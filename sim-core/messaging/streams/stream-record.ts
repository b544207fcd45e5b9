/**
 * What stream processors and connectors handle: a key, a value and the time at which the thing happened (event time). Without a
 * value it is a tombstone: to a table, the deletion of the key.
 */
import type { Time } from '../../kernel/time.ts';

export type RecordKey = number | string;
export type RecordValue = number | string | Uint8Array | RecordFields;
/** A value of several fields, by name. */
export type RecordFields = Readonly<Record<string, number | string>>;

export interface StreamRecord {
  readonly key: RecordKey | undefined;
  readonly value: RecordValue | null;
  readonly timestamp: Time;
}

/** The fields of a value that has some; none of one that has not. */
export function fieldsOf({ value }: Pick<StreamRecord, 'value'>): RecordFields {
  return value !== null && typeof value === 'object' && !(value instanceof Uint8Array) ? value : NONE;
}

const NONE: RecordFields = {};

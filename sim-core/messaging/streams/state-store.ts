/**
 * A stream task's store of keys and values, each with the time of the record that it is of, as Kafka Streams has it over RocksDB
 * (its timestamped stores): each change is logged to a changelog, and what is on the disk is what there was at the last flush. A
 * process that dies loses what came after it.
 *
 * A real memtable may be flushed sooner; what is on the disk beyond the checkpoint is written again by the restore from there.
 */
import type { Time } from '../../kernel/time.ts';
import type { RecordKey, RecordValue } from './stream-record.ts';

/** A value, and the time of its record. */
export interface Stamped {
  readonly value: RecordValue;
  readonly timestamp: Time;
}

export class StateStore {
  readonly name: string;
  private readonly logged: (key: RecordKey, value: RecordValue | null, timestamp: Time) => void;
  private readonly values = new Map<RecordKey, Stamped>();
  /** What was there at the last flush, of the keys that have changed since. */
  private readonly before = new Map<RecordKey, Stamped | null>();

  /** `logged`: called with each change, null for a deletion; not with what is restored. */
  constructor(name: string, logged: (key: RecordKey, value: RecordValue | null, timestamp: Time) => void) {
    this.name = name;
    this.logged = logged;
  }

  get size(): number {
    return this.values.size;
  }

  get(key: RecordKey): RecordValue | undefined {
    return this.values.get(key)?.value;
  }

  stamped(key: RecordKey): Stamped | undefined {
    return this.values.get(key);
  }

  /** Keys in the order in which they came. */
  *entries(): Iterable<[RecordKey, RecordValue]> {
    for (const [key, { value }] of this.values) yield [key, value];
  }

  /** Sets a key, or deletes it with null. */
  put(key: RecordKey, value: RecordValue | null, timestamp: Time): void {
    this.restore(key, value, timestamp);
    this.logged(key, value, timestamp);
  }

  /** A change that the changelog has already. */
  restore(key: RecordKey, value: RecordValue | null, timestamp: Time): void {
    if (!this.before.has(key)) this.before.set(key, this.values.get(key) ?? null);
    this.set(key, value === null ? null : { value, timestamp });
  }

  /** Begins with nothing, on the disk too. */
  clear(): void {
    this.values.clear();
    this.before.clear();
  }

  /** All of it is on the disk now. */
  flush(): void {
    this.before.clear();
  }

  /** The disk has nothing any more: all of it is in memory only. */
  loseDisk(): void {
    for (const key of [...this.values.keys(), ...this.before.keys()]) this.before.set(key, null);
  }

  /** The process has died: what is on the disk is left. */
  rollBack(): void {
    for (const [key, value] of this.before) this.set(key, value);
    this.before.clear();
  }

  private set(key: RecordKey, stamped: Stamped | null): void {
    if (stamped === null) this.values.delete(key);
    else this.values.set(key, stamped);
  }
}

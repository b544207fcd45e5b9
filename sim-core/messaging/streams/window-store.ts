/**
 * The records of one side of a windowed join, by key and time: InMemoryWindowStore of apache/kafka, with duplicates, over a store
 * that has a changelog. Its stream time is the largest time that it has been given. A record is in it while stream time has not
 * passed it by the retention: one that comes later is not taken, and what is older is found no more.
 *
 * The newest record is never too old, so that a restored store has the stream time that it had. Records that are too old are deleted in
 * the changelog too; a real one deletes them by a retention of its own.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { Stamped, StateStore } from './state-store.ts';
import type { RecordKey } from './stream-record.ts';

interface Entry extends Stamped {
  readonly name: string;
  readonly place: string;
}

export class WindowStore {
  private readonly store: StateStore;
  private readonly retention: Duration;
  /** All, and those of each key, in the order of their times, and of equal ones in that in which they came. */
  private readonly all: Entry[] = [];
  private readonly byKey = new Map<string, Entry[]>();
  private streamTime: Time = -Infinity;
  /** Tells records of one key and time apart. */
  private sequence = 0;

  constructor(store: StateStore, retention: Duration) {
    this.store = store;
    this.retention = retention;
    for (const [place, value] of store.entries()) {
      const [key, timestamp, sequence] = JSON.parse(place as string) as [RecordKey, Time, number];
      this.sequence = Math.max(this.sequence, sequence + 1);
      this.streamTime = Math.max(this.streamTime, timestamp);
      this.add({ name: nameOf(key), place: place as string, timestamp, value });
    }
  }

  /** Whether it is kept: it may be too late. */
  put(key: RecordKey, { timestamp, value }: Stamped): boolean {
    this.streamTime = Math.max(this.streamTime, timestamp);
    this.expire();
    if (this.isTooOld(timestamp)) return false;
    const place = JSON.stringify([key, timestamp, this.sequence++]);
    this.store.put(place, value, timestamp);
    this.add({ name: nameOf(key), place, timestamp, value });
    return true;
  }

  /** The records of a key from one time to another, both of which count, in the order of time. */
  between(key: RecordKey, from: Time, until: Time): readonly Stamped[] {
    const entries = this.byKey.get(nameOf(key)) ?? [];
    return entries.filter(({ timestamp }) => timestamp >= from && timestamp <= until);
  }

  private isTooOld(timestamp: Time): boolean {
    return timestamp <= this.streamTime - this.retention;
  }

  private add(entry: Entry): void {
    insert(this.all, entry);
    const ofKey = this.byKey.get(entry.name);
    if (ofKey === undefined) this.byKey.set(entry.name, [entry]);
    else insert(ofKey, entry);
  }

  private expire(): void {
    while (this.all.length > 0 && this.isTooOld(this.all[0].timestamp)) {
      const { name, place, timestamp } = this.all.shift()!;
      this.store.put(place, null, timestamp);
      // The oldest of all is the oldest of its key.
      const ofKey = this.byKey.get(name)!;
      ofKey.shift();
      if (ofKey.length === 0) this.byKey.delete(name);
    }
  }
}

/** Tells the number 1 from the text. */
const nameOf = (key: RecordKey): string => JSON.stringify(key);

function insert(entries: Entry[], entry: Entry): void {
  const after = entries.findLastIndex(({ timestamp }) => timestamp <= entry.timestamp) + 1;
  entries.splice(after, 0, entry);
}

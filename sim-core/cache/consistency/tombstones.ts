/**
 * Tombstones: what a cache remembers of a key for a while, whether its entry is still there or not: the newest version that
 * it was told of. Who compares versions before storing has nothing to compare with once an entry has been evicted or has
 * expired, and would take an old value again; a tombstone is what is left to compare with.
 *
 * memcached had it for deletes until 1.4 (for the time given, `add` and `replace` of the key were refused: libmemcached,
 * `memcached_delete`), and Cassandra's `gc_grace_seconds` is the same for rows. As there it is a promise for a time: who stores later than that is not
 * caught. Tombstones stand apart from the entries and are not evicted; there are at most as many as keys were stored in
 * the time that they last.
 */
import type { Duration, Time } from '../../kernel/time.ts';

/** What is to be remembered with a store. */
export interface Mark {
  readonly version: number;
  /** For how long. */
  readonly keptFor: Duration;
}

interface Tombstone {
  readonly version: number;
  readonly until: Time;
}

export class Tombstones {
  /** In the order in which they were set: where all last equally long, that in which they end. */
  private readonly byKey = new Map<number, Tombstone>();

  get size(): number {
    return this.byKey.size;
  }

  /** Whether a newer version of the key is remembered. */
  isNewer(key: number, version: number, now: Time): boolean {
    const tombstone = this.byKey.get(key);
    return tombstone !== undefined && now < tombstone.until && tombstone.version > version;
  }

  /** Remembers the version of a key, unless a newer one is. */
  set(key: number, { version, keptFor }: Mark, now: Time): void {
    for (const [old, { until }] of this.byKey) {
      if (now < until) break;
      this.byKey.delete(old);
    }
    if (this.isNewer(key, version, now)) return;
    this.byKey.delete(key);
    this.byKey.set(key, { version, until: now + keptFor });
  }

  /** The server has died. */
  clear(): void {
    this.byKey.clear();
  }
}

/** The scripts by which nobody stores over what is newer: commands that compare and store in one step. */
import type { Duration } from '../kernel/time.ts';
import type { CacheCommand } from './cache-server.ts';
import type { CacheEntry } from './entry.ts';

/** `tombstone`: how long the cache remembers the version when the entry is gone; 0 for not at all. */
export function setIfNewer<Value extends { readonly version: number }>(
  entry: CacheEntry<Value>,
  tombstone: Duration = 0,
): CacheCommand<Value> {
  const { version } = entry.value;
  return {
    command: 'set-if',
    entry,
    over: (there) => there === undefined || there.value.version <= version,
    ...(tombstone > 0 && { mark: { version, keptFor: tombstone } }),
  };
}

/**
 * Nobody stores who took the key's lock before somebody who has stored since: a holder that comes back after its lease is refused. The
 * cache remembers the highest fencing token that a key was stored with for as long as such an entry lives (Kleppmann, "How to do distributed
 * locking", 2016).
 */
export function setFenced<Value>(entry: CacheEntry<Value>, token: number): CacheCommand<Value> {
  const keptFor = entry.expiresAt - entry.storedAt;
  return { command: 'set-if', entry, over: () => true, mark: { version: token, keptFor } };
}

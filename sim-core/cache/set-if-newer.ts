/** The script by which nobody stores over a newer version: the command that compares and stores in one step. */
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

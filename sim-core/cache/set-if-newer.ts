/** The script by which nobody stores over a newer version: the command that compares and stores in one step. */
import type { CacheCommand } from './cache-server.ts';
import type { CacheEntry } from './entry.ts';

export function setIfNewer<Value extends { readonly version: number }>(entry: CacheEntry<Value>): CacheCommand<Value> {
  const { version } = entry.value;
  return { command: 'set-if', entry, over: (there) => there === undefined || there.value.version <= version };
}

/**
 * What can be done to any cache by hand, and a cache in the memory of an instance as a part of it: shown, checked, flushed
 * and robbed of a key as one that is a server of its own.
 */
import type { ComponentPart, Intervention } from '../network/component.ts';
import { cacheSignals, type Cache } from './cache.ts';

/** Throwing out all entries, or that of one key. */
export function cacheInterventions(cache: Pick<Cache<unknown>, 'clear' | 'delete'>): {
  readonly flush: Intervention;
  readonly expire: Intervention;
} {
  return {
    flush: { help: 'Throws out every entry', arguments: [], apply: () => cache.clear() },
    expire: {
      help: 'Throws out the entry of one key',
      arguments: [{ name: 'key', help: 'number of the key, 0 is the hottest', min: 0, max: 1e8, default: 0 }],
      apply: ([key]) => void cache.delete(key),
    },
  };
}

/** To be given to the service whose memory it is in. */
export function cacheInMemory(cache: Cache<unknown>): ComponentPart {
  return {
    signals: cacheSignals,
    interventions: cacheInterventions(cache),
    state: () => ({ 'cached entries': cache.size, 'room for entries': cache.capacity }),
    violations: () => cache.violations(),
  };
}

/**
 * What can be done to any cache by hand, and a cache in the memory of an instance as a part of it: shown, checked, flushed
 * and robbed of a key as one that is a server of its own.
 */
import type { ComponentPart, Intervention } from '../network/component.ts';
import { cacheSignals, type Cache } from './cache.ts';

/**
 * Throwing out all entries, or that of one key; and another capacity, as pressure on the memory makes it: a heap that is to
 * shrink, or a neighbour that wants more (Redis by `CONFIG SET maxmemory`, Caffeine by `policy().eviction().setMaximum`).
 */
export function cacheInterventions(cache: Pick<Cache<unknown>, 'clear' | 'delete' | 'resize'>): {
  readonly flush: Intervention;
  readonly expire: Intervention;
  readonly resize: Intervention;
} {
  return {
    resize: {
      help: 'Gives the cache a share of the capacity that it began with, and evicts what no longer fits',
      arguments: [{ name: 'share', help: 'of the capacity at first', min: 0.001, max: 10, default: 0.5 }],
      apply: ([share]) => cache.resize(share),
    },
    flush: { help: 'Throws out every entry', of: 'operation', arguments: [], apply: () => cache.clear() },
    expire: {
      help: 'Throws out the entry of one key',
      of: 'operation',
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

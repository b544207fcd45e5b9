/** How many entries a cache holds, those included that nobody will ever ask for again, and for how many it has room. */
import { defineReading } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { defineSignal } from '../statistics/signal.ts';
import { cacheDeleted, cacheEvicted, cacheLookup, cacheStored, type Cache } from './cache.ts';

/** The number of entries that a cache holds may have changed. */
export const entriesHeld = defineReading('cache.entries', 'The number of entries held may have changed', {
  cache: 'text',
  entries: 'number',
  room: 'number',
});

export const entriesHeldSignals = [
  defineSignal({
    name: 'cache.entries',
    kind: 'gauge',
    unit: '{entry}',
    help: 'Entries held, those included that nobody asks for any more',
    fact: entriesHeld,
    value: (fact) => fact.entries,
    of: (fact) => fact.cache,
  }),
];

/** Beside the entries: how near to full memory is, without which a number of evictions is misread. */
export const cacheRoomSignals = [
  defineSignal({
    name: 'cache.room',
    kind: 'gauge',
    unit: '{entry}',
    help: 'Entries for which there is room',
    fact: entriesHeld,
    value: (fact) => fact.room,
    of: (fact) => fact.cache,
  }),
];

/** Has the number of entries read whenever something is stored or taken out. */
export function readEntriesHeld(sim: Simulation, cache: Pick<Cache<unknown>, 'name' | 'size' | 'capacity'>): void {
  const held = sim.facts.channel(entriesHeld);
  const read = (fact: { readonly cache: string }): void => {
    if (fact.cache !== cache.name || !held.heard) return;
    held.emit({ cache: cache.name, entries: cache.size, room: cache.capacity });
  };
  for (const fact of [cacheStored, cacheDeleted, cacheEvicted]) sim.facts.channel(fact).listen(read);
  sim.facts.channel(cacheLookup).listen((fact) => {
    if (fact.outcome === 'expired') read(fact);
  });
}

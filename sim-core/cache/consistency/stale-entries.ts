/**
 * Stale entries, as the experimenter sees them who knows both the cache and the store: an entry whose value has been
 * replaced in the store, or was never committed there, for as long as it could still be served.
 *
 * Between a commit and the writer's word to the cache every entry is stale for a moment. What lasts came about
 * otherwise: a value loaded before the commit and stored after the writer's word, a word that was lost.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { databaseWritten } from '../../storage/database-signals.ts';
import type { Row } from '../../storage/queries.ts';
import type { VersionHistory } from '../../storage/version-history.ts';
import { cacheDeleted, cacheEvicted, cacheLookup, cacheStored, type Cache } from '../cache.ts';

/** A stale entry is gone. `phantom`: what it held was rolled back, not replaced. */
export const staleEntryGone = defineFact('cache.stale_entry', 'A stale entry was replaced or taken out, or expired', {
  cache: 'text',
  key: 'key',
  version: 'number',
  phantom: 'flag',
  duration: 'duration',
});

/** The number of stale entries in a cache changed. */
export const staleEntriesHeld = defineReading('cache.stale_entries', 'The number of stale entries changed', {
  cache: 'text',
  count: 'number',
});

export const staleEntrySignals = [
  defineSignal({
    name: 'cache.stale_entries',
    kind: 'gauge',
    unit: '{entry}',
    help: 'Entries that do not hold what the store has',
    fact: staleEntriesHeld,
    value: (fact) => fact.count,
    of: (fact) => fact.cache,
  }),
  defineSignal({
    name: 'cache.stale_entry.duration',
    kind: 'histogram',
    unit: 's',
    help: 'How long an entry could be served that did not hold what the store had',
    fact: staleEntryGone,
    value: (fact) => fact.duration,
  }),
];

/** An entry that is stale, since when, and until when it can be served at most. */
interface Episode {
  readonly version: number;
  readonly since: Time;
  readonly phantom: boolean;
  expiresAt: Time;
}

export class StaleEntryMeter {
  private readonly sim: Simulation;
  private readonly cache: Cache<Row>;
  private readonly history: VersionHistory;
  private readonly episodes = new Map<number, Episode>();
  private readonly gone: FactChannel<Fact<typeof staleEntryGone>>;
  private readonly held: FactChannel<Fact<typeof staleEntriesHeld>>;

  constructor(sim: Simulation, cache: Cache<Row>, history: VersionHistory) {
    this.sim = sim;
    this.cache = cache;
    this.history = history;
    this.gone = sim.facts.channel(staleEntryGone);
    this.held = sim.facts.channel(staleEntriesHeld);
    const look = (fact: { readonly cache: string; readonly key: number }): void => {
      if (fact.cache === cache.name) this.look(fact.key);
    };
    sim.facts.channel(databaseWritten).listen(({ key }) => this.look(key));
    sim.facts.channel(cacheStored).listen(look);
    sim.facts.channel(cacheDeleted).listen(look);
    sim.facts.channel(cacheEvicted).listen(look);
    sim.facts.channel(cacheLookup).listen((fact) => {
      if (fact.outcome === 'expired') look(fact);
    });
  }

  /** Looks whether the entry of a key is stale, now that something has happened to it or to its row. */
  private look(key: number): void {
    const entry = this.cache.peek(key);
    const episode = this.episodes.get(key);
    const version = entry?.value.version;
    if (episode !== undefined && episode.version === version) {
      episode.expiresAt = entry!.expiresAt;
      return;
    }
    if (episode !== undefined) this.end(key, episode);
    if (version === undefined) return;
    const phantom = this.history.isPhantom(key, version);
    if (!phantom && this.history.supersededAt(key, version) === undefined) return;
    this.episodes.set(key, { version, since: this.sim.now, phantom, expiresAt: entry!.expiresAt });
    this.tell();
  }

  private end(key: number, { version, since, phantom, expiresAt }: Episode): void {
    this.episodes.delete(key);
    this.tell();
    if (!this.gone.heard) return;
    const duration = Math.min(this.sim.now, expiresAt) - since;
    this.gone.emit({ cache: this.cache.name, key, version, phantom, duration });
  }

  private tell(): void {
    if (this.held.heard) this.held.emit({ cache: this.cache.name, count: this.episodes.size });
  }
}

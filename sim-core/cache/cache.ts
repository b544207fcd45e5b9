/**
 * A cache: entries under keys, each with a time to live, kept within a capacity by an eviction policy.
 *
 * An entry past its time to live is taken out when somebody asks for it (lazy expiry, as in Redis and Caffeine); until
 * then it takes up room. A hit ratio is what comes of the keys that are really in here.
 * Does not model Redis's active expiry cycle, byte sizes, or the time an operation takes: `cache-server.ts` adds that.
 */
import { defineFact, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import { defineSignal } from '../statistics/signal.ts';
import type { CacheEntry } from './entry.ts';
import type { EvictionPolicy } from './eviction/eviction-policy.ts';
import { chosenPolicy, type EvictionPolicyEntry } from './eviction/policies.ts';

export type LookupOutcome = 'hit' | 'stale' | 'expired' | 'miss';

/** A key was asked for: `stale` is a hit past its soft time to live, `expired` one past its hard one: a miss. */
export const cacheLookup = defineFact('cache.lookup', 'A key was asked for', {
  cache: 'text',
  request: 'request',
  key: 'key',
  outcome: 'text',
});

/** An entry was stored. */
export const cacheStored = defineFact('cache.stored', 'An entry was stored', {
  cache: 'text',
  request: 'request',
  key: 'key',
  ttl: 'duration',
  soft: 'duration',
});

/** An entry was evicted to make room, or was not let in. */
export const cacheEvicted = defineFact('cache.evicted', 'An entry was evicted to make room, or was not let in', {
  cache: 'text',
  key: 'key',
});

/** An entry was taken out by somebody who said so. */
export const cacheDeleted = defineFact('cache.deleted', 'An entry was taken out by somebody who said so', {
  cache: 'text',
  key: 'key',
});

const served = (outcome: string): boolean => outcome === 'hit' || outcome === 'stale';

export const cacheSignals = [
  defineSignal({
    name: 'cache.lookups',
    kind: 'counter',
    unit: '{lookup}',
    help: 'Keys asked for',
    fact: cacheLookup,
  }),
  defineSignal({
    name: 'cache.hit_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of lookups that found an entry to serve, stale ones included',
    fact: cacheLookup,
    counts: (fact) => served(fact.outcome),
  }),
  defineSignal({
    name: 'cache.stale_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of lookups that were served an entry past its soft time to live',
    fact: cacheLookup,
    counts: (fact) => fact.outcome === 'stale',
  }),
  defineSignal({
    name: 'cache.evictions',
    kind: 'counter',
    unit: '{entry}',
    help: 'Entries evicted to make room, or not let in',
    fact: cacheEvicted,
  }),
];

export interface CacheOptions {
  readonly name: string;
  /** Entries at most: an integer of at least 1. */
  readonly capacity: number;
  /** An eviction policy, with options if any: what `chosenPolicy` takes. */
  readonly eviction: string;
}

export class Cache<Value> {
  readonly name: string;
  private readonly sim: Simulation;
  private readonly policy: EvictionPolicy;
  private readonly wholeCapacity: number;
  /** Keys as the small whole numbers that policies count in. */
  private readonly ids = new Map<number, number>();
  private readonly entries: (CacheEntry<Value> | undefined)[] = [];
  private readonly lookups: FactChannel<Fact<typeof cacheLookup>>;
  private readonly stored: FactChannel<Fact<typeof cacheStored>>;
  private readonly evicted: FactChannel<Fact<typeof cacheEvicted>>;
  private readonly deleted: FactChannel<Fact<typeof cacheDeleted>>;

  constructor(sim: Simulation, options: CacheOptions) {
    const { name, capacity, eviction } = options;
    this.sim = sim;
    this.name = name;
    this.wholeCapacity = capacity;
    this.policy = policyOf(name, eviction).create({
      capacity,
      random: sim.random(`${name}/eviction`),
      onEvict: (id) => this.dropEvicted(id),
    });
    this.lookups = sim.facts.channel(cacheLookup);
    this.stored = sim.facts.channel(cacheStored);
    this.evicted = sim.facts.channel(cacheEvicted);
    this.deleted = sim.facts.channel(cacheDeleted);
  }

  /** Entries held, those past their time to live included. */
  get size(): number {
    return this.policy.size;
  }

  get capacity(): number {
    return this.policy.capacity;
  }

  /** Gives the cache a share of the capacity that it began with, one entry at least; what no longer fits is evicted. */
  resize(share: number): void {
    this.policy.resize(shareOf(this.wholeCapacity, share));
  }

  /** The entry under a key, if it may still be served. Counts as a use of it. */
  get(key: number, request: number): CacheEntry<Value> | undefined {
    const id = this.ids.get(key);
    const entry = id === undefined ? undefined : this.entries[id];
    const { now } = this.sim;
    let outcome: LookupOutcome = 'miss';
    if (entry !== undefined) {
      if (now < entry.expiresAt) {
        this.policy.request(id!);
        outcome = now < entry.softExpiresAt ? 'hit' : 'stale';
      } else {
        this.policy.remove(id!);
        this.entries[id!] = undefined;
        outcome = 'expired';
      }
    }
    if (this.lookups.heard) this.lookups.emit({ cache: this.name, request, key, outcome });
    return served(outcome) ? entry : undefined;
  }

  /** The entry under a key that a `get` would serve, without being a use of it. */
  peek(key: number): CacheEntry<Value> | undefined {
    const id = this.ids.get(key);
    const entry = id === undefined ? undefined : this.entries[id];
    return entry !== undefined && this.sim.now < entry.expiresAt ? entry : undefined;
  }

  /** Stores an entry, in place of the one there was; the policy decides what makes room, or that it is not let in. */
  set(entry: CacheEntry<Value>, request: number): void {
    const id = this.idOf(entry.key);
    this.entries[id] = entry;
    this.policy.request(id);
    if (!this.stored.heard) return;
    this.stored.emit({
      cache: this.name,
      request,
      key: entry.key,
      ttl: entry.expiresAt - entry.storedAt,
      soft: entry.softExpiresAt - entry.storedAt,
    });
  }

  /** Takes an entry out; false if there was none. */
  delete(key: number): boolean {
    const id = this.ids.get(key);
    if (id === undefined || !this.policy.remove(id)) return false;
    this.entries[id] = undefined;
    if (this.deleted.heard) this.deleted.emit({ cache: this.name, key });
    return true;
  }

  /** Takes out every entry. */
  clear(): void {
    for (const key of this.ids.keys()) this.delete(key);
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    if (this.size > this.capacity) broken.push(`${this.name}: holds ${this.size} entries, more than ${this.capacity}`);
    const held = this.entries.reduce((count, entry) => (entry === undefined ? count : count + 1), 0);
    if (held !== this.size) broken.push(`${this.name}: the policy counts ${this.size} entries, there are ${held}`);
    return broken;
  }

  private idOf(key: number): number {
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.ids.size;
      this.ids.set(key, id);
      this.entries.push(undefined);
    }
    return id;
  }

  private dropEvicted(id: number): void {
    const entry = this.entries[id]!;
    this.entries[id] = undefined;
    if (this.evicted.heard) this.evicted.emit({ cache: this.name, key: entry.key });
  }
}

/** A share of a capacity, to the next entry and one at least. */
export const shareOf = (capacity: number, share: number): number => Math.max(1, Math.round(share * capacity));

function policyOf(cache: string, text: string): EvictionPolicyEntry {
  try {
    return chosenPolicy(text);
  } catch (error) {
    throw new RangeError(`${cache}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Cache-aside: the application asks the cache, on a miss reads the store and puts the value into the cache (handbook
 * 1.1: `GET -> Cache ? Hit -> Return; Miss -> DB -> Cache.put -> Return`). What happens when many miss at once is left
 * to a load guard, and how long an entry lives to a rule of expiry; see `stampede/`. That there is no row under a key is
 * kept for a time of its own, or not at all, as in the handbook's `orElseThrow`.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration, Time } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { DatabaseQuery, Row } from '../../storage/database.ts';
import type { CacheEntry } from '../cache.ts';
import type { CacheAccess } from '../sharding/shard-router.ts';
import type { ExpiryRule, Lifetime } from '../stampede/expiry-rule.ts';
import type { LoadGuard, LoadGuardFactory } from '../stampede/load-guard.ts';

/** A load of a key from the store ended. `concurrent`: loads of the same key that were under way when it began. */
export const cacheLoaded = defineFact('cache.load', 'A load of a key from the store ended', {
  instance: 'text',
  request: 'request',
  key: 'key',
  outcome: 'text',
  concurrent: 'number',
  duration: 'duration',
});

/** Loads under way in an instance changed. */
export const cacheLoading = defineReading('cache.loading', 'Loads under way in an instance changed', {
  instance: 'text',
  active: 'number',
});

export const loadSignals = [
  defineSignal({
    name: 'cache.loads',
    kind: 'counter',
    unit: '{load}',
    help: 'Loads from the store that ended',
    fact: cacheLoaded,
  }),
  defineSignal({
    name: 'cache.loads.redundant',
    kind: 'counter',
    unit: '{load}',
    help: 'Loads that began while another one of the same key was under way',
    fact: cacheLoaded,
    where: (fact) => fact.concurrent > 0,
  }),
  defineSignal({
    name: 'cache.loads.active',
    kind: 'gauge',
    unit: '{load}',
    help: 'Loads under way in all instances',
    fact: cacheLoading,
    value: (fact) => fact.active,
    of: (fact) => fact.instance,
  }),
  defineSignal({
    name: 'cache.load.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time of a load: reading the store and storing the value in the cache',
    fact: cacheLoaded,
    value: (fact) => fact.duration,
  }),
];

/** Counts the loads of each key under way over all instances. The experimenter knows; the instances do not. */
export class LoadLedger {
  private readonly underWay = new Map<number, number>();

  /** Notes that a load begins and returns how many of the key were under way before. */
  begin(key: number): number {
    const before = this.underWay.get(key) ?? 0;
    this.underWay.set(key, before + 1);
    return before;
  }

  end(key: number): void {
    const left = this.underWay.get(key)! - 1;
    if (left === 0) this.underWay.delete(key);
    else this.underWay.set(key, left);
  }
}

export interface CacheAsideOptions {
  /** Name of the application instance. */
  readonly instance: string;
  readonly cache: CacheAccess<Row>;
  readonly store: Link<DatabaseQuery, Row>;
  readonly expiry: ExpiryRule;
  readonly guard: LoadGuardFactory;
  /** One for all instances. */
  readonly ledger: LoadLedger;
  /** How long it is kept that there is no row under a key (negative caching); it is not, without it. */
  readonly absenceTtl?: Duration;
}

export class CacheAside {
  private readonly sim: Simulation;
  private readonly options: CacheAsideOptions;
  private readonly guard: LoadGuard;
  private readonly loaded: FactChannel<Fact<typeof cacheLoaded>>;
  private readonly loading: FactChannel<Fact<typeof cacheLoading>>;
  private readonly absence: Lifetime;
  private active = 0;
  /** Refreshes under way, by number. */
  private readonly refreshes = new Map<number, Process>();
  private refreshesStarted = 0;

  constructor(sim: Simulation, options: CacheAsideOptions) {
    this.sim = sim;
    this.options = options;
    this.loaded = sim.facts.channel(cacheLoaded);
    this.loading = sim.facts.channel(cacheLoading);
    this.absence = { soft: options.absenceTtl ?? 0, hard: options.absenceTtl ?? 0 };
    this.guard = options.guard({
      sim,
      instance: options.instance,
      cache: options.cache,
      loadAndStore: (key, request) => this.loadAndStore(key, request),
    });
  }

  /** Reads a key for a request; throws `CallFailed` when the cache or the store did not answer. */
  *read(key: number, request: RequestContext): Behaviour<Row> {
    const { entry } = yield* this.options.cache.call({ command: 'get', key }, request);
    if (entry === undefined) return yield* this.guard.load(key, request);
    const verdict = this.options.expiry.judge(entry, this.sim.now, request);
    if (verdict === 'reload') return yield* this.guard.load(key, request);
    if (verdict === 'refresh' && !this.guard.loading(key)) {
      this.startRefresh(key, request);
    }
    return entry.value;
  }

  /** The instance has crashed: what it was refreshing for nobody goes with it. */
  crash(): void {
    for (const refresh of this.refreshes.values()) refresh.cancel();
  }

  private startRefresh(key: number, request: RequestContext): void {
    const number = this.refreshesStarted++;
    this.refreshes.set(
      number,
      spawn(this.sim, `${this.options.instance} refreshes`, this.refresh(key, request, number)),
    );
  }

  /** A load that nobody waits for: when it fails the old entry stays, and the next reader tries again. */
  private *refresh(key: number, request: RequestContext, number: number): Behaviour {
    try {
      yield* this.guard.load(key, request);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    } finally {
      this.refreshes.delete(number);
    }
  }

  private *loadAndStore(key: number, request: RequestContext): Behaviour<Row> {
    const { cache, store, ledger } = this.options;
    const started = this.sim.now;
    const concurrent = ledger.begin(key);
    let outcome = 'failed';
    this.changeActive(1);
    try {
      const row = yield* store.call({ operation: 'read', key }, request);
      if (!row.absent || this.options.absenceTtl !== undefined) {
        yield* cache.call({ command: 'set', entry: this.entryOf(row, started, request) }, request);
      }
      outcome = 'ok';
      return row;
    } finally {
      ledger.end(key);
      this.changeActive(-1);
      const { instance } = this.options;
      const duration = this.sim.now - started;
      if (this.loaded.heard) {
        this.loaded.emit({ instance, request: request.id, key, outcome, concurrent, duration });
      }
    }
  }

  private entryOf(row: Row, started: Time, request: RequestContext): CacheEntry<Row> {
    const { now } = this.sim;
    const { soft, hard } = row.absent ? this.absence : this.options.expiry.lifetime(request, row.key);
    return {
      key: row.key,
      value: row,
      storedAt: now,
      softExpiresAt: now + soft,
      expiresAt: now + hard,
      loadDuration: now - started,
    };
  }

  private changeActive(change: number): void {
    this.active += change;
    if (this.loading.heard) this.loading.emit({ instance: this.options.instance, active: this.active });
  }
}

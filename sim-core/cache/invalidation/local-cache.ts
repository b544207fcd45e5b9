/**
 * A cache within an instance of the application: no message to ask it, and nobody else sees it. Each instance has its
 * own copy of a hot key, and a write has to reach them all.
 *
 * A load during which the key is invalidated is returned to its reader but not stored: it may have read the old row. Past its soft time to live an entry is served and
 * refreshed by one load at a time.
 */
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseQuery, Row } from '../../storage/database.ts';
import { Cache } from '../cache.ts';
import type { ExpiryRule } from '../stampede/expiry-rule.ts';

export interface LocalCacheOptions {
  /** Name of the application instance. */
  readonly instance: string;
  readonly capacity: number;
  readonly store: Link<DatabaseQuery, Row>;
  readonly expiry: ExpiryRule;
}

export class LocalCache {
  readonly cache: Cache<Row>;
  private readonly sim: Simulation;
  private readonly options: LocalCacheOptions;
  /** How often each key was invalidated, and everything was. */
  private readonly invalidations = new Map<number, number>();
  private clearings = 0;
  private readonly refreshing = new Set<number>();

  constructor(sim: Simulation, options: LocalCacheOptions) {
    this.sim = sim;
    this.options = options;
    this.cache = new Cache(sim, { name: `${options.instance} cache`, capacity: options.capacity, eviction: 'lru' });
  }

  /** Reads a key, which is kept under a name of its own where its entries have versions in their names. */
  *read(key: number, request: RequestContext, name = key): Behaviour<Row> {
    const entry = this.cache.get(name, request.id);
    if (entry === undefined) return yield* this.load(key, request, name);
    const verdict = this.options.expiry.judge(entry, this.sim.now, request);
    if (verdict === 'refresh' && !this.refreshing.has(name)) {
      spawn(this.sim, `${this.options.instance} refreshes`, this.refresh(key, request, name));
    }
    return entry.value;
  }

  /** Takes a key out, and what is being loaded of it. */
  invalidate(name: number): void {
    this.invalidations.set(name, this.timesInvalidated(name) + 1);
    this.cache.delete(name);
  }

  /** Takes everything out. */
  clear(): void {
    this.clearings++;
    this.cache.clear();
  }

  private *load(key: number, request: RequestContext, name: number): Behaviour<Row> {
    const { store, expiry } = this.options;
    const [invalidated, cleared] = [this.timesInvalidated(name), this.clearings];
    const started = this.sim.now;
    const row = yield* store.call({ operation: 'read', key }, request);
    if (this.timesInvalidated(name) !== invalidated || this.clearings !== cleared) return row;
    const { now } = this.sim;
    const { soft, hard } = expiry.lifetime(request, key);
    const times = { storedAt: now, softExpiresAt: now + soft, expiresAt: now + hard, loadDuration: now - started };
    this.cache.set({ key: name, value: row, ...times }, request.id);
    return row;
  }

  /** A load that nobody waits for: when it fails the old entry stays, and the next reader tries again. */
  private *refresh(key: number, request: RequestContext, name: number): Behaviour {
    this.refreshing.add(name);
    try {
      yield* this.load(key, request, name);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
    } finally {
      this.refreshing.delete(name);
    }
  }

  private timesInvalidated(name: number): number {
    return this.invalidations.get(name) ?? 0;
  }
}

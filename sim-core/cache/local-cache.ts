/**
 * A cache in the memory of an instance of the application: no message to ask it, and nobody else sees it. Each instance
 * has its own copy of a hot key, and a write has to reach them all. It is asked as Caffeine's `get(key, mappingFunction)`
 * is: what it does not have it gets by the load that comes with the question, and keeps.
 *
 * A load during which the key is invalidated is returned to its reader but not stored: it may have read the old row. So is one
 * during which its row is sent, unless both have versions and it brings one that is as new. Past
 * its soft time to live an entry is served and refreshed by one load at a time. Loads of one key on a miss are not made
 * one: that is a load guard's task. A lookup takes no time.
 */
import { tellCapacity } from '../kernel/capacity.ts';
import type { Behaviour } from '../kernel/process.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Wait } from '../kernel/wait.ts';
import type { RequestContext } from '../network/request-context.ts';
import type { Row } from '../storage/queries.ts';
import { BackgroundWork } from './background-work.ts';
import { Cache } from './cache.ts';
import { entryOf } from './entry.ts';
import type { ExpiryRule } from './stampede/expiry-rule.ts';

export interface LocalCacheOptions {
  /** Name of the application instance. */
  readonly instance: string;
  /** Entries that it keeps, by LRU: an integer of at least 1. */
  readonly capacity: number;
  readonly expiry: ExpiryRule;
}

/** Gets what the cache does not have; may throw `CallFailed`. */
type Load = () => Behaviour<Row> | Wait<Row>;

export class LocalCache {
  readonly cache: Cache<Row>;
  private readonly sim: Simulation;
  private readonly expiry: ExpiryRule;
  /** How often each key was invalidated, and everything was. */
  private readonly invalidations = new Map<number, number>();
  private clearings = 0;
  /** The newest version of each key that was sent. */
  private readonly sent = new Map<number, number>();
  private readonly refreshes: BackgroundWork;
  private readonly refreshing = new Set<number>();

  constructor(sim: Simulation, { instance, capacity, expiry }: LocalCacheOptions) {
    this.sim = sim;
    this.expiry = expiry;
    this.cache = new Cache(sim, { name: `${instance} cache`, capacity, eviction: 'lru' });
    tellCapacity(sim, {
      kind: 'room',
      name: `${instance} cache’s room for entries`,
      units: () => capacity,
      held: () => this.cache.size,
      isMeantToFill: true,
    });
    this.refreshes = new BackgroundWork(sim, `${instance} refreshes`);
  }

  /** What is kept under a name, or else what the load brings. */
  *get(name: number, request: RequestContext, load: Load): Behaviour<Row> {
    const entry = this.cache.get(name, request.id);
    if (entry === undefined) return yield* this.load(name, request, load);
    const verdict = this.expiry.judge(entry, this.sim.now, request);
    if (verdict === 'reload') return yield* this.load(name, request, load);
    if (verdict === 'refresh' && !this.refreshing.has(name)) {
      this.refreshing.add(name);
      this.refreshes.start(this.refresh(name, request, load));
    }
    return entry.value;
  }

  /** Takes a name out; what is being loaded of it is not kept. */
  invalidate(name: number): void {
    this.disownLoads(name);
    this.cache.delete(name);
  }

  /**
   * Somebody has sent what a name's row is now, and `becomes` makes of the row that is kept, if there is one, what shall be kept
   * from now on, or nothing. A row that is new to it lives for a time to live of its own. What is being loaded of it is not
   * kept, or, where rows are compared by their versions, not if it is older than the `version` that was sent.
   */
  revise(name: number, request: RequestContext, becomes: (kept: Row) => Row | undefined, version?: number): void {
    if (version === undefined) this.disownLoads(name);
    else this.sent.set(name, Math.max(version, this.sent.get(name) ?? 0));
    const kept = this.cache.peek(name)?.value;
    if (kept === undefined) return;
    const row = becomes(kept);
    if (row === undefined) this.cache.delete(name);
    else if (row !== kept) {
      this.cache.set(entryOf(name, row, this.sim.now, this.expiry.lifetime(request, name)), request.id);
    }
  }

  /** The instance has a row by itself, without having asked for it here: it is kept unless there is a newer one. */
  keep(row: Row, request: RequestContext): void {
    const { key, version } = row;
    if (version < Math.max(this.sent.get(key) ?? 0, this.cache.peek(key)?.value.version ?? 0)) return;
    this.sent.set(key, version);
    this.cache.set(entryOf(key, row, this.sim.now, this.expiry.lifetime(request, key)), request.id);
  }

  /** Takes everything out; what is being loaded is not kept. */
  clear(): void {
    this.clearings++;
    this.cache.clear();
  }

  /** The instance has crashed, and what it held and refreshed goes with it. */
  crash(): void {
    this.clear();
    this.sent.clear();
    this.refreshes.crash();
    this.refreshing.clear();
  }

  private *load(name: number, request: RequestContext, load: Load): Behaviour<Row> {
    const [invalidated, cleared] = [this.timesInvalidated(name), this.clearings];
    const started = this.sim.now;
    const row = yield* load();
    if (this.timesInvalidated(name) !== invalidated || this.clearings !== cleared) return row;
    if (row.version < (this.sent.get(name) ?? 0)) return row;
    const { now } = this.sim;
    this.cache.set(entryOf(name, row, now, this.expiry.lifetime(request, name), now - started), request.id);
    return row;
  }

  private *refresh(name: number, request: RequestContext, load: Load): Behaviour {
    try {
      yield* this.load(name, request, load);
    } finally {
      this.refreshing.delete(name);
    }
  }

  private disownLoads(name: number): void {
    this.invalidations.set(name, this.timesInvalidated(name) + 1);
  }

  private timesInvalidated(name: number): number {
    return this.invalidations.get(name) ?? 0;
  }
}

/**
 * Stale-while-revalidate as the handbook prints it (section 1.4): each process has a map of its own, out of which nothing is thrown.
 * What is past its hard time to live is loaded while its reader waits; past the soft one it is served, and each such read starts a
 * refresh, whether or not another is under way. An entry is dated by the `now` that its reader took before the load, so that it
 * expires a load's time sooner than one that is dated when it is stored, and of two refreshes the one that ends last stays, also
 * if its reader came first.
 *
 * A refresh is a `CompletableFuture.runAsync` without an executor: it waits for one of the threads of the process's
 * `ForkJoinPool.commonPool()`, of which there are as many as processors less one (OpenJDK: `CompletableFuture.ASYNC_POOL`,
 * `ForkJoinPool`'s default parallelism), behind a line without a bound. One that has waited loads all the same. What is lost on
 * the way to the store ends a refresh in silence, as it ends that future. A lookup takes no time.
 *
 * What is not printed: a guard before the loads. One that takes locks takes them at the shared cache, and looks for what has been stored in
 * the map; the map refuses what is stored under a lower fencing token than it has seen of the key, as the shared cache would.
 */
import type { Behaviour } from '../../kernel/process.ts';
import { Resource } from '../../kernel/resource.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseQuery, Row, StoreAccess } from '../../storage/queries.ts';
import { BackgroundWork } from '../background-work.ts';
import { Cache } from '../cache.ts';
import { entryOf } from '../entry.ts';
import type { Reader } from '../reader.ts';
import type { CacheAccess } from '../sharding/shard-router.ts';
import type { ExpiryRule } from '../stampede/expiry-rule.ts';
import type { LoadGuard, LoadGuardFactory, LoadTerms } from '../stampede/load-guard.ts';
import type { LoadLedger } from './load-ledger.ts';
import { LoadMeter } from './loads.ts';

export interface SwrCacheOptions {
  /** Name of the process. */
  readonly instance: string;
  /** Keys that there are: the map has room for all of them. */
  readonly keys: number;
  /** A soft and a hard time to live. */
  readonly expiry: ExpiryRule;
  readonly store: StoreAccess<DatabaseQuery>;
  /** Threads of the common pool: an integer from 1. */
  readonly threads: number;
  /** What stands before a load; nothing, as printed. */
  readonly guard: LoadGuardFactory;
  /** Where a guard takes locks. */
  readonly locks: CacheAccess<Row>;
  /** One for all processes. */
  readonly ledger: LoadLedger;
}

export class SwrCache implements Reader {
  readonly cache: Cache<Row>;
  /** The highest fencing token that a key was stored under. */
  private readonly fences = new Map<number, number>();
  private readonly sim: Simulation;
  private readonly options: SwrCacheOptions;
  private readonly guard: LoadGuard;
  private readonly meter: LoadMeter;
  private readonly pool: Resource;
  private readonly refreshes: BackgroundWork;

  constructor(sim: Simulation, options: SwrCacheOptions) {
    const { instance, keys, threads, guard, locks } = options;
    this.sim = sim;
    this.options = options;
    this.cache = new Cache(sim, { name: `${instance} map`, capacity: keys, eviction: 'lru' });
    this.meter = new LoadMeter(sim, options);
    this.pool = new Resource(sim, { name: `${instance} common pool`, capacity: threads, queueMax: Infinity });
    this.refreshes = new BackgroundWork(sim, `${instance} refreshes`);
    this.guard = guard({
      sim,
      instance,
      cache: locks,
      ownMap: this.cache,
      loadAndStore: (key, request, terms) => this.meter.around(key, request, this.loadAndStore(key, request, terms)),
    });
  }

  *read(key: number, request: RequestContext): Behaviour<Row> {
    const askedAt = this.sim.now;
    const entry = this.cache.get(key, request.id);
    if (entry === undefined) return yield* this.guard.load(key, request, { askedAt });
    const isLate = this.options.expiry.judge(entry, askedAt, request) !== 'serve';
    if (isLate && !this.guard.loading(key)) {
      this.refreshes.start(this.refresh(key, request, { replaces: entry, askedAt }));
    }
    return entry.value;
  }

  /** The process is gone, and its map with it. */
  crash(): void {
    this.refreshes.crash();
    this.cache.clear();
    this.fences.clear();
  }

  /** What is run on a thread of the common pool. */
  private *refresh(key: number, request: RequestContext, terms: LoadTerms): Behaviour {
    yield* this.pool.acquire();
    try {
      yield* this.guard.load(key, request, terms);
    } finally {
      this.pool.release();
    }
  }

  private *loadAndStore(key: number, request: RequestContext, terms: LoadTerms = {}): Behaviour<Row> {
    const started = this.sim.now;
    const { askedAt = started, fence } = terms;
    const row = yield* this.options.store.call({ operation: 'read', key }, request);
    if (fence !== undefined) {
      if (fence < (this.fences.get(key) ?? 0)) return row;
      this.fences.set(key, fence);
    }
    const { soft, hard } = this.options.expiry.lifetime(request, key);
    const loadDuration = this.sim.now - started;
    this.cache.set(entryOf(key, row, askedAt, { soft, hard }, loadDuration), request.id);
    return row;
  }
}

/**
 * The seam of load guards: who loads a missing key when many want it at once? A guard stands between a miss and the
 * store, or between a miss and another guard (`stacked-guards.ts`). Each is one file; `protections.ts` has them by name, combined
 * with rules of expiry.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { Cache } from '../cache.ts';
import type { CacheEntry } from '../entry.ts';
import type { CacheAccess } from '../sharding/shard-router.ts';

/** What a load is asked for with. */
export interface LoadTerms {
  /** The entry that the reader was served and wants anew; without it the cache had nothing to serve. */
  readonly replaces?: CacheEntry<Row>;
  /** The fencing token of a lock that is held for it: what is loaded is stored under it. */
  readonly fence?: number;
  /** When the reader looked for an entry, where that is when the one to come is dated from; it is the end of the load, without it. */
  readonly askedAt?: Time;
}

/** Gets a key's value for a request; may throw `CallFailed`. */
export type Load = (key: number, request: RequestContext, terms?: LoadTerms) => Behaviour<Row>;

export interface LoadGuard {
  /** Gets the value of a key that the cache could not serve: loads it, or waits for somebody who does. */
  load(key: number, request: RequestContext, terms?: LoadTerms): Behaviour<Row>;
  /** Whether this instance knows of a load of the key that is under way. */
  loading(key: number): boolean;
}

/** What a guard works with. */
export interface GuardContext {
  readonly sim: Simulation;
  /** Name of the application instance. */
  readonly instance: string;
  /** The way to the shared cache. */
  readonly cache: CacheAccess<Row>;
  /** A map of the instance's own, where it stores there what it loads, and not in the shared cache. */
  readonly ownMap?: Pick<Cache<Row>, 'get'>;
  /** Reads the store and puts the value into the cache, or asks the next guard to: what is being guarded. */
  readonly loadAndStore: Load;
}

export type LoadGuardFactory = (context: GuardContext) => LoadGuard;

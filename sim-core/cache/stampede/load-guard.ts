/**
 * The seam of load guards: who loads a missing key when many want it at once? A guard stands between a miss and the
 * store. Each is one file; `protections.ts` has them by name, combined with a rule of expiry.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { CacheAccess } from '../sharding/shard-router.ts';

export interface LoadGuard {
  /** Gets the value of a key that the cache could not serve: loads it, or waits for somebody who does. */
  load(key: number, request: RequestContext): Behaviour<Row>;
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
  /** Reads the store and puts the value into the cache, under a lock's fencing token if one is given: what is being guarded. */
  readonly loadAndStore: (key: number, request: RequestContext, fence?: number) => Behaviour<Row>;
}

export type LoadGuardFactory = (context: GuardContext) => LoadGuard;

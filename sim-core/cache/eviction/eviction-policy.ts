/**
 * The eviction seam: which entries does a full cache keep? One interface, one file a policy, and the table of
 * `policies.ts`, whose keys are the values that a scenario's parameter and `cachesim --policies` take.
 *
 * The model is the one of the literature and of both reference simulators (libCacheSim, Caffeine's): one request at a
 * time, and objects of one size, a capacity counted in objects; or objects of their own sizes and a capacity in their unit
 * (`room.ts`). Costs of loading and time to live are left out; an entry that expires is taken out
 * by its owner with `remove`.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import type { Bookkeeping } from './bookkeeping.ts';

/**
 * Which entries a full cache keeps. Objects are dense ids (0, 1, 2, … as interned by the owner), so that bookkeeping
 * is arrays, not maps; the arrays grow as ids appear.
 */
export interface EvictionPolicy {
  /** Entries it may hold, or the units that they may take up where objects have sizes. */
  readonly capacity: number;
  /** Entries held. */
  readonly size: number;
  /** The units that they take up; without sizes, one each. */
  readonly used: number;
  /**
   * One request: a hit updates the bookkeeping and returns true; a miss admits the object by the policy's rule,
   * evicting for it, and returns false. An object larger than the capacity is refused.
   */
  request(id: number): boolean;
  /**
   * These requests, one after the other, and how many of them are hits: the same as `request` for each. Policies have it
   * whose own work is less than that of calling them: it is one loop over bare arrays.
   */
  requestAll?(ids: Int32Array): number;
  /** Is the object held? Changes nothing. */
  has(id: number): boolean;
  /**
   * Gives the cache another capacity, as memory pressure does, and evicts by the policy's rule what no longer fits. Throws
   * a `RangeError` where it is none.
   */
  resize(capacity: number): void;
  /** Takes the object out for a reason that is not the policy's (expiry, invalidation). Returns whether it was held. */
  remove(id: number): boolean;
}

export interface EvictionOptions {
  /** Entries the policy may hold, or units that they may take up: an integer from 1. */
  readonly capacity: number;
  /** What an object takes up of the capacity, an integer from 1; asked when it enters. By default 1, whatever it is. */
  readonly sizeOf?: (id: number) => number;
  /** Room for this many ids before the first growth. */
  readonly objects?: number;
  /** Every policy that draws takes its draws from here. */
  readonly random?: RandomStream;
  /** Called with each id that leaves by the policy's decision, a candidate refused admission included. */
  readonly onEvict?: (id: number) => void;
  /** Told what the bookkeeping costs; without it nothing is counted. */
  readonly bookkeeping?: Bookkeeping;
  /** What optimal policies know of the requests to come. */
  readonly future?: FutureRequests;
  /**
   * The 32-bit hash of the object's key, for policies that sketch frequencies; the id itself by default. Replaying a
   * trace with the hash that another simulator takes of its keys gives that simulator's collisions too.
   */
  readonly keyHash?: (id: number) => number;
}

export type EvictionFactory = (options: EvictionOptions) => EvictionPolicy;

/** The position of a request that never comes. */
export const NEVER = Infinity;

/** The future of the request being made now. Its owner, who drives the policy, moves it on from request to request. */
export interface FutureRequests {
  /** The position in the trace of the next request for the object requested now; NEVER where there is none. */
  nextUse(): number;
}

/** Without sizes: beyond this no policy's arrays fit a machine. */
const MAX_ENTRIES = 0x3fffffff;

/** The capacity, checked: a cache that can hold nothing, or a fraction of an entry, has no policy. */
export function checkedCapacity(capacity: number, hasSizes: boolean): number {
  if (hasSizes) {
    if (Number.isSafeInteger(capacity) && capacity >= 1) return capacity;
    throw new RangeError(`capacity: ${capacity} is not a number of units; give an integer from 1`);
  }
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_ENTRIES) {
    throw new RangeError(`capacity: ${capacity} is not a number of entries; give an integer from 1 to 2^30 - 1`);
  }
  return capacity;
}

/** The ids to make room for at the start. */
export const initialRoom = (options: EvictionOptions): number => Math.max(options.objects ?? 0, 64);

/** Are objects of one size, and does nobody listen? Only then may requests be taken in a loop over bare arrays. */
export const isUnwatched = ({ sizeOf, onEvict, bookkeeping }: EvictionOptions): boolean =>
  sizeOf === undefined && onEvict === undefined && bookkeeping === undefined;

/** `requestAll` by `request`. */
export function requestEach(policy: EvictionPolicy, ids: Int32Array): number {
  let hits = 0;
  for (let i = 0; i < ids.length; i++) if (policy.request(ids[i])) hits++;
  return hits;
}

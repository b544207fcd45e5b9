/** One cache of a replay: a policy at a size, the requests it has seen, its hits, the bytes of both, and the time they took. */
import { runInThisContext } from 'node:vm';
import {
  type EvictionPolicy,
  type EvictionPolicyEntry,
  type FutureRequests,
  type RandomStream,
} from '../../../sim-core/index.ts';
import type { Block } from './spool.ts';

export interface SimulatedCacheOptions {
  readonly name: string;
  readonly entry: EvictionPolicyEntry;
  /** Objects that it may hold, or bytes of them where the requests have sizes. */
  readonly size: number;
  readonly hasSizes?: boolean;
  /** How many objects the trace has; 0 if that is not known yet. */
  readonly objects: number;
  readonly random: RandomStream;
  readonly keyHash: (id: number) => number;
}

export class SimulatedCache {
  readonly policyName: string;
  readonly size: number;
  requests = 0;
  hits = 0;
  /** Bytes that were asked for, and of those the ones that hit, where the requests have sizes. */
  bytes = 0;
  hitBytes = 0;
  /** Spent in this cache alone, the trace being read and interned. */
  seconds = 0;
  readonly #policy: EvictionPolicy;
  readonly #loop: typeof countHits;
  readonly #sizedLoop: typeof countSizedHits;
  readonly #asked: Asked = { size: 0, bytes: 0, hitBytes: 0 };
  readonly #future = new BlockFuture();
  readonly #knowsFuture: boolean;

  constructor({ name, entry, size, hasSizes = false, objects, random, keyHash }: SimulatedCacheOptions) {
    this.policyName = name;
    this.size = size;
    this.#loop = loopFor(countHits, name);
    this.#sizedLoop = loopFor(countSizedHits, name);
    this.#knowsFuture = entry.needsFuture === true;
    this.#policy = entry.create({
      capacity: size,
      random,
      ...(objects > 0 && { objects }),
      ...(this.#knowsFuture && { future: this.#future }),
      ...(entry.hashesKeys === true && { keyHash }),
      // A policy asks for the size of the object that is requested now, when it enters.
      ...(hasSizes && { sizeOf: () => this.#asked.size }),
    });
  }

  replay({ ids, nextUses, sizes }: Block): void {
    const start = performance.now();
    if (this.#knowsFuture) this.#future.enter(nextUses);
    if (sizes === undefined) this.hits += this.#loop(this.#policy, ids, this.#future);
    else {
      this.hits += this.#sizedLoop(this.#policy, ids, this.#future, sizes, this.#asked);
      this.bytes = this.#asked.bytes;
      this.hitBytes = this.#asked.hitBytes;
    }
    this.requests += ids.length;
    this.seconds += (performance.now() - start) / 1000;
  }
}

class BlockFuture implements FutureRequests {
  position = 0;
  #nextUses: Float64Array = new Float64Array(0);

  enter(nextUses: Float64Array | undefined): void {
    if (nextUses === undefined) throw new TypeError('a policy that knows the future is given blocks without it');
    this.#nextUses = nextUses;
  }

  nextUse(): number {
    return this.#nextUses[this.position];
  }
}

/**
 * A loop of its own for every policy. An engine optimises a loop for the method that it has seen called there: with one
 * loop for all of them every request would be an unknown call, at half the speed. So the loop below is compiled anew,
 * from its own source, for each name; it uses nothing from around it.
 */
function loopFor<Loop extends CallableFunction>(original: Loop, name: string): Loop {
  const filename = `replay-${original.name}-${name}`;
  let loop = loops.get(filename);
  if (loop === undefined) {
    loop = runInThisContext(`(${original.toString()})`, { filename }) as Loop;
    loops.set(filename, loop);
  }
  return loop as Loop;
}

const loops = new Map<string, CallableFunction>();

/** Requests all ids, in one go where the policy takes them so, and returns how many were hits; keeps a `future`'s position. */
function countHits(policy: EvictionPolicy, ids: Int32Array, future: { position: number }): number {
  if (policy.requestAll !== undefined) return policy.requestAll(ids);
  let hits = 0;
  for (let i = 0; i < ids.length; i++) {
    future.position = i;
    if (policy.request(ids[i])) hits++;
  }
  return hits;
}

/** The size of the object that is requested now, and the bytes asked for and hit so far. */
interface Asked {
  size: number;
  bytes: number;
  hitBytes: number;
}

/** The same of requests for objects with sizes, counting bytes as well. */
function countSizedHits(
  policy: EvictionPolicy,
  ids: Int32Array,
  future: { position: number },
  sizes: Float64Array,
  asked: Asked,
): number {
  let hits = 0;
  for (let i = 0; i < ids.length; i++) {
    future.position = i;
    asked.size = sizes[i];
    asked.bytes += sizes[i];
    if (!policy.request(ids[i])) continue;
    hits++;
    asked.hitBytes += sizes[i];
  }
  return hits;
}

/** One cache of a replay: a policy at a size, the requests it has seen, its hits, and the time they took. */
import { runInThisContext } from 'node:vm';
import {
  type EvictionPolicy,
  type EvictionPolicyEntry,
  type FutureRequests,
  type RandomStream,
} from '../../../sim-core/index.ts';
import type { Block } from './spool.ts';

export class SimulatedCache {
  readonly policyName: string;
  /** Objects that it may hold. */
  readonly size: number;
  requests = 0;
  hits = 0;
  /** Spent in this cache alone, the trace being read and interned. */
  seconds = 0;
  readonly #policy: EvictionPolicy;
  readonly #loop: typeof countHits;
  readonly #future = new BlockFuture();
  readonly #knowsFuture: boolean;

  /** `objects` is how many the trace has, 0 if that is not known yet. */
  constructor(
    name: string,
    entry: EvictionPolicyEntry,
    size: number,
    objects: number,
    random: RandomStream,
    keyHash: (id: number) => number,
  ) {
    this.policyName = name;
    this.size = size;
    this.#loop = loopFor(name);
    this.#knowsFuture = entry.needsFuture === true;
    this.#policy = entry.create({
      capacity: size,
      random,
      ...(objects > 0 && { objects }),
      ...(this.#knowsFuture && { future: this.#future }),
      ...(entry.hashesKeys === true && { keyHash }),
    });
  }

  replay({ ids, nextUses }: Block): void {
    const start = performance.now();
    if (this.#knowsFuture) this.#future.enter(nextUses);
    this.hits += this.#loop(this.#policy, ids, this.#future);
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
function loopFor(name: string): typeof countHits {
  let loop = loops.get(name);
  if (loop === undefined) {
    loop = runInThisContext(`(${countHits.toString()})`, { filename: `replay-${name}` }) as typeof countHits;
    loops.set(name, loop);
  }
  return loop;
}

const loops = new Map<string, typeof countHits>();

/** Requests all ids and returns how many were hits; keeps the position of a `future` that has one. */
function countHits(policy: EvictionPolicy, ids: Int32Array, future: { position: number }): number {
  let hits = 0;
  for (let i = 0; i < ids.length; i++) {
    future.position = i;
    if (policy.request(ids[i])) hits++;
  }
  return hits;
}

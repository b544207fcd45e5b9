/**
 * The future of a trace that is in memory, for OPT: one pass from the trace's end notes at each request where its object
 * is requested next. A trace too long for memory gets the same from a first pass over its file, from its owner.
 */
import { NEVER } from './eviction-policy.ts';
import type { FutureRequests } from './eviction-policy.ts';

/** At each request the position of the next request for the same object; NEVER where there is none. */
export function nextUses(ids: Int32Array): Float64Array {
  const uses = new Float64Array(ids.length);
  let objects = 0;
  for (const id of ids) objects = Math.max(objects, id + 1);
  const next = new Float64Array(objects).fill(NEVER);
  for (let position = ids.length - 1; position >= 0; position--) {
    const id = ids[position];
    uses[position] = next[id];
    next[id] = position;
  }
  return uses;
}

/** A trace's future. Whoever drives the policy sets `position` to the request that it makes. */
export class KnownFuture implements FutureRequests {
  position = 0;
  private readonly uses: Float64Array;

  constructor(ids: Int32Array) {
    this.uses = nextUses(ids);
  }

  nextUse(): number {
    return this.uses[this.position];
  }
}

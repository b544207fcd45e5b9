/** A cache that is warm when a run begins: what was stored before the first request. */
import {
  entryOf,
  lasting,
  type Cache,
  type Duration,
  type Lifetime,
  type Row,
  type Simulation,
} from '../../../sim-core/index.ts';

/** Who stores what is there before the first request. */
const NO_REQUEST = -1;

/** Stores a key's row in a cache, with what is left of its soft and its hard time to live. */
export function storeBefore(
  { cache }: { readonly cache: Cache<Row> },
  key: number,
  left: Lifetime,
  loadDuration: Duration,
): void {
  cache.set(entryOf(key, { key, version: 0 }, 0, left, loadDuration), NO_REQUEST);
}

/** What is left of the time to live of entries that were stored at moments spread over the last one. */
export function spreadOver(sim: Simulation, ttl: Duration): () => Lifetime {
  const ages = sim.random('ages of the entries at the start');
  return () => lasting(ttl - Math.floor(ages.next() * ttl));
}

/** A cache that is warm when a run begins: what was stored before the first request. */
import type { CacheServer, Duration, Lifetime, Row, Simulation } from '../../../sim-core/index.ts';

/** Who stores what is there before the first request. */
const NO_REQUEST = -1;

/** Stores a key's row, with what is left of its soft and its hard time to live. */
export function storeBefore(server: CacheServer<Row>, key: number, left: Lifetime, loadDuration: Duration): void {
  const entry = { key, value: { key, version: 0 }, storedAt: 0, loadDuration };
  server.cache.set({ ...entry, softExpiresAt: left.soft, expiresAt: left.hard }, NO_REQUEST);
}

/** What is left of the time to live of entries that were stored at moments spread over the last one. */
export function spreadOver(sim: Simulation, ttl: Duration): () => Lifetime {
  const ages = sim.random('ages of the entries at the start');
  return () => {
    const left = ttl - Math.floor(ages.next() * ttl);
    return { soft: left, hard: left };
  };
}

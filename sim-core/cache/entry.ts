/** What a cache holds under a key: a value with the times that say how long it may be served, and what it took to get it. */
import type { Duration, Time } from '../kernel/time.ts';

export interface CacheEntry<Value> {
  readonly key: number;
  readonly value: Value;
  readonly storedAt: Time;
  /** From here on the entry is not served any more. */
  readonly expiresAt: Time;
  /** From here on it may be served but should be refreshed; `expiresAt` where there is no such time. */
  readonly softExpiresAt: Time;
  /** How long the value took to load: what early expiration weighs. */
  readonly loadDuration: Duration;
}

/** How long an entry lives from when it is stored. */
export interface Lifetime {
  /** From then on it should be refreshed. */
  readonly soft: Duration;
  /** From then on it is not served. */
  readonly hard: Duration;
}

/** A lifetime at whose end the entry is gone, and before which nobody refreshes it. */
export const lasting = (ttl: Duration): Lifetime => ({ soft: ttl, hard: ttl });

/** The entry of a value that is stored at an instant. `loadDuration`: 0 for a value that was at hand. */
export function entryOf<Value>(
  key: number,
  value: Value,
  storedAt: Time,
  { soft, hard }: Lifetime,
  loadDuration: Duration = 0,
): CacheEntry<Value> {
  return { key, value, storedAt, softExpiresAt: storedAt + soft, expiresAt: storedAt + hard, loadDuration };
}

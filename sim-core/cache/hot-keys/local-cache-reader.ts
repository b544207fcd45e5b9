/**
 * A short-lived local layer: an instance keeps hot rows in its own memory for a while and asks the shared cache for them
 * only then again. Nobody tells it of a write. Its lookups take no time.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/database.ts';
import { Cache } from '../cache.ts';
import type { Reader } from '../reader.ts';

export interface LocalCacheOptions {
  readonly instance: string;
  readonly reader: Reader;
  /** Rows that it keeps, by LRU. */
  readonly capacity: number;
  readonly ttl: Duration;
  /** Which keys it keeps at all. */
  readonly keeps: (key: number) => boolean;
}

export class LocalCacheReader implements Reader {
  readonly cache: Cache<Row>;
  private readonly sim: Simulation;
  private readonly options: LocalCacheOptions;

  constructor(sim: Simulation, options: LocalCacheOptions) {
    const { instance, capacity } = options;
    this.sim = sim;
    this.options = options;
    this.cache = new Cache(sim, { name: `${instance}'s memory`, capacity, eviction: 'lru' });
  }

  *read(key: number, request: RequestContext): Behaviour<Row> {
    const { reader, keeps, ttl } = this.options;
    if (!keeps(key)) return yield* reader.read(key, request);
    const kept = this.cache.get(key, request.id);
    if (kept !== undefined) return kept.value;
    const started = this.sim.now;
    const value = yield* reader.read(key, request);
    const { now } = this.sim;
    const expiresAt = now + ttl;
    this.cache.set(
      { key, value, storedAt: now, softExpiresAt: expiresAt, expiresAt, loadDuration: now - started },
      request.id,
    );
    return value;
  }

  /** The instance has crashed, and its memory is gone. */
  crash(): void {
    this.cache.clear();
  }
}

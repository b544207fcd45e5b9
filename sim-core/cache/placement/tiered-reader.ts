/**
 * How an instance of the application reads: from a cache of its own, from one that all instances share, from the store;
 * either cache may be missing. What comes from further away is kept on the way back, each copy for the time to live of
 * its own layer, counted from when it came in: unlike HTTP's caches these do not hand on how old a value is already, so that
 * their times to live add up.
 *
 * A load during which its name is purged is not kept in the instance, and the shared cache takes no row that is older than
 * the one it has.
 */
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Endpoint } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseQuery, Row } from '../../storage/database.ts';
import type { CacheCommand, CacheReply } from '../cache-server.ts';
import { Cache, type CacheEntry } from '../cache.ts';
import type { HttpGet, Purge } from './http-cache.ts';
import type { Answer } from './layers.ts';
import type { PagedRow } from './paged-database.ts';

export interface TieredReaderOptions {
  /** Name of the application instance. */
  readonly instance: string;
  readonly local?: { readonly capacity: number; readonly ttl: Duration };
  readonly shared?: { readonly cache: Link<CacheCommand<Row>, CacheReply<Row>>; readonly ttl: Duration };
  readonly store: Link<DatabaseQuery, PagedRow>;
}

export class TieredReader {
  /** Where purges are sent. */
  readonly purges: Endpoint<Purge, void>;
  readonly cache: Cache<Row> | undefined;
  private readonly sim: Simulation;
  private readonly options: TieredReaderOptions;
  private readonly timesPurged = new Map<number, number>();

  constructor(sim: Simulation, options: TieredReaderOptions) {
    const { instance, local } = options;
    this.sim = sim;
    this.options = options;
    if (local !== undefined) {
      this.cache = new Cache(sim, { name: `${instance} cache`, capacity: local.capacity, eviction: 'lru' });
    }
    this.purges = {
      name: instance,
      receive: (call) => {
        const { url } = call.query;
        this.timesPurged.set(url, (this.timesPurged.get(url) ?? 0) + 1);
        this.cache?.delete(url);
        call.reply();
      },
    };
  }

  *read(get: HttpGet, request: RequestContext): Behaviour<Answer> {
    const { url } = get;
    const entry = this.cache?.get(url, request.id);
    if (entry !== undefined) return { row: entry.value, layer: 'app' };
    const purged = this.timesPurged.get(url);
    const answer = yield* this.readShared(get, request);
    if (this.cache !== undefined && this.timesPurged.get(url) === purged) {
      this.cache.set(entryOf(url, answer.row, this.sim.now, this.options.local!.ttl), request.id);
    }
    return answer;
  }

  /** The instance has lost what it had, and what it was loading. */
  clear(): void {
    this.cache?.clear();
  }

  private *readShared(get: HttpGet, request: RequestContext): Behaviour<Answer> {
    const { shared } = this.options;
    if (shared === undefined) return yield* this.readStore(get, request);
    const { entry } = yield* shared.cache.call({ command: 'get', key: get.url }, request);
    if (entry !== undefined) return { row: entry.value, layer: 'distributed' };
    const answer = yield* this.readStore(get, request);
    const { row } = answer;
    yield* shared.cache.call(
      {
        command: 'set-if',
        entry: entryOf(get.url, row, this.sim.now, shared.ttl),
        over: (there) => there === undefined || there.value.version <= row.version,
      },
      request,
    );
    return answer;
  }

  /** The store keeps the file of every version that was published, so a URL that names one gets that one. */
  private *readStore({ key, version }: HttpGet, request: RequestContext): Behaviour<Answer> {
    const stored = yield* this.options.store.call({ operation: 'read', key }, request);
    return {
      row: { key, version: version ?? stored.version },
      layer: stored.fromDisk === true ? 'disk' : 'buffer-pool',
    };
  }
}

/** An entry that is stored now, for so long. */
export function entryOf(key: number, value: Row, now: number, ttl: Duration): CacheEntry<Row> {
  return { key, value, storedAt: now, softExpiresAt: now + ttl, expiresAt: now + ttl, loadDuration: 0 };
}

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
import type { DatabaseQuery, Row } from '../../storage/queries.ts';
import type { CacheCommand, CacheReply } from '../cache-server.ts';
import type { Cache } from '../cache.ts';
import { entryOf, lasting } from '../entry.ts';
import { LocalCache } from '../local-cache.ts';
import { setIfNewer } from '../set-if-newer.ts';
import { hardTtl } from '../stampede/hard-ttl.ts';
import type { HttpGet, Purge } from './http-cache.ts';
import type { Answer, Layer } from './layers.ts';
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
  private readonly local: LocalCache | undefined;
  private readonly sim: Simulation;
  private readonly options: TieredReaderOptions;

  constructor(sim: Simulation, options: TieredReaderOptions) {
    const { instance, local } = options;
    this.sim = sim;
    this.options = options;
    if (local !== undefined) {
      this.local = new LocalCache(sim, { instance, capacity: local.capacity, expiry: hardTtl(local.ttl) });
    }
    this.purges = {
      name: instance,
      receive: (call) => {
        this.local?.invalidate(call.query.url);
        call.reply();
      },
    };
  }

  *read(get: HttpGet, request: RequestContext): Behaviour<Answer> {
    if (this.local === undefined) return yield* this.readShared(get, request);
    const from: From = { layer: 'app' };
    const row = yield* this.local.get(get.url, request, () => this.readBehind(get, request, from));
    return { row, layer: from.layer };
  }

  /** The instance has lost what it had, and what it was loading. */
  crash(): void {
    this.local?.crash();
  }

  /** Its own cache, if it has one. */
  get cache(): Cache<Row> | undefined {
    return this.local?.cache;
  }

  /** A load for the instance's own cache, which tells where it found the row. */
  private *readBehind(get: HttpGet, request: RequestContext, from: From): Behaviour<Row> {
    const { row, layer } = yield* this.readShared(get, request);
    from.layer = layer;
    return row;
  }

  private *readShared(get: HttpGet, request: RequestContext): Behaviour<Answer> {
    const { shared } = this.options;
    if (shared === undefined) return yield* this.readStore(get, request);
    const { entry } = yield* shared.cache.call({ command: 'get', key: get.url }, request);
    if (entry !== undefined) return { row: entry.value, layer: 'distributed' };
    const answer = yield* this.readStore(get, request);
    const { row } = answer;
    yield* shared.cache.call(setIfNewer(entryOf(get.url, row, this.sim.now, lasting(shared.ttl))), request);
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

/** Which layer a row came from. */
interface From {
  layer: Layer;
}

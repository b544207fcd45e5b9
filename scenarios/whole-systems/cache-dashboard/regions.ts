/** The two regions: a cache and an application each, users of their own, and what their lookups come to. */
import {
  CacheAside,
  cacheLookup,
  CacheServer,
  defineSignal,
  hardTtl,
  lasting,
  Link,
  noGuard,
  OpenLoopClient,
  readEntriesHeld,
  roundRobin,
  s,
  Service,
  type ArrivalProcess,
  type Behaviour,
  type CacheCommand,
  type CacheReply,
  type Database,
  type DatabaseQuery,
  type LoadLedger,
  type Popularity,
  type RequestContext,
  type Row,
  type Simulation,
  type SpaceSaving,
} from '../../../sim-core/index.ts';
import { faraway, nearby } from '../../application/distances.ts';
import { storeBefore } from '../../caching/application/warm-start.ts';
import { COMMAND_TIME } from '../../caching/application/wiring.ts';
import type { Values } from './params.ts';

export const REGIONS = ['north', 'south'] as const;
export type Region = (typeof REGIONS)[number];

export const cacheOf = (region: Region): string => `cache-${region}`;

/** Entries outlive the day: what is missed was evicted, flushed or edited. */
const TTL = s(86_400);

export const regionSignals = REGIONS.map((region) =>
  defineSignal({
    name: `cache.hit_ratio.${region}`,
    kind: 'ratio',
    unit: '1',
    help: `Share of lookups in the ${region} that found an entry to serve`,
    fact: cacheLookup,
    where: ({ cache }) => cache === cacheOf(region),
    counts: ({ outcome }) => outcome === 'hit',
  }),
);

export interface RegionOptions {
  readonly name: Region;
  readonly popularity: Popularity;
  /** Entries that its cache has room for. */
  readonly room: number;
  readonly database: Database;
  readonly ledger: LoadLedger;
  readonly sketch: SpaceSaving;
}

/** What its application is asked: to read a key, or to write one. */
export type Ask = number | { readonly write: number };

type CacheLink = Link<CacheCommand<Row>, CacheReply<Row>>;
type StoreLink = Link<DatabaseQuery, Row>;

export class RegionOfUsers {
  readonly cache: CacheServer<Row>;
  private readonly sim: Simulation;
  private readonly p: Values;
  private readonly app: Service<Ask, Row>;

  constructor(sim: Simulation, p: Values, { name, popularity, room, database, ledger, sketch }: RegionOptions) {
    this.sim = sim;
    this.p = p;
    this.cache = new CacheServer<Row>(sim, {
      name: cacheOf(name),
      capacity: room,
      eviction: 'lru',
      commandTime: COMMAND_TIME,
      watch: (key) => sketch.count(key),
    });
    readEntriesHeld(sim, this.cache.cache);
    this.warm(popularity);
    const instance = `app-${name}`;
    const cache: CacheLink = new Link(sim, this.cache, { from: instance, delay: nearby });
    const store: StoreLink = new Link(sim, database, { from: instance, delay: nearby });
    const reader = new CacheAside(sim, { instance, cache, store, expiry: hardTtl(TTL), guard: noGuard, ledger });
    this.app = new Service<Ask, Row>(sim, {
      name: instance,
      help: `The application of the ${name}: up to 1,000 requests at once, 2,000 waiting`,
      concurrency: 1000,
      queueMax: 2000,
      handle: ({ query, request }) =>
        typeof query === 'number' ? reader.read(query, request) : write(query.write, request, store, cache),
      onCrash: () => reader.crash(),
    });
  }

  /** Somebody who reads keys of the region, or does something else with them. */
  users(name: string, arrivals: ArrivalProcess, popularity: Popularity, asks?: (key: number) => Ask): Users {
    const { sim, app, p } = this;
    const target = roundRobin([new Link(sim, app, { from: name, delay: faraway, timeout: p.timeout })]);
    return new OpenLoopClient<Row, Ask>(sim, { name, arrivals, popularity, target, ...(asks && { asks }) });
  }

  /** Fills the cache with the most popular keys, the hottest last. */
  private warm({ first = 0, keys }: Popularity): void {
    const left = lasting(TTL);
    const room = Math.min(keys, this.cache.cache.capacity);
    for (let key = room - 1; key >= 0; key--) storeBefore(this.cache, first + key, left, this.p.loadTime);
  }
}

type Users = OpenLoopClient<Row, Ask>;

/** Writes the store, and takes out of the cache what is no longer true. */
function* write(key: number, request: RequestContext, store: StoreLink, cache: CacheLink): Behaviour<Row> {
  const row = yield* store.call({ operation: 'write', key }, request);
  yield* cache.call({ command: 'delete', key }, request);
  return row;
}

/**
 * Reads pages: the list of a page's items by a query, then each item from the instance's own cache, or through a key
 * loader: one after the other, as Caffeine's `getAll` does without a bulk loader, or all at once, as the resolvers of a GraphQL
 * server do.
 *
 * Does not single out loads of one key by several pages: each loads what it misses.
 */
import { all } from '../../kernel/combine.ts';
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { fork, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { Row } from '../../storage/queries.ts';
import type { Cache } from '../cache.ts';
import { entryOf, lasting } from '../entry.ts';
import type { KeyLoader, KeyLoaderFactory, KeyLoaderOptions } from './key-loader.ts';

/** A page was read. `missing`: items that the cache did not hold; `trips`: queries sent, that of the list among them. */
export const pageRead = defineFact('page.read', 'A page was read', {
  instance: 'text',
  request: 'request',
  key: 'key',
  missing: 'number',
  trips: 'number',
});

export const pageSignals = [
  defineSignal({
    name: 'page.round_trips',
    kind: 'histogram',
    unit: '{operation}',
    help: 'Queries that a page sent to the store, that of its list among them',
    fact: pageRead,
    value: (fact) => fact.trips,
  }),
  defineSignal({
    name: 'page.missing',
    kind: 'histogram',
    unit: '{item}',
    help: 'Items of a page that the cache did not hold',
    fact: pageRead,
    value: (fact) => fact.missing,
  }),
];

export interface PageReaderOptions extends KeyLoaderOptions {
  readonly cache: Cache<Row>;
  readonly ttl: Duration;
  readonly loader: KeyLoaderFactory;
  readonly loads: 'one-after-the-other' | 'all-at-once';
  /** The items of the page that a request asks for, each once. */
  readonly itemsOf: (request: RequestContext) => readonly number[];
}

export class PageReader {
  private readonly sim: Simulation;
  private readonly options: PageReaderOptions;
  private readonly read: FactChannel<Fact<typeof pageRead>>;

  constructor(sim: Simulation, options: PageReaderOptions) {
    this.sim = sim;
    this.options = options;
    this.read = sim.facts.channel(pageRead);
  }

  /** Reads the page whose list stands under `key`; throws `CallFailed` when the store did not answer. */
  *page(key: number, request: RequestContext): Behaviour<Row> {
    const { instance, store, loads, itemsOf, cache, loader: create } = this.options;
    const list = yield* store.call({ operation: 'read', key }, request);
    const loader = create(this.sim, this.options, request);
    const missing = itemsOf(request).filter((item) => cache.get(item, request.id) === undefined);
    if (loads === 'all-at-once') {
      const loaded = missing.map((item) => fork(`${instance} loads an item`, this.load(item, loader, request)).join());
      yield* all(...loaded);
    } else {
      for (const item of missing) yield* this.load(item, loader, request);
    }
    if (this.read.heard) {
      this.read.emit({ instance, request: request.id, key, missing: missing.length, trips: 1 + loader.trips });
    }
    return list;
  }

  private *load(item: number, loader: KeyLoader, request: RequestContext): Behaviour {
    const started = this.sim.now;
    const value = yield* loader.load(item);
    const { now } = this.sim;
    const { cache, ttl } = this.options;
    cache.set(entryOf(item, value, now, lasting(ttl), now - started), request.id);
  }
}

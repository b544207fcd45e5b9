/**
 * Who updates rows, and then tells the layers one after the other: each is told once the one before it has answered. From
 * the inside out a layer that is purged can only be filled again by what is new already; from the outside in, by what is old.
 */
import {
  all,
  Service,
  type Behaviour,
  type CacheCommand,
  type CacheEntry,
  type CacheReply,
  type DatabaseQuery,
  type Link,
  type Purge,
  type RequestContext,
  type Row,
  type Simulation,
} from '../../../sim-core/index.ts';
import type { PURGES } from './params.ts';

export interface PurgeOptions {
  readonly order: Exclude<(typeof PURGES)[number], 'none'>;
  /** The shared cache, if there is one: it is given the new row in place of the old one. */
  readonly shared: Link<CacheCommand<Row>, CacheReply<Row>> | undefined;
  readonly sharedEntry: (row: Row) => CacheEntry<Row>;
  /** The places of each layer in front of it, from the inside out. */
  readonly layers: readonly (readonly Link<Purge, void>[])[];
}

export interface PublisherOptions {
  readonly store: Link<DatabaseQuery, Row>;
  /** Whom it tells of an update; nobody without it. */
  readonly purges?: PurgeOptions;
}

type Step = (row: Row, request: RequestContext) => Behaviour;

export function publisher(sim: Simulation, { store, purges }: PublisherOptions): Service<DatabaseQuery, Row> {
  const steps = purges === undefined ? [] : stepsOf(purges);
  return new Service<DatabaseQuery, Row>(sim, {
    name: 'publisher',
    help: purges ? `Writes, and purges the layers, ${purges.order.replace('-', ' ')}` : 'Writes, and tells nobody',
    concurrency: 1000,
    queueMax: 10_000,
    *handle({ query, request }) {
      const row = yield* store.call(query, request);
      for (const step of steps) yield* step(row, request);
      return row;
    },
  });
}

function stepsOf({ order, shared, sharedEntry, layers }: PurgeOptions): Step[] {
  function* renew(row: Row, request: RequestContext): Behaviour {
    if (shared === undefined) return;
    const over = (there: CacheEntry<Row> | undefined): boolean => !there || there.value.version < row.version;
    yield* shared.call({ command: 'set-if', entry: sharedEntry(row), over }, request);
  }
  const purge = (places: readonly Link<Purge, void>[]): Step =>
    function* ({ key }, request) {
      yield* all(...places.map((place) => place.call({ url: key }, request)));
    };
  const insideOut = [renew, ...layers.filter((places) => places.length > 0).map(purge)];
  return order === 'inside-out' ? insideOut : insideOut.toReversed();
}

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

export interface PublisherOptions {
  readonly store: Link<DatabaseQuery, Row>;
  readonly order: (typeof PURGES)[number];
  /** The shared cache, if there is one: it is given the new row in place of the old one. */
  readonly shared: Link<CacheCommand<Row>, CacheReply<Row>> | undefined;
  readonly sharedEntry: (row: Row) => CacheEntry<Row>;
  /** The places of each layer in front of it, from the inside out. */
  readonly layers: readonly (readonly Link<Purge, void>[])[];
}

export function publisher(sim: Simulation, options: PublisherOptions): Service<DatabaseQuery, Row> {
  const { store, order, shared, sharedEntry, layers } = options;
  type Step = (row: Row, request: RequestContext) => Behaviour;

  function* renew(row: Row, request: RequestContext): Behaviour {
    if (shared === undefined) return;
    const over = (there: CacheEntry<Row> | undefined): boolean => !there || there.value.version < row.version;
    yield* shared.call({ command: 'set-if', entry: sharedEntry(row), over }, request);
  }
  const purge = (places: readonly Link<Purge, void>[]): Step =>
    function* ({ key }, request) {
      yield* all(...places.map((place) => place.call({ url: key }, request)));
    };
  const insideOut: Step[] = [renew, ...layers.filter((places) => places.length > 0).map(purge)];
  const steps = order === 'none' ? [] : order === 'inside-out' ? insideOut : insideOut.toReversed();

  return new Service<DatabaseQuery, Row>(sim, {
    name: 'publisher',
    help: order === 'none' ? 'Writes, and tells nobody' : `Writes, and purges the layers ${order.replace('-', ' ')}`,
    concurrency: 1000,
    queueMax: 10_000,
    *handle({ query, request }) {
      const row = yield* store.call(query, request);
      for (const step of steps) yield* step(row, request);
      return row;
    },
  });
}

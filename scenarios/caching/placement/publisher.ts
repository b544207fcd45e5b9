/**
 * Who updates rows, and then tells the layers one after the other, from the inside out, each once the one before it has
 * answered: a layer that is purged can then only be filled again by what is new already. Or he tells the edge alone, which is
 * filled again by what those behind it still have.
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
  readonly whom: Exclude<(typeof PURGES)[number], 'none'>;
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
    help: purges
      ? `Writes, and purges ${purges.whom === 'edge' ? 'the edge' : 'all layers, the innermost first'}`
      : 'Writes, and tells nobody',
    concurrency: 1000,
    queueMax: 10_000,
    *handle({ query, request }) {
      const row = yield* store.call(query, request);
      for (const step of steps) yield* step(row, request);
      return row;
    },
  });
}

function stepsOf({ whom, shared, sharedEntry, layers }: PurgeOptions): Step[] {
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
  return whom === 'edge' ? insideOut.slice(-1) : insideOut;
}

/** A log that is written while a projection follows it, in a store and a read store as they are built, with times that differ. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import {
  EventStore,
  type EventStoreQuery,
  type EventStoreReply,
} from '../../../../sim-core/services/event-sourcing/event-store.ts';
import { Projection, type CheckpointOrder } from '../../../../sim-core/services/event-sourcing/projection.ts';
import {
  ReadStore,
  type ReadStoreQuery,
  type ReadStoreReply,
} from '../../../../sim-core/services/event-sourcing/read-store.ts';
import { codec, logOf, pairs, STREAMS, sumOf } from './counters.ts';

export const DOWNTIME = 3 * MILLISECOND;
/** All is written by then, and a projection that nobody kills any more has caught up. */
export const WRITTEN = 20 * MILLISECOND;
export const END = 60 * MILLISECOND;

export interface ProjectionWorldOptions {
  readonly checkpoint: CheckpointOrder;
  readonly isIdempotent: boolean;
  readonly isRebuilt?: 'beside' | 'in place';
}

export interface ProjectionWorld {
  readonly sim: Simulation;
  readonly store: EventStore;
  readonly models: ReadStore<number>;
  readonly projection: Projection<number>;
  /** Which rows of the model that is served are not the fold of the log up to its checkpoint, or up to its end. */
  wrongRows(until?: 'checkpoint'): number[];
}

const query = { connections: 4, queueMax: 100, cores: 1 };

export function projectionWorld({ checkpoint, isIdempotent, isRebuilt }: ProjectionWorldOptions): ProjectionWorld {
  const sim = new Simulation({ seed: 1 });
  const log = logOf([
    [0, 1],
    [2, 2],
    [0, 3],
  ]);
  const store = new EventStore(sim, {
    ...query,
    name: 'store',
    demand: constant(MILLISECOND / 5),
    readTime: 0,
    writeTime: 0,
    log,
    snapshots: [],
  });
  const models = new ReadStore(sim, {
    ...query,
    name: 'models',
    demand: constant(MILLISECOND / 3),
    applyTime: MILLISECOND / 10,
    maker: pairs,
    isIdempotent,
    table: 'sums',
    history: [],
  });
  const projection = new Projection(sim, {
    name: 'projection',
    events: new Link<EventStoreQuery, EventStoreReply>(sim, store, { from: 'projection', delay: constant(70_000) }),
    models: new Link<ReadStoreQuery, ReadStoreReply<number>>(sim, models, {
      from: 'projection',
      delay: constant(110_000),
    }),
    codec,
    checkpoint,
    batch: 3,
    pollEvery: MILLISECOND,
    table: 'sums',
  });
  const writer = new Link<EventStoreQuery, EventStoreReply>(sim, store, { from: 'writer', delay: constant(50_000) });
  for (let i = 0; i < 10; i++) {
    const event = codec.encode({ amount: 10 + i });
    const append = { command: 'append', stream: i % STREAMS, expected: 'any', events: [event] } as const;
    sim.schedule(i * (WRITTEN / 10), () => writer.send(append, new RequestContext(i, sim.now)), undefined);
  }
  if (isRebuilt !== undefined) {
    const rebuild = (): void => (isRebuilt === 'beside' ? projection.rebuildBeside() : projection.rebuildInPlace());
    sim.schedule(WRITTEN / 2, rebuild, undefined);
  }
  return {
    sim,
    store,
    models,
    projection,
    wrongRows(until) {
      const events = log.readAll(0, until === undefined ? Infinity : models.model.checkpoint);
      return Array.from({ length: STREAMS / 2 }, (_, key) => key).filter((key) => {
        const sum = sumOf(events.filter(({ stream }) => pairs.keyOf(stream) === key));
        return models.model.row(key).row !== sum;
      });
    },
  };
}

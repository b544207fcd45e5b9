/** The service that takes orders and appends each to the topic, written by the version that is deployed to it. */
import { framed, Link, Service, type Simulation } from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { DrawnOrders } from './drawn-orders.ts';
import type { Format } from './formats/format.ts';
import type { Topic, TopicCommand, TopicRecord } from './topic.ts';
import { valuesOf, type Version } from './versions.ts';

const FIRST_MESSAGE = [0];

/** A side of the wire that a version is deployed to. */
export interface Side {
  readonly version: Version;
  deploy(version: Version, id: number): void;
}

export function producer(
  sim: Simulation,
  topic: Topic,
  format: Format,
  first: { readonly version: Version; readonly id: number },
): { readonly side: Side; readonly service: Service<number, void> } {
  let { version, id } = first;
  const orders = new DrawnOrders(sim);
  const link = new Link<TopicCommand, readonly TopicRecord[]>(sim, topic, {
    from: 'orders',
    delay: nearby,
    isOrdered: true,
  });
  const service = new Service<number, void>(sim, {
    name: 'orders',
    help: 'Takes orders and appends each to the topic by its version of the schema',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: customer, request }) {
      const order = orders.of(request.id, customer, version);
      const { schema, encode } = format(version);
      const body = encode(valuesOf(version, order));
      const bytes = framed(id, body, schema.format === 'protobuf' ? FIRST_MESSAGE : undefined);
      const record = { request: request.id, bytes, appended: sim.now, meant: { order, version } };
      yield* link.call({ command: 'append', record }, request);
    },
  });
  return {
    service,
    side: {
      get version() {
        return version;
      },
      deploy(next, nextId) {
        version = next;
        id = nextId;
      },
    },
  };
}

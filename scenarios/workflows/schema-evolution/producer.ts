/** The service that takes orders and sends each to the topic, written by the version that is deployed to it. */
import { framed, type KafkaProducerQuery, type Link, Service, type Simulation } from '../../../sim-core/index.ts';
import { DrawnOrders } from './drawn-orders.ts';
import type { Format } from './formats/format.ts';
import type { Meanings } from './meanings.ts';
import { valuesOf, type Version } from './versions.ts';

const FIRST_MESSAGE = [0];

/** A side of the wire that a version is deployed to. */
export interface Side {
  readonly version: Version;
  deploy(version: Version, id: number): void;
}

export interface OrderProducerOptions {
  /** To the Kafka producer in its process, which has each record's offset when it answers. */
  readonly link: Link<KafkaProducerQuery, void>;
  readonly format: Format;
  readonly first: { readonly version: Version; readonly id: number };
  readonly meanings: Meanings;
}

export function orderProducer(
  sim: Simulation,
  { link, format, first, meanings }: OrderProducerOptions,
): { readonly side: Side; readonly service: Service<number, void> } {
  let { version, id } = first;
  const orders = new DrawnOrders(sim);
  const service = new Service<number, void>(sim, {
    name: 'orders',
    help: 'Takes orders and sends each to the topic by its version of the schema',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: customer, request }) {
      const order = orders.of(request.id, customer, version);
      const { schema, encode } = format(version);
      const body = encode(valuesOf(version, order));
      const value = framed(id, body, schema.format === 'protobuf' ? FIRST_MESSAGE : undefined);
      meanings.note(request.id, { order, version });
      yield* link.call({ key: customer, value, timestamp: sim.now, bytes: value.length }, request);
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

/** The orders by way of RabbitMQ: confirmed publishes into one durable queue, and consumers that lose their connections. */
import {
  outcomeOf,
  QueueLedger,
  RabbitConsumer,
  RabbitMq,
  type Endpoint,
  type Handler,
  type Processing,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { confirmedPublisher } from '../application/confirmed-publisher.ts';
import { consumersOf } from './consumers.ts';
import { befall } from './faults.ts';
import type { Values } from './params.ts';

const QUEUE = 'orders';

/** Returns whom users send their orders to. */
export function viaRabbit(sim: Simulation, p: Values): Endpoint<number, void> {
  const ledgers = [new QueueLedger(sim, 'bookings'), new QueueLedger(sim, 'payments')] as const;
  const rabbit = new RabbitMq(sim, { name: 'rabbit', help: 'A RabbitMQ node with one durable queue, orders' });
  rabbit.setUp.declareQueue({ name: QUEUE, durable: true, exclusive: false, autoDelete: false, arguments: {} });
  const orders = confirmedPublisher(sim, {
    name: 'orders',
    help: 'Publishes each order and answers when the broker has confirmed it',
    node: rabbit,
    outgoing: () => ({ routingKey: QUEUE }),
    // Where an order is, the queue says.
    observers: ledgers.map((ledger) => ({ confirmed: (id) => ledger.confirmed(id) })),
  });
  const consumers = consumersOf(sim, p, ledgers, (name, handler, processing) =>
    consumer(sim, p, rabbit, ledgers, name, handler, processing),
  );
  befall(sim, p, consumers);
  return orders;
}

function consumer(
  sim: Simulation,
  p: Values,
  node: RabbitMq,
  observers: readonly QueueLedger[],
  name: string,
  handler: Handler,
  inside: Processing,
): RabbitConsumer {
  return new RabbitConsumer(sim, {
    name,
    help: `Takes the payment, works, and books the order: ${p.concurrency} messages at once`,
    node,
    queue: QUEUE,
    prefetch: p.prefetch,
    concurrency: p.concurrency,
    delay: nearby,
    noAck: p.automatic,
    observers,
    inside,
    *handle(message) {
      return (yield* outcomeOf(handler, message)) === undefined ? 'ack' : 'requeue';
    },
  });
}

/**
 * RabbitMQ as a queue, which all consumers of all services share, and as an exchange, which gives each service's queue a
 * copy. Messages are persistent, queues durable, acknowledged one by one.
 */
import {
  AmqpConnection,
  makeMessage,
  Producer,
  RabbitConsumer,
  RabbitMq,
  Link,
  Service,
  type Behaviour,
  type Confirm,
  type Endpoint,
  type Processing,
  type Publish,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { LATE_SERVICE } from './book.ts';
import { DOWNTIME } from './limits.ts';
import type { Values } from './params.ts';

const EXCHANGE = 'events';

export function rabbit(sim: Simulation, p: Values, processing: Processing): Endpoint<number, void> {
  const isShared = p.model === 'queue';
  const node = new RabbitMq(sim, { name: 'rabbit', help: 'A RabbitMQ node with durable queues' });
  const { setUp } = node;
  const queueOf = (service: string): string => (isShared ? EXCHANGE : service);
  const bind = (service: string, channel = setUp): void =>
    channel.bind({ kind: 'queue', name: queueOf(service) }, EXCHANGE, '', {});
  setUp.declareExchange({ name: EXCHANGE, type: 'fanout', alternate: undefined, durable: true, autoDelete: false });
  for (const service of ['billing', 'search', LATE_SERVICE]) {
    const args = { durable: true, exclusive: false, autoDelete: false, arguments: {} };
    setUp.declareQueue({ name: queueOf(service), ...args });
    if (service !== LATE_SERVICE) bind(service);
    for (let i = 1; i <= p.consumers; i++) {
      const consumer = consumerOf(sim, node, `${service}-${i}`, queueOf(service), processing);
      if (service === LATE_SERVICE) consumer.kill(p.lateAt);
      else if (i === 1 && service === 'billing') {
        sim.scheduleAt(p.killAt, () => consumer.kill(DOWNTIME), undefined, sim.eventKind('a consumer dies'));
      }
    }
  }
  // By a connection of its own: the first one may have gone with the node.
  const join = (): void => bind(LATE_SERVICE, new AmqpConnection(node.broker).open());
  sim.scheduleAt(p.lateAt, join, undefined, sim.eventKind('the audit has a queue bound'));
  sim.scheduleAt(p.crashAt, () => node.interventions['kill'].apply([2]), undefined, sim.eventKind('the broker dies'));
  return publisher(sim, node);
}

/** Publishes each event and answers when the node has confirmed it. */
function publisher(sim: Simulation, node: RabbitMq): Service<number, void> {
  const producer = new Producer(
    new Link<Publish, Confirm>(sim, node, { from: 'events', delay: nearby, isOrdered: true }),
  );
  return new Service<number, void>(sim, {
    name: 'events',
    help: 'Publishes each event and answers when the broker has confirmed it',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: content, request }): Behaviour<void> {
      yield* producer.send(makeMessage({ request, content, sent: sim.now, exchange: EXCHANGE }));
    },
  });
}

const consumerOf = (
  sim: Simulation,
  node: RabbitMq,
  name: string,
  queue: string,
  processing: Processing,
): RabbitConsumer =>
  new RabbitConsumer(sim, {
    name,
    help: 'Handles one message at a time and acknowledges it',
    node,
    queue,
    prefetch: 10,
    concurrency: 1,
    delay: nearby,
    *handle(message) {
      yield* processing.work(message);
      return 'ack' as const;
    },
  });

/**
 * RabbitMQ as a queue, which all consumers of all services share, and as an exchange, which gives each service's queue a
 * copy. Messages are persistent, queues durable, acknowledged one by one.
 */
import {
  AmqpConnection,
  RabbitConsumer,
  RabbitMq,
  type Endpoint,
  type Processing,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { confirmedPublisher } from '../application/confirmed-publisher.ts';
import { LATE_SERVICE } from './book.ts';
import { DOWNTIME, PREFETCH } from './limits.ts';
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
  return confirmedPublisher(sim, {
    name: 'events',
    help: 'Publishes each event and answers when the broker has confirmed it',
    node,
    isOrdered: true,
    outgoing: () => ({ exchange: EXCHANGE }),
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
    prefetch: PREFETCH,
    concurrency: 1,
    delay: nearby,
    *handle(message) {
      yield* processing.work(message);
      return 'ack' as const;
    },
  });

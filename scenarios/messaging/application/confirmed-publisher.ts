/**
 * A service that publishes a message for each request and answers when RabbitMQ has confirmed it: whatever else the node
 * says, or its silence, fails the request. It takes as many requests at once as come.
 */
import {
  CallFailed,
  Link,
  makeMessage,
  Producer,
  producerSignals,
  Service,
  type Confirm,
  type Message,
  type Publish,
  type RabbitMq,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';

/** A message for a request: where it goes, and who hears the node's word, whatever that is. */
export type Outgoing = Partial<Pick<Message, 'exchange' | 'routingKey' | 'headers'>> & {
  readonly answered?: (confirm: Confirm) => void;
};

/** Who hears what becomes of each request's message, by the request's number. */
export interface PublishObserver {
  /** It is on its way to the node. */
  sent?(id: number): void;
  confirmed?(id: number): void;
}

export interface ConfirmedPublisherOptions {
  readonly name: string;
  readonly help: string;
  readonly node: RabbitMq;
  readonly outgoing: (id: number, key: number) => Outgoing;
  /** Whether the way to the node keeps their order. */
  readonly isOrdered?: boolean;
  /** Whether the node returns what goes to no queue. */
  readonly mandatory?: boolean;
  readonly observers?: readonly PublishObserver[];
}

export function confirmedPublisher(sim: Simulation, options: ConfirmedPublisherOptions): Service<number, void> {
  const { name, help, node, outgoing, isOrdered = false, mandatory = false, observers = [] } = options;
  const producer = new Producer(new Link<Publish, Confirm>(sim, node, { from: name, delay: nearby, isOrdered }));
  return new Service<number, void>(sim, {
    name,
    help,
    concurrency: 10_000,
    queueMax: 0,
    inside: { signals: producerSignals, state: () => ({}), violations: () => [] },
    *handle({ query: key, request }) {
      const { id } = request;
      for (const observer of observers) observer.sent?.(id);
      const { answered, ...address } = outgoing(id, key);
      const message = makeMessage({ request, content: key, sent: sim.now, ...address });
      const confirm = yield* producer.send(message, mandatory);
      answered?.(confirm);
      if (confirm.outcome !== 'ack') throw new CallFailed(node.name, 'error');
      for (const observer of observers) observer.confirmed?.(id);
    },
  });
}

/**
 * Choreography over RabbitMQ: an exchange to which every participant publishes what became of its step, and a durable queue for
 * each with the events that it has to hear. A participant's consumer carries the command out that an event means for it, waits
 * until the node has confirmed the event that follows from it, and acknowledges; what goes wrong before is heard again.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { makeMessage, type Message } from '../../messaging/channels/message.ts';
import { CallFailed } from '../../network/call.ts';
import { Link } from '../../network/link.ts';
import { RabbitConsumer, type Verdict } from '../../systems/rabbitmq/consumer.ts';
import { Producer } from '../../systems/rabbitmq/producer.ts';
import type { Confirm, Publish, RabbitMq } from '../../systems/rabbitmq/rabbitmq.ts';
import { eventOf, heardBy, reaction, type StepEvent } from './choreography.ts';
import type { Saga, SagaDefinition } from './definition.ts';
import type { Participant } from './participant.ts';

const EXCHANGE = 'saga';

/** What is published: which saga, and what became of which step. */
interface SagaEvent {
  readonly saga: Saga;
  readonly event: StepEvent;
}

export interface EventExchangeOptions {
  readonly node: RabbitMq;
  readonly definition: SagaDefinition;
  /** Whether anybody hears of what was refused or undone. */
  readonly compensates: boolean;
  /** One-way delay between the node and anybody, in nanoseconds. */
  readonly delay: Distribution;
}

export class EventExchange {
  private readonly sim: Simulation;
  private readonly options: EventExchangeOptions;

  constructor(sim: Simulation, options: EventExchangeOptions) {
    this.sim = sim;
    this.options = options;
    const { definition, node, compensates } = options;
    node.setUp.declareExchange({
      name: EXCHANGE,
      type: 'direct',
      alternate: undefined,
      durable: true,
      autoDelete: false,
    });
    definition.forEach(({ participant }, step) => {
      const queue = { name: participant, durable: true, exclusive: false, autoDelete: false, arguments: {} };
      node.setUp.declareQueue(queue);
      for (const event of heardBy(step, definition)) {
        if (!compensates && reaction(step, event, definition) === 'compensate') continue;
        node.setUp.bind({ kind: 'queue', name: participant }, EXCHANGE, keyOf(event, definition), {});
      }
    });
  }

  /** How somebody publishes: `yield* publish(saga, event)` waits for the node's confirm, and throws `CallFailed` without it. */
  publisher(name: string): (saga: Saga, event: StepEvent) => Behaviour {
    const { node, delay, definition } = this.options;
    const { sim } = this;
    const producer = new Producer(new Link<Publish, Confirm>(sim, node, { from: name, delay }));
    return function* (saga, event) {
      const content: SagaEvent = { saga, event };
      const routingKey = keyOf(event, definition);
      const message = makeMessage({ request: saga.request, content, sent: sim.now, exchange: EXCHANGE, routingKey });
      const { outcome } = yield* producer.send(message);
      if (outcome !== 'ack') throw new CallFailed(node.name, 'error');
    };
  }

  /** Has a participant hear its events, so many at once. */
  consumer(participant: Participant, concurrency: number): RabbitConsumer {
    const { node, definition, delay } = this.options;
    const { name, step } = participant;
    const { place } = participant.options;
    const publish = this.publisher(name);
    return new RabbitConsumer(this.sim, {
      name,
      help: `Hears what became of its neighbours' steps, and does ${step.action} or ${step.compensation}`,
      node,
      queue: name,
      prefetch: 2 * concurrency,
      concurrency,
      delay,
      inside: participant,
      *handle(_received, delivery): Behaviour<Verdict> {
        const { saga, event } = (delivery.message as Message<SagaEvent>).content;
        const kind = reaction(place, event, definition)!;
        const answer = yield* participant.carryOut({ saga, step: place, kind });
        const news = eventOf(place, kind, answer);
        try {
          if (news !== undefined) yield* publish(saga, news);
        } catch (error) {
          if (error instanceof CallFailed) return 'requeue';
          throw error;
        }
        return 'ack';
      },
    });
  }
}

/** `ReserveInventory.done` */
const keyOf = ({ step, what }: StepEvent, definition: SagaDefinition): string => `${definition[step].action}.${what}`;

/** What is told of each dead letter, whatever the broker: why it died, after how many deliveries, and where it came from. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { s } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { messageDeadLettered } from '../../../../sim-core/messaging/dead-letter/facts.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { RabbitMq } from '../../../../sim-core/systems/rabbitmq/rabbitmq.ts';
import { SmallService } from '../../systems/sns-sqs/small-service.ts';

function lettersOf(sim: Simulation): unknown[] {
  const letters: unknown[] = [];
  sim.facts.channel(messageDeadLettered).listen((letter) => letters.push(letter));
  return letters;
}

it.each([
  { limit: 2, requeue: true, reason: 'delivery_limit', attempts: 3 },
  { limit: 9, requeue: false, reason: 'rejected', attempts: 1 },
])('RabbitMQ says $reason after $attempts deliveries', ({ limit, requeue, reason, attempts }) => {
  const sim = new Simulation();
  const { setUp } = new RabbitMq(sim, { name: 'rabbit', help: 'a node' });
  const letters = lettersOf(sim);
  const declare = (name: string, args: Record<string, string | number>): void =>
    void setUp.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: args });
  declare('dead', {});
  declare('orders', {
    'x-queue-type': 'quorum',
    'x-delivery-limit': limit,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': 'dead',
  });
  setUp.consume('orders', {
    tag: 'c',
    noAck: false,
    exclusive: false,
    priority: 0,
    deliver: ({ tag }) => setUp.reject(tag, false, requeue),
  });
  setUp.publish(makeMessage({ request: new RequestContext(7, 0), content: 7, sent: 0, routingKey: 'orders' }));
  sim.runUntil(s(1));
  expect(letters).toEqual([{ queue: 'dead', request: 7, reason, attempts, origin: 'orders' }]);
});

it('SQS says so after as many receives as it allows', () => {
  const service = new SmallService(
    { name: 'dead' },
    { name: 'q', visibility: s(5), redrive: { queue: 'dead', maxReceiveCount: 2 } },
  );
  const letters = lettersOf(service.sim);
  service.send(7, undefined, 'q');
  for (let i = 0; i < 3; i++) {
    service.ask({ action: 'ReceiveMessage', queue: 'q', max: 1, wait: 0 });
    service.elapse(s(6));
  }
  expect(letters).toEqual([{ queue: 'dead', request: 7, reason: 'delivery_limit', attempts: 2, origin: 'q' }]);
});

/** The publisher answers for what the broker has confirmed, and tells its observers what became of each message. */
import { expect, it } from 'vitest';
import { confirmedPublisher } from '../../../../scenarios/messaging/application/confirmed-publisher.ts';
import {
  CallFailed,
  constant,
  Link,
  ms,
  RabbitMq,
  RequestContext,
  s,
  Simulation,
  spawn,
  type Behaviour,
} from '../../../../sim-core/index.ts';

/** What is heard of two requests, one after the other, where there is a queue, one, that refuses a second message. */
function heardOf(routingKey: string, mandatory: boolean): string[] {
  const sim = new Simulation();
  const node = new RabbitMq(sim, { name: 'rabbit', help: 'a node' });
  const args = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
  node.setUp.declareQueue({ name: 'one', durable: true, exclusive: false, autoDelete: false, arguments: args });
  const heard: string[] = [];
  const service = confirmedPublisher(sim, {
    name: 'shop',
    help: 'a shop',
    node,
    mandatory,
    outgoing: (id, key) => ({
      routingKey,
      answered: ({ outcome, queues }) => heard.push(`${id} of ${key}: ${outcome}, ${queues}`),
    }),
    observers: [
      {
        sent: (id) => heard.push(`${id} sent`),
        confirmed: (id) => heard.push(`${id} confirmed`),
      },
      {},
    ],
  });
  const link = new Link<number, void>(sim, service, { from: 'user', delay: constant(ms(1)) });
  const user = function* (): Behaviour {
    for (const id of [1, 2]) {
      try {
        yield* link.call(7, new RequestContext(id, sim.now));
        heard.push(`${id} answered`);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        heard.push(`${id} failed: ${error.failure}`);
      }
    }
  };
  spawn(sim, 'user', user());
  sim.runUntil(s(1));
  return heard;
}

it('answers what a queue took, and fails what a full one refused', () => {
  const first = ['1 sent', '1 of 7: ack, 1', '1 confirmed', '1 answered'];
  const second = ['2 sent', '2 of 7: nack, 1', '2 failed: error'];
  expect(heardOf('one', false)).toEqual([...first, ...second]);
});

it('answers what went to no queue, as the broker confirms it, and fails it where it is to be returned', () => {
  const [, confirmed] = heardOf('none', false);
  expect(confirmed).toBe('1 of 7: ack, 0');
  expect(heardOf('none', false)).toContain('2 answered');
  expect(heardOf('none', true)).toEqual(
    [1, 2].flatMap((id) => [`${id} sent`, `${id} of 7: returned, 0`, `${id} failed: error`]),
  );
});

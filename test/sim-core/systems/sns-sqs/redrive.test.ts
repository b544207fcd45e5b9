/** Dead letters of SQS that are moved back: how fast, in which order, as what, and what an outage does to it. */
import { expect, it } from 'vitest';
import { minutes, s } from '../../../../sim-core/kernel/time.ts';
import { deadLetterRedriven } from '../../../../sim-core/messaging/dead-letter/signals.ts';
import type { SqsReply } from '../../../../sim-core/systems/sns-sqs/sqs-requests.ts';
import { SmallService } from './small-service.ts';

const receive = (service: SmallService, queue: string): SqsReply =>
  service.ask({ action: 'ReceiveMessage', queue, max: 10, wait: 0 });

/** Three messages that died one after the other, all of them a second ago at least. */
const withDead = (suffix = '') => {
  const [q, dead] = [`q${suffix}`, `dead${suffix}`];
  const options = { name: q, visibility: 0, retention: minutes(2), redrive: { queue: dead, maxReceiveCount: 1 } };
  const service = new SmallService({ name: dead }, options);
  for (let id = 0; id < 3; id++) {
    service.send(id, { group: 'g', deduplication: String(id) }, q);
    service.elapse(s(1));
    for (let i = 0; i < 2; i++) receive(service, q);
  }
  const depth = (queue: string): number => Number(String(service.sqs.state()[queue]).split(' ')[0]);
  const redrive = (rate: number): void => service.sqs.interventions['redrive'].apply([rate]);
  return { service, q, dead, depth, redrive };
};

it.each(['', '.fifo'])('moves the oldest first, so many a second, back to where they came from (q%s)', (suffix) => {
  const { service, q, dead, depth, redrive } = withDead(suffix);
  expect([depth(q), depth(dead)]).toEqual([0, 3]);
  redrive(1);
  // Nothing is started a second time while it is under way.
  redrive(500);
  service.elapse(s(1.5));
  expect([depth(q), depth(dead)]).toEqual([1, 2]);
  service.elapse(s(2));
  expect([depth(q), depth(dead)]).toEqual([3, 0]);
  const { messages } = receive(service, q);
  expect(messages.map(({ message, receives }) => [message.content, receives])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
});

it('leaves what was sent straight to the dead letters there, and does not count it', () => {
  const { service, q, dead, depth, redrive } = withDead();
  const moved: number[] = [];
  service.sim.facts.channel(deadLetterRedriven).listen(({ request }) => void moved.push(request));
  service.send(7, { group: 'g', deduplication: '7' }, dead);
  service.elapse(s(1));
  expect(depth(dead)).toBe(4);
  redrive(500);
  service.elapse(s(1));
  expect([depth(q), depth(dead), moved.length]).toEqual([3, 1, 3]);
  // What is before the others does not hold them up either.
  for (let i = 0; i < 2; i++) receive(service, q);
  service.elapse(s(1));
  redrive(500);
  service.elapse(s(1));
  expect([depth(q), depth(dead), moved.length]).toEqual([3, 1, 6]);
});

it('begins the time for which a message is kept, and its receives, anew', () => {
  const { service, q, dead, depth, redrive } = withDead();
  service.elapse(minutes(3));
  redrive(500);
  service.elapse(minutes(1.5));
  expect([depth(q), depth(dead)]).toEqual([3, 0]);
  service.elapse(minutes(1));
  expect([depth(q), depth(dead)]).toEqual([0, 0]);
});

it('waits while the service is away, and does not go on with what comes back', () => {
  const { service, q, dead, depth, redrive } = withDead();
  redrive(2);
  service.sqs.interventions['outage'].apply([5]);
  service.elapse(s(4));
  expect(depth(dead)).toBe(3);
  service.elapse(s(2));
  expect(depth(dead)).toBeLessThan(3);
  for (let again = 0; again < 4; again++) {
    for (let i = 0; i < 2; i++) receive(service, q);
    service.elapse(s(1));
  }
  expect([depth(q), depth(dead)]).toEqual([0, 3]);
});

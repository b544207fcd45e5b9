/**
 * Amazon SQS as a queue that all consumers of all services share. It is no machine that can be killed: in its place the
 * service answers nobody for two seconds, and its visibility timeouts run on.
 */
import {
  CallFailed,
  Link,
  makeMessage,
  ms,
  s,
  Service,
  Sqs,
  SqsConsumer,
  type Behaviour,
  type Endpoint,
  type Processing,
  type Simulation,
  type SqsReply,
  type SqsRequest,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { LATE_SERVICE } from './book.ts';
import { DOWNTIME } from './limits.ts';
import type { Values } from './params.ts';

const QUEUE = 'events';

export function sqs(sim: Simulation, p: Values, processing: Processing): Endpoint<number, void> {
  const service = new Sqs(sim, { name: 'sqs', help: 'Amazon SQS with one standard queue' });
  service.createQueue({ name: QUEUE, visibility: s(2) });
  for (const reader of ['billing', 'search', LATE_SERVICE]) {
    for (let i = 1; i <= p.consumers; i++) {
      const consumer = new SqsConsumer(sim, {
        name: `${reader}-${i}`,
        help: 'Polls for a message, handles it and deletes it',
        sqs: service,
        queue: QUEUE,
        concurrency: 1,
        wait: s(20),
        retryAfter: ms(100),
        delay: nearby,
        keyOf: ({ content }) => content as number,
        handler: (message) => processing.work(message),
      });
      if (reader === LATE_SERVICE) consumer.kill(p.lateAt);
      else if (i === 1 && reader === 'billing') {
        sim.scheduleAt(p.killAt, () => consumer.kill(DOWNTIME), undefined, sim.eventKind('a consumer dies'));
      }
    }
  }
  const fails = (): void => service.interventions['outage'].apply([2]);
  sim.scheduleAt(p.crashAt, fails, undefined, sim.eventKind('the service answers nobody'));
  const link = new Link<SqsRequest, SqsReply>(sim, service, { from: 'events', delay: nearby, isOrdered: true });
  return new Service<number, void>(sim, {
    name: 'events',
    help: 'Sends each event and answers when the service has it',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: content, request }): Behaviour<void> {
      const message = makeMessage({ request, content, sent: sim.now });
      const { error } = yield* link.call({ action: 'SendMessage', queue: QUEUE, message }, request);
      if (error !== undefined) throw new CallFailed(service.name, 'error');
    },
  });
}

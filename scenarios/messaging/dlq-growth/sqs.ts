/**
 * The orders by way of Amazon SQS: the redrive policy makes dead letters, and their retention counts from when they were sent
 * for the first time. Nobody takes them out.
 */
import {
  CallFailed,
  DeadLetterWatch,
  Link,
  makeMessage,
  ms,
  s,
  SECOND,
  Service,
  Sqs,
  SqsConsumer,
  type Behaviour,
  type EffectLedger,
  type Endpoint,
  type Processing,
  type Received,
  type Simulation,
  type SqsReply,
  type SqsRequest,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { CONCURRENCY, CONSUMERS } from './limits.ts';
import type { Values } from './params.ts';

const [ORDERS, DEAD] = ['orders', 'orders.dead'];

/** Returns whom customers send their orders to. */
export function viaSqs(
  sim: Simulation,
  p: Values,
  ledger: EffectLedger,
  processing: Processing,
): Endpoint<number, void> {
  const sqs = new Sqs(sim, { name: 'sqs', help: 'Amazon SQS: orders with a redrive policy, dead letters' });
  // The service takes no fractions of a second.
  const retention = Math.ceil(p.deadRetention / SECOND) * SECOND;
  const dead = sqs.createQueue({ name: DEAD, retention });
  sqs.createQueue({ name: ORDERS, redrive: { queue: DEAD, maxReceiveCount: p.attempts } });
  const onAlert = (): void => {
    const mend = (): void => processing.interventions['mend'].apply([]);
    sim.schedule(p.reaction, mend, undefined, sim.eventKind('somebody has mended it'));
  };
  new DeadLetterWatch(sim, {
    name: 'monitor',
    help: 'Looks at the dead letters, and wakes somebody if it is told to',
    queue: dead,
    every: p.every,
    ...(p.alert ? { alert: { rate: p.alertRate, window: p.alertWindow, age: p.alertAge, onAlert } } : {}),
  });
  for (let i = 1; i <= CONSUMERS; i++) {
    new SqsConsumer(sim, {
      name: `consumer-${i}`,
      help: `Handles orders, ${CONCURRENCY} at once, and shows those that fail again at once`,
      sqs,
      queue: ORDERS,
      concurrency: CONCURRENCY,
      wait: s(20),
      retryAfter: ms(100),
      visibilityOnFailure: 0,
      delay: nearby,
      keyOf: ({ content }) => content as number,
      observers: [ledger],
      inside: processing,
      *handler(message: Received): Behaviour {
        yield* processing.work(message);
        ledger.applied(message);
      },
    });
  }
  const link = new Link<SqsRequest, SqsReply>(sim, sqs, { from: 'shop', delay: nearby });
  return new Service<number, void>(sim, {
    name: 'shop',
    help: 'Sends each order to the queue and answers when the service has it',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: content, request }): Behaviour<void> {
      const message = makeMessage({ request, content, sent: sim.now });
      const { error } = yield* link.call({ action: 'SendMessage', queue: ORDERS, message }, request);
      if (error !== undefined) throw new CallFailed(sqs.name, 'error');
      ledger.confirmed(request.id);
    },
  });
}

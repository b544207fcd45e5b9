/**
 * The same orders by way of Amazon SQS: a consumer that has not deleted a message when its visibility timeout is over shares
 * it with another, dead or not.
 */
import {
  CallFailed,
  Link,
  makeMessage,
  ms,
  QueueLedger,
  s,
  SECOND,
  Service,
  Sqs,
  SqsConsumer,
  type Behaviour,
  type Endpoint,
  type Simulation,
  type SqsReply,
  type SqsRequest,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { consumersOf } from './consumers.ts';
import { killInTurn } from './faults.ts';
import type { Values } from './params.ts';

const QUEUE = 'orders';

/** Returns whom users send their orders to. */
export function viaSqs(sim: Simulation, p: Values): Endpoint<number, void> {
  // Where an order is, the queue says.
  const ledgers = [new QueueLedger(sim, 'bookings'), new QueueLedger(sim, 'payments')] as const;
  const sqs = new Sqs(sim, { name: 'sqs', help: 'Amazon SQS with one standard queue, orders' });
  const visibility = wholeSeconds(p.visibility);
  sqs.createQueue({ name: QUEUE, visibility });
  const consumers = consumersOf(
    sim,
    p,
    ledgers,
    (name, handler, inside) =>
      new SqsConsumer(sim, {
        name,
        help: `Takes the payment, works, books the order and deletes the message: ${p.concurrency} at once`,
        sqs,
        queue: QUEUE,
        concurrency: p.concurrency,
        wait: s(20),
        retryAfter: ms(100),
        ...(p.renews ? { heartbeat: { every: visibility / 2, visibility } } : {}),
        delay: nearby,
        keyOf: ({ content }) => content as number,
        handler,
        observers: ledgers,
        inside,
      }),
  );
  killInTurn(sim, p, consumers);
  return sender(sim, sqs, ledgers);
}

function sender(sim: Simulation, sqs: Sqs, ledgers: readonly QueueLedger[]): Endpoint<number, void> {
  const link = new Link<SqsRequest, SqsReply>(sim, sqs, { from: 'orders', delay: nearby });
  return new Service<number, void>(sim, {
    name: 'orders',
    help: 'Sends each order to the queue and answers when the service has it',
    concurrency: 10_000,
    queueMax: 0,
    *handle({ query: content, request }): Behaviour<void> {
      const message = makeMessage({ request, content, sent: sim.now });
      const { error } = yield* link.call({ action: 'SendMessage', queue: QUEUE, message }, request);
      if (error !== undefined) throw new CallFailed(sqs.name, 'error');
      for (const ledger of ledgers) ledger.confirmed(request.id);
    },
  });
}

/** The service takes no fractions of a second. */
const wholeSeconds = (time: number): number => Math.ceil(time / SECOND) * SECOND;

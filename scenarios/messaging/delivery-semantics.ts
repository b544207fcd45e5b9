/**
 * Delivery semantics: what becomes of orders whose consumers die in the midst of work, or lose their connection and work on.
 *
 *     users --> orders (confirms) --> rabbit --> consumer-1 … consumer-n --> payments (somebody else's)
 *                                                                    \-----> database (bookings, ids of messages)
 *
 * For each order a consumer takes the payment, works for a while and books it. All variants get the same orders at the same
 * times, their steps take as long, and the same consumers die and are disconnected at the same moments. Users stop before
 * the end, so that the accounts are closed.
 */
import {
  atEnd,
  atLeast,
  atMost,
  Database,
  defineScenario,
  difference,
  during,
  effectSignals,
  EffectStore,
  gamma,
  guardrail,
  idempotenceGuards,
  Link,
  OpenLoopClient,
  outcomeOf,
  OutsideEffects,
  poisson,
  Processing,
  producerSignals,
  QueueLedger,
  RabbitConsumer,
  RabbitMq,
  roundRobin,
  s,
  total,
  zipfPopularity,
  type EffectStatement,
  type Expectation,
  type OutsideRequest,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { confirmedPublisher } from './application/confirmed-publisher.ts';
import { befall } from './delivery-semantics/faults.ts';
import * as limits from './delivery-semantics/limits.ts';
import { params, type Values } from './delivery-semantics/params.ts';

const QUEUE = 'orders';
const [BOOKED_TWICE, PAID_TWICE] = ['effects.bookings.doubled', 'effects.payments.doubled'];
const [NOT_BOOKED, NOT_PAID] = ['effects.bookings.lost', 'effects.payments.lost'];

/** What was done and not acknowledged is what is done twice. */
const balances = (effects: string): Expectation[] => {
  const [doubled, unacknowledged] = [total(`effects.${effects}.doubled`), total(`effects.${effects}.unacknowledged`)];
  return [
    atMost(difference(doubled, unacknowledged), limits.balanced),
    atMost(difference(unacknowledged, doubled), limits.balanced),
  ];
};
const nothingLost = [atMost(atEnd(NOT_BOOKED), 0), atMost(atEnd(NOT_PAID), 0)];
const stillNothingLost = nothingLost.map((claim) => guardrail(claim, 'what is not done twice must not be lost for it'));

export default defineScenario({
  id: 'delivery-semantics',
  section: '2.3',
  title: 'Delivery semantics',
  question:
    'Consumers die and lose their connections in the midst of work. How many orders are lost, how many booked twice?',
  params,
  variants: {
    'at-least-once': {},
    'at-most-once': { automatic: true },
    'check-then-act': { guard: 'check-then-act' },
    'unique-key-in-transaction': { guard: 'unique-key' },
    'exactly-once': { guard: 'unique-key', idempotencyKey: true },
  },
  roles: {
    'at-least-once': 'pitfall',
    'at-most-once': 'alternative',
    'check-then-act': 'pitfall',
    'unique-key-in-transaction': 'remedy',
    'exactly-once': 'remedy',
  },
  repairs: { 'unique-key-in-transaction': 'check-then-act', 'exactly-once': 'at-least-once' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  openAt: s(12),
  system,
  signals: [...effectSignals('bookings'), ...effectSignals('payments'), ...producerSignals],
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    BOOKED_TWICE,
    PAID_TWICE,
    NOT_BOOKED,
    NOT_PAID,
    'messaging.client.redelivered.messages',
    'messaging.process.broken_off',
    'messaging.process.duration',
    'db.client.operation.rate',
  ],
  places: {
    users: { x: 0, y: 0.6 },
    orders: { x: 1, y: 0.6 },
    rabbit: { x: 2, y: 0.6 },
    'consumer-1': { x: 3, y: 0.6 },
    payments: { x: 4, y: 0 },
    database: { x: 4, y: 1.2 },
  },
  expect: {
    'at-least-once': [
      ...nothingLost,
      ...balances('bookings'),
      ...balances('payments'),
      atLeast(total(BOOKED_TWICE), limits.doubledByDisconnection),
      atLeast(total(PAID_TWICE), limits.doubledByDisconnection),
    ],
    'at-most-once': [
      atMost(total(BOOKED_TWICE), 0),
      atMost(total(PAID_TWICE), 0),
      atLeast(atEnd(NOT_BOOKED), limits.paidAndNotBooked),
      atLeast(difference(atEnd(NOT_BOOKED), atEnd(NOT_PAID)), limits.paidAndNotBooked),
    ],
    'check-then-act': [...nothingLost, atLeast(total(BOOKED_TWICE), limits.missedByCheck)],
    'unique-key-in-transaction': [
      ...stillNothingLost,
      atMost(total(BOOKED_TWICE), 0),
      guardrail(
        atLeast(total(PAID_TWICE), limits.paidAndNotBooked),
        'where it ends: no transaction has the payment in it',
      ),
    ],
    'exactly-once': [...stillNothingLost, atMost(total(BOOKED_TWICE), 0), atMost(total(PAID_TWICE), 0)],
  },
});

function system(sim: Simulation, p: Values): void {
  const ledgers = [new QueueLedger(sim, 'bookings'), new QueueLedger(sim, 'payments')] as const;
  const rabbit = new RabbitMq(sim, { name: 'rabbit', help: 'A RabbitMQ node with one durable queue, orders' });
  rabbit.setUp.declareQueue({ name: QUEUE, durable: true, exclusive: false, autoDelete: false, arguments: {} });
  const orders = confirmedPublisher(sim, {
    name: 'orders',
    help: 'Publishes each order and answers when the broker has confirmed it',
    node: rabbit,
    outgoing: () => ({ routingKey: QUEUE }),
    // Where an order is, the queue says.
    observers: ledgers.map((ledger) => ({ confirmed: (id) => ledger.confirmed(id) })),
  });
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - limits.DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(1000, 0.9),
    target: roundRobin([new Link(sim, orders, { from: 'users', delay: faraway })]),
  });
  befall(sim, p, consumersOf(sim, p, rabbit, ledgers));
}

function consumersOf(
  sim: Simulation,
  p: Values,
  node: RabbitMq,
  ledgers: readonly [bookings: QueueLedger, payments: QueueLedger],
): RabbitConsumer[] {
  const [bookings, payments] = ledgers;
  const database = new Database(sim, {
    name: 'database',
    connections: 50,
    queueMax: 10_000,
    cores: 8,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
  });
  const store = new EffectStore(database, { ledger: bookings, retention: p.retention });
  const provider = new OutsideEffects(sim, {
    name: 'payments',
    help: "Somebody else's service: takes a payment each time that it is asked, once for each idempotency key",
    ledger: payments,
    time: gamma(SHAPE, p.payTime / SHAPE),
  });
  const processing = new Processing(sim, { name: 'orders', time: gamma(SHAPE, p.workTime / SHAPE) });
  return Array.from({ length: p.consumers }, (_, i) => {
    const name = `consumer-${i + 1}`;
    const pay = new Link<OutsideRequest, void>(sim, provider, { from: name, delay: nearby });
    const handler = idempotenceGuards[p.guard]({
      store: new Link<EffectStatement, boolean>(sim, store, { from: name, delay: nearby }),
      *process(message, apply) {
        const key = p.idempotencyKey ? { idempotencyKey: message.id } : {};
        yield* pay.call({ message, ...key }, message.request);
        yield* processing.work(message);
        yield* apply();
      },
    });
    return new RabbitConsumer(sim, {
      name,
      help: `Takes the payment, works, and books the order: ${p.concurrency} messages at once`,
      node,
      queue: QUEUE,
      prefetch: p.prefetch,
      concurrency: p.concurrency,
      delay: nearby,
      noAck: p.automatic,
      observers: ledgers,
      inside: processing,
      *handle(message) {
        return (yield* outcomeOf(handler, message)) === undefined ? 'ack' : 'requeue';
      },
    });
  });
}

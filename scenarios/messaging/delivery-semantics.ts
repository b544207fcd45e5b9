/**
 * Delivery semantics: what becomes of orders whose consumers die in the midst of work, or lose their connection and work on.
 *
 *     users --> orders (confirms) --> rabbit --> consumer-1 … consumer-n --> payments (somebody else's)
 *                                                                    \-----> database (bookings, ids of messages)
 *
 * Two variants go by way of Amazon SQS in place of RabbitMQ; there nobody dies, and some orders take longer than they may.
 *
 * For each order a consumer takes the payment, works for a while and books it. All variants get the same orders at the same
 * times, their steps take as long, and the same consumers die and are disconnected at the same moments. Users stop before
 * the end, so that the accounts are closed.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  difference,
  during,
  effectSignals,
  guardrail,
  Link,
  OpenLoopClient,
  poisson,
  producerSignals,
  roundRobin,
  s,
  total,
  zipfPopularity,
  type Expectation,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import * as limits from './delivery-semantics/limits.ts';
import { params, type Values } from './delivery-semantics/params.ts';
import { viaRabbit } from './delivery-semantics/rabbit.ts';
import { viaSqs } from './delivery-semantics/sqs.ts';

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
/** With Amazon SQS, and nobody dies: one order in a hundred takes longer than the visibility timeout. */
const OUTLASTING = {
  broker: 'sqs',
  slowShare: 0.01,
  concurrency: 100,
  killEvery: s(60),
  disconnectEvery: s(60),
} as const;
const nothingLost = [atMost(atEnd(NOT_BOOKED), 0), atMost(atEnd(NOT_PAID), 0)];
const stillNothingLost = nothingLost.map((claim) => guardrail(claim, 'what is not done twice must not be lost for it'));

export default defineScenario({
  id: 'delivery-semantics',
  section: '2.3',
  title: 'Delivery semantics',
  pitfall: 'Duplicate processing',
  question:
    'Consumers die and lose their connections in the midst of work. How many orders are lost, how many booked twice?',
  params,
  variants: {
    'at-least-once': {},
    'at-most-once': { automatic: true },
    'check-then-act': { guard: 'check-then-act' },
    'unique-key-in-transaction': { guard: 'unique-key' },
    'exactly-once': { guard: 'unique-key', idempotencyKey: true },
    'visibility-too-short': OUTLASTING,
    'visibility-renewed': { ...OUTLASTING, renews: true },
  },
  roles: {
    'at-least-once': 'pitfall',
    'at-most-once': 'alternative',
    'check-then-act': 'pitfall',
    'unique-key-in-transaction': 'remedy',
    'exactly-once': 'remedy',
    'visibility-too-short': 'pitfall',
    'visibility-renewed': 'remedy',
  },
  repairs: {
    'unique-key-in-transaction': 'check-then-act',
    'exactly-once': 'at-least-once',
    'visibility-renewed': 'visibility-too-short',
  },
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
    sqs: { x: 2, y: 0.6 },
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
    'visibility-too-short': [
      ...nothingLost,
      atLeast(total(BOOKED_TWICE), limits.outlasted),
      atLeast(total(PAID_TWICE), limits.outlasted),
    ],
    'visibility-renewed': [
      ...stillNothingLost,
      atMost(total(BOOKED_TWICE), limits.renewed),
      atMost(total(PAID_TWICE), limits.renewed),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const orders = p.broker === 'sqs' ? viaSqs(sim, p) : viaRabbit(sim, p);
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - limits.DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(1000, 0.9),
    target: roundRobin([new Link(sim, orders, { from: 'users', delay: faraway })]),
  });
}

/**
 * Dead letters: a trouble that passes leaves what it killed behind, and whether anybody ever does something about that.
 *
 *     customers --> shop (confirms) --> rabbit: orders (delivery limit) --> consumer-1, consumer-2
 *                                        orders.dead <-- monitor, redrive --> orders, or orders.parked
 *
 * In two variants Amazon SQS stands in place of RabbitMQ, and nobody redrives, unless by an intervention.
 *
 * For three minutes the orders of some customers fail at every attempt; then they would succeed. All variants get the same
 * orders at the same times.
 */
import {
  atEnd,
  atLeast,
  atMost,
  DeadLetterWatch,
  defineScenario,
  difference,
  effectSignals,
  gamma,
  guardrail,
  Link,
  minutes,
  OpenLoopClient,
  outcomeOf,
  peak,
  poisson,
  Processing,
  producerSignals,
  QueueLedger,
  RabbitConsumer,
  RabbitMq,
  Redriver,
  roundRobin,
  s,
  total,
  zipfPopularity,
  type Behaviour,
  type EffectLedger,
  type Endpoint,
  type Headers,
  type Received,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { confirmedPublisher } from './application/confirmed-publisher.ts';
import * as limits from './dlq-growth/limits.ts';
import { params, type Values } from './dlq-growth/params.ts';
import { viaSqs } from './dlq-growth/sqs.ts';

const [ORDERS, DEAD, PARKED] = ['orders', 'orders.dead', 'orders.parked'];
const DEPTH = 'dlq.depth';
const OLDEST = 'dlq.oldest.age';
const ALERTS = 'dlq.alerts';
const DETECTION = 'dlq.detection.time';
const AGAIN = 'dlq.redriven.again';
const LOST = 'effects.lost';
const SET_ASIDE = total('dlq.parked');

/** Orders that were accepted and have not had their effect, counted by the shop and by the consumers. */
const undone = difference(total('effects.expected'), difference(total('effects.applied'), total('effects.doubled')));

/** Every order that was accepted has had its effect or is in some queue: as an order, as a dead letter, or set aside. */
const nothingLost = atMost(atEnd(LOST), 0);
const stillNothingLost = guardrail(nothingLost, 'who looks at nothing loses nothing either, and no redrive may');

export default defineScenario({
  id: 'dlq-growth',
  section: '2.4',
  title: 'Dead letters that nobody looks at',
  pitfall: 'Growing DLQ unnoticed',
  question: 'For three minutes three orders in ten die. Eight minutes later everything is well again. Is it?',
  params,
  variants: {
    unmonitored: {},
    'rate-and-age-alert': { alert: true },
    'automated-redrive': { redrive: 'automatic' },
    'redrive-without-limits': { redrive: 'unlimited' },
    'expired-unseen': { broker: 'sqs' },
    'kept-for-days': { broker: 'sqs', deadRetention: minutes(20_160) },
  },
  roles: {
    unmonitored: 'pitfall',
    'rate-and-age-alert': 'remedy',
    'automated-redrive': 'remedy',
    'redrive-without-limits': 'fault',
    'expired-unseen': 'pitfall',
    'kept-for-days': 'remedy',
  },
  repairs: {
    'rate-and-age-alert': 'unmonitored',
    'automated-redrive': 'unmonitored',
    'kept-for-days': 'expired-unseen',
  },
  // Who has no alert looks now and then, and redrives what there is by hand.
  exercises: { unmonitored: { deedsMax: 3 } },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: s(5),
  openAt: minutes(5),
  system,
  signals: [...effectSignals(), ...producerSignals],
  whileRunning: { rate: sentBy('rate', 'customers') },
  charts: [
    DEPTH,
    OLDEST,
    'dlq.entry.rate',
    ALERTS,
    'dlq.redriven',
    AGAIN,
    LOST,
    'effects.applied',
    'messaging.client.consumed.rate',
    'messaging.process.age',
  ],
  places: {
    customers: { x: 0, y: 0.6 },
    shop: { x: 1, y: 0.6 },
    rabbit: { x: 2, y: 0.6 },
    sqs: { x: 2, y: 0.6 },
    'consumer-1': { x: 3, y: 0.4 },
    monitor: { x: 2, y: 1.8 },
    redrive: { x: 3, y: 1.8 },
  },
  expect: {
    unmonitored: [
      atLeast(atEnd(DEPTH), limits.allOfThem),
      atLeast(atEnd(OLDEST), limits.sinceTheBeginning),
      // All of them would succeed by now, and nobody has tried.
      atLeast(undone, limits.allOfThem),
      // Nobody's request has failed: who looks at errors sees none.
      atMost(total('http.client.request.errors'), 0),
      nothingLost,
    ],
    'rate-and-age-alert': [
      atLeast(total(ALERTS), limits.alerted),
      guardrail(
        atMost(peak(DETECTION), limits.detectedWithin),
        'how soon, given that there is an alert at all, which is claimed above: without one there is no time to tell',
      ),
      atMost(peak(DEPTH), limits.untilMended),
      atMost(atEnd(DEPTH), limits.emptyByHand),
      atMost(undone, limits.undoneByHand),
      stillNothingLost,
    ],
    'automated-redrive': [
      atMost(atEnd(DEPTH), limits.emptyByRobot),
      guardrail(
        atMost(total(AGAIN), limits.inVain),
        'only a redrive brings any back: how often one that has limits may',
      ),
      // All but what it gave up for good has been done.
      atMost(difference(undone, SET_ASIDE), limits.undoneByRobot),
      guardrail(atMost(SET_ASIDE, limits.parkedMost), 'only a redrive sets anything aside: what it may cost'),
      stillNothingLost,
    ],
    'redrive-without-limits': [atLeast(total(AGAIN), limits.round), nothingLost],
    'expired-unseen': [
      // They are lost, and the queue that should keep them is as empty as one that never had any.
      atLeast(atEnd(LOST), limits.expired),
      atMost(atEnd(DEPTH), limits.emptyByItself),
      atMost(total('http.client.request.errors'), 0),
    ],
    'kept-for-days': [nothingLost, atLeast(atEnd(DEPTH), limits.allOfThem)],
  },
});

function system(sim: Simulation, p: Values): void {
  const ledger = new QueueLedger(sim, 'orders');
  const processing = new Processing(sim, { name: 'orders', time: gamma(SHAPE, p.workTime / SHAPE) });
  trouble(sim, p, processing);
  const shop = (p.broker === 'sqs' ? viaSqs : viaRabbit)(sim, p, ledger, processing);
  new OpenLoopClient<void>(sim, {
    name: 'customers',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(p.customers, 0),
    target: roundRobin([new Link(sim, shop, { from: 'customers', delay: faraway })]),
  });
}

/** Returns whom customers send their orders to. */
function viaRabbit(sim: Simulation, p: Values, ledger: EffectLedger, processing: Processing): Endpoint<number, void> {
  const rabbit = new RabbitMq(sim, {
    name: 'rabbit',
    help: 'A RabbitMQ node: orders with a delivery limit, dead letters',
  });
  const declare = (name: string, args: Headers): void =>
    void rabbit.setUp.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: args });
  declare(ORDERS, {
    'x-queue-type': 'quorum',
    'x-delivery-limit': p.attempts - 1,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': DEAD,
  });
  declare(DEAD, {});
  declare(PARKED, {});
  watch(sim, p, rabbit, processing);
  for (let i = 1; i <= limits.CONSUMERS; i++) consumer(sim, `consumer-${i}`, rabbit, processing, ledger);
  return confirmedPublisher(sim, {
    name: 'shop',
    help: 'Publishes each order and answers when the broker has confirmed it',
    node: rabbit,
    outgoing: () => ({ routingKey: ORDERS }),
    // Where an order is, the queues say.
    observers: [{ confirmed: (id) => ledger.confirmed(id) }],
  });
}

/** Orders of some customers fail for a while. */
function trouble(sim: Simulation, p: Values, processing: Processing): void {
  const { poison, mend } = processing.interventions;
  const begin = (): void => {
    for (let key = 0; key < limits.troubled(p); key++) poison.apply([key]);
  };
  sim.scheduleAt(p.troubleAt, begin, undefined, sim.eventKind('orders of some customers begin to fail'));
  sim.scheduleAt(p.troubleAt + p.troubleFor, () => mend.apply([]), undefined, sim.eventKind('the trouble is over'));
}

/** The monitor, and who takes dead letters out: a person whom it wakes, or a robot. */
function watch(sim: Simulation, p: Values, node: RabbitMq, processing: Processing): void {
  const isAutomatic = p.redrive !== 'by-hand';
  const isLimited = p.redrive !== 'unlimited';
  const redriver = new Redriver(sim, {
    name: 'redrive',
    help: isAutomatic
      ? 'Takes dead letters out by itself, to be tried again'
      : 'Takes dead letters out when it is started',
    node,
    from: DEAD,
    to: ORDERS,
    rate: !isAutomatic ? p.handRate : isLimited ? p.robotRate : p.unlimitedRate,
    redrivesMax: p.redrive === 'automatic' ? p.redrivesMax : Infinity,
    parking: PARKED,
    ...(p.redrive === 'automatic' ? { stop: { share: p.stopShare, samples: limits.SAMPLES, pause: p.pause } } : {}),
    isAutomatic,
  });
  const onAlert = (): void => {
    const act = (): void => {
      processing.interventions['mend'].apply([]);
      redriver.start();
    };
    sim.schedule(p.reaction, act, undefined, sim.eventKind('somebody has mended it and starts the redrive'));
  };
  const { queue } = node.broker.peek(DEAD)!;
  new DeadLetterWatch(sim, {
    name: 'monitor',
    help: 'Looks at the dead letters, and wakes somebody if it is told to',
    queue,
    every: p.every,
    ...(p.alert ? { alert: { rate: p.alertRate, window: p.alertWindow, age: p.alertAge, onAlert } } : {}),
  });
}

function consumer(sim: Simulation, name: string, node: RabbitMq, processing: Processing, ledger: EffectLedger): void {
  const handler = function* (message: Received): Behaviour {
    yield* processing.work(message);
    ledger.applied(message);
  };
  new RabbitConsumer(sim, {
    name,
    help: `Handles orders, ${limits.CONCURRENCY} at once, and gives back those that fail`,
    node,
    queue: ORDERS,
    prefetch: limits.CONCURRENCY,
    concurrency: limits.CONCURRENCY,
    delay: nearby,
    keyOf: ({ content }) => content as number,
    observers: [ledger],
    inside: processing,
    *handle(message) {
      return (yield* outcomeOf(handler, message)) === undefined ? 'ack' : 'requeue';
    },
  });
}

/**
 * A poison message: the orders of one customer fail at every attempt, and what the consumer does about that decides what
 * becomes of everybody else's.
 *
 *     customers --> shop (confirms) --> rabbit: orders --> worker --> (again: orders, or a delayed queue)
 *                                                              \--> orders.dead
 *
 *     customers --> shop --> broker-1: orders, retry topics, dead letters --> worker (--> forwarder), redrive (--> redriver)
 *
 * In variants of Kafka a topic is in place of the queue. One worker takes one order at a time, so that there is an order to be kept. Some orders fail twice and then succeed. All
 * variants get the same orders at the same times, and the same ones fail. In all of them the worker dies after the same failures
 * of the same orders, and after the effects of the same ones, before the broker has heard of it. Customers stop before the end.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  difference,
  during,
  DeadLetterWatch,
  effectSignals,
  gamma,
  guardrail,
  Link,
  mean,
  OpenLoopClient,
  peak,
  poisson,
  Processing,
  Producer,
  QueueLedger,
  RabbitConsumer,
  RabbitMq,
  roundRobin,
  s,
  summary,
  total,
  zipfPopularity,
  type Confirm,
  type EffectLedger,
  type Endpoint,
  type Publish,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { confirmedPublisher } from './application/confirmed-publisher.ts';
import * as limits from './poison-message/limits.ts';
import { viaKafka } from './poison-message/kafka.ts';
import { isOfKafka, params, type RabbitStrategy, type Values } from './poison-message/params.ts';
import { DEAD, declareQueues, ORDERS } from './poison-message/queues.ts';
import { Crashes, strategies } from './poison-message/strategies.ts';
import { BACKLOG, GIVEN_UP, LATE, OVERTAKEN, poisonSignals, RETRIES, Tally, WAITED } from './poison-message/tally.ts';

const LOST = 'effects.lost';
const DOUBLED = 'effects.doubled';
const UNACKNOWLEDGED = 'effects.unacknowledged';
const ENTRIES = 'dlq.entries';

/** An order that has had no effect is in some queue: as an order, behind its delay, or as a dead letter. */
const nothingLost = atMost(atEnd(LOST), 0);
const stillNothingLost = guardrail(nothingLost, 'who blocks keeps every order, and who gives up must as well');
const setAside = [atLeast(total(GIVEN_UP), limits.givenUpLeast), atLeast(total(ENTRIES), limits.givenUpLeast)];
const isolated = [atMost(atEnd(BACKLOG), limits.settled), ...setAside];
const passedOn = [atMost(atEnd(BACKLOG), limits.listenerSettled), ...setAside];
/** A death between publishing again and acknowledging leaves two of an order: each has attempts and an effect of its own. */
const forked = [atLeast(difference(total(DOUBLED), total(UNACKNOWLEDGED)), limits.doubledByForks)];
/** There is one of each: only who dies after an effect has it twice, once for each such death. */
const single = [
  atMost(difference(total(DOUBLED), total(UNACKNOWLEDGED)), 0),
  atMost(difference(total(UNACKNOWLEDGED), total(DOUBLED)), limits.notDoubled),
  atLeast(total(DOUBLED), limits.doubledByDeathsLeast),
  atMost(total(DOUBLED), limits.doubledByDeathsMost),
];
/** What the worker counts in its memory it counts anew after its death. */
const forgets = [
  atMost(summary(RETRIES, 'max'), limits.retriesInMemoryMost),
  atLeast(summary(RETRIES, 'max'), limits.retriesInMemoryLeast),
];

export default defineScenario({
  id: 'poison-message',
  section: '2.4',
  title: 'Poison message',
  question: "One customer's orders fail at every attempt. What becomes of everybody else's?",
  params,
  variants: {
    'block-forever': {},
    'immediate-retry': { strategy: 'immediate-retry' },
    'republish-with-attempts': { strategy: 'republish-with-attempts' },
    backoff: { strategy: 'backoff' },
    'delayed-queue': { strategy: 'delayed-queue' },
    'per-message-delay': { strategy: 'per-message-delay' },
    dlq: { strategy: 'dlq' },
    'kafka-blocking-retry': { strategy: 'kafka-blocking-retry' },
    'kafka-retry-topics': { strategy: 'kafka-retry-topics' },
    'kafka-redrive': { strategy: 'kafka-retry-topics', redrive: 'automatic' },
  },
  roles: {
    'block-forever': 'pitfall',
    'immediate-retry': 'alternative',
    'republish-with-attempts': 'alternative',
    backoff: 'remedy',
    'delayed-queue': 'remedy',
    'per-message-delay': 'alternative',
    dlq: 'remedy',
    'kafka-blocking-retry': 'pitfall',
    'kafka-retry-topics': 'remedy',
    'kafka-redrive': 'alternative',
  },
  repairs: {
    backoff: 'block-forever',
    'delayed-queue': 'block-forever',
    dlq: 'block-forever',
    'kafka-retry-topics': 'kafka-blocking-retry',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  openAt: s(12),
  system,
  signals: [...poisonSignals, ...effectSignals()],
  whileRunning: { rate: sentBy('rate', 'customers') },
  charts: [
    BACKLOG,
    'messaging.process.age',
    RETRIES,
    GIVEN_UP,
    'dlq.depth',
    'dlq.oldest.age',
    OVERTAKEN,
    LATE,
    DOUBLED,
    LOST,
    'messaging.process.broken_off',
  ],
  places: {
    customers: { x: 0, y: 0.6 },
    shop: { x: 1, y: 0.6 },
    rabbit: { x: 2, y: 0.6 },
    worker: { x: 3, y: 0.6 },
    monitor: { x: 3, y: 1.6 },
    'broker-1': { x: 2, y: 0.6 },
    controllers: { x: 1, y: 1.6 },
    forwarder: { x: 2, y: -0.4 },
    workers: { x: 3, y: -0.4 },
    redrives: { x: 1, y: 2.6 },
    redriver: { x: 2, y: 2.6 },
    redrive: { x: 3, y: 2.6 },
  },
  expect: {
    'block-forever': [
      // Everybody waits behind it, and nobody hears of an error.
      atLeast(atEnd(BACKLOG), limits.blocked),
      atMost(total('http.client.request.errors'), 0),
      nothingLost,
    ],
    'immediate-retry': [
      atLeast(total(GIVEN_UP), limits.givenUpLeast),
      ...forgets,
      atMost(total(OVERTAKEN), 0),
      ...single,
      atMost(atEnd(BACKLOG), limits.settled),
      atLeast(atEnd(LOST), limits.givenUpLeast),
    ],
    'republish-with-attempts': [...isolated, nothingLost, ...forked],
    backoff: [
      ...isolated,
      stillNothingLost,
      ...forgets,
      atMost(total(OVERTAKEN), 0),
      ...single,
      atMost(total(ENTRIES), limits.givenUpMost),
      atLeast(peak(BACKLOG), limits.lineBehindWaits),
      // Jitter is what makes it less than the wait that doubles, and no wait at all would be nothing of it.
      atLeast(mean(WAITED), limits.waitShareLeast),
      atMost(mean(WAITED), limits.waitShareMost),
    ],
    'delayed-queue': [...isolated, stillNothingLost, ...forked, atLeast(total(OVERTAKEN), limits.overtaken)],
    'per-message-delay': [...isolated, nothingLost, ...forked, atLeast(summary(LATE, 'max'), limits.late)],
    'kafka-blocking-retry': [
      // One partition of them stands still for ever, and that is no error anywhere.
      atLeast(atEnd(BACKLOG), limits.partitionBlocked),
      atMost(total('http.client.request.errors'), 0),
      nothingLost,
    ],
    'kafka-retry-topics': [
      ...passedOn,
      stillNothingLost,
      ...forked,
      atMost(peak(BACKLOG), limits.listenerLine),
      // Whoever came behind it in its partition is not waiting for it.
      atLeast(total(OVERTAKEN), limits.overtaken),
    ],
    // The code is not mended, so that what is redriven comes back, and is set aside in the end.
    'kafka-redrive': [...passedOn, nothingLost, atLeast(total('dlq.parked'), limits.parkedLeast)],
    dlq: [
      ...isolated,
      stillNothingLost,
      // The broker's count survives the worker.
      atMost(summary(RETRIES, 'max'), limits.retriesMost),
      atMost(total(OVERTAKEN), limits.overtakenInHand),
      ...single,
      atMost(total(ENTRIES), limits.givenUpMost),
      atMost(peak(BACKLOG), limits.shortLine),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const tally = new Tally(sim);
  const processing = processingOf(sim, p);
  const { strategy } = p;
  const shop: Endpoint<number, void> = isOfKafka(strategy)
    ? viaKafka(sim, p, { tally, processing, strategy })
    : viaRabbit(sim, p, strategy, processing, tally);
  new OpenLoopClient<void>(sim, {
    name: 'customers',
    arrivals: during(0, p.length - limits.DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(p.customers, 0),
    target: roundRobin([new Link(sim, shop, { from: 'customers', delay: faraway })]),
  });
}

/** The code of the worker, whatever the broker, and when it has no answer any more to the orders of the first customer. */
function processingOf(sim: Simulation, p: Values): Processing {
  const processing = new Processing(sim, {
    name: 'orders',
    time: gamma(SHAPE, p.workTime / SHAPE),
    transient: { share: p.transientShare, times: 2 },
    slow: { share: p.slowShare, factor: limits.SLOWNESS },
  });
  const poison = (): void => processing.interventions['poison'].apply([0]);
  sim.scheduleAt(p.poisonAt, poison, undefined, sim.eventKind('the orders of the first customer become poison'));
  return processing;
}

/** Returns whom customers send their orders to. */
function viaRabbit(
  sim: Simulation,
  p: Values,
  strategy: RabbitStrategy,
  processing: Processing,
  tally: Tally,
): Endpoint<number, void> {
  const ledger = new QueueLedger(sim, 'orders');
  const rabbit = new RabbitMq(sim, { name: 'rabbit', help: 'A RabbitMQ node with the orders and their dead letters' });
  declareQueues(p, rabbit);
  const { queue: dead } = rabbit.broker.peek(DEAD)!;
  new DeadLetterWatch(sim, { name: 'monitor', help: 'Looks at the dead letters', queue: dead, every: s(0.5) });
  const shop = confirmedPublisher(sim, {
    name: 'shop',
    help: 'Publishes each order and answers when the broker has confirmed it',
    node: rabbit,
    isOrdered: true,
    outgoing: () => ({ routingKey: ORDERS }),
    // Where an order is, the queues say.
    observers: [{ sent: (id) => tally.published(id), confirmed: (id) => ledger.confirmed(id) }],
  });
  worker(sim, p, { node: rabbit, strategy, processing, ledger, tally });
  return shop;
}

/** One process that has one order at a time. */
function worker(
  sim: Simulation,
  p: Values,
  parts: { node: RabbitMq; strategy: RabbitStrategy; processing: Processing; ledger: EffectLedger; tally: Tally },
): void {
  const { node, strategy, processing, ledger, tally } = parts;
  const deathKind = sim.eventKind('the worker dies before the broker has heard of an attempt');
  const name = 'worker';
  const producer = new Producer(new Link<Publish, Confirm>(sim, node, { from: name, delay: nearby }));
  const context = {
    sim,
    p,
    producer,
    tally,
    jitter: sim.keyedRandom('waits before an order is tried again'),
    crashes: new Crashes(sim, p),
    *handler(message: Parameters<typeof processing.work>[0]) {
      yield* processing.work(message);
      ledger.applied(message);
    },
    // Once the step that it dies after is over: a process does not end itself.
    die: (): void => void sim.schedule(0, () => consumer.kill(limits.DOWNTIME), undefined, deathKind),
  };
  const consumer: RabbitConsumer = new RabbitConsumer(sim, {
    name,
    help: 'Takes one order at a time, in order; what it does with one that fails is the variant',
    node,
    queue: ORDERS,
    prefetch: 1,
    concurrency: 1,
    delay: nearby,
    keyOf: ({ content }) => content as number,
    observers: [ledger],
    inside: processing,
    handle: (message, delivery) => strategies[strategy](context, message, delivery),
  });
}

/**
 * Exchanges: one shop publishes what happens to its orders, and who receives what depends on the type of the exchange.
 *
 *     users --> shop (confirms) --> rabbit: exchange `events` --> billing, shipping, eu-desk, audit
 *                                                           or --> worker-1 … worker-n, by consistent hashing
 *
 * All variants get the same events at the same times. At a moment the shop begins to publish events of a new kind, which
 * nobody knew when the bindings were made; with consistent hashing a worker comes or goes then. Users stop before the end,
 * so that everything has been received.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  difference,
  during,
  gamma,
  Link,
  OpenLoopClient,
  poisson,
  Processing,
  producerSignals,
  RabbitConsumer,
  RabbitMq,
  roundRobin,
  s,
  total,
  zipfPopularity,
  type Confirm,
  type Service,
  type Expectation,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { confirmedPublisher } from './application/confirmed-publisher.ts';
import * as limits from './exchange-routing/limits.ts';
import { params, type Values } from './exchange-routing/params.ts';
import {
  ASIDE,
  DUE,
  MOVED,
  routingSignals,
  SKEW,
  Tally,
  UNWANTED,
  UNWANTED_RATIO,
  VANISHED,
  WANTED,
} from './exchange-routing/tally.ts';
import { addressOf, Events, queuesOf, setUp, SUBSCRIBERS, type Event } from './exchange-routing/topology.ts';

const ERRORS = 'http.client.request.errors';
const missed = difference(total(DUE), total(WANTED));

/** Everybody gets all that is wanted, and nothing else. */
const exact = [atMost(missed, 0), atMost(total(UNWANTED), 0), atMost(total(VANISHED), 0)];
const moves: Expectation[] = [atLeast(total(MOVED), limits.movedLeast), atMost(total(MOVED), limits.movedMost)];

export default defineScenario({
  id: 'exchange-routing',
  section: '2.1',
  title: 'Exchanges: who receives what',
  question:
    'A shop begins to publish a kind of event that no binding names. Who receives it, and who hears that nobody does?',
  params,
  variants: {
    direct: {},
    mandatory: { unrouted: 'returned' },
    'alternate-exchange': { unrouted: 'alternate' },
    fanout: { exchange: 'fanout' },
    topic: { exchange: 'topic' },
    headers: { exchange: 'headers' },
    'consistent-hash': { exchange: 'x-consistent-hash' },
    'consistent-hash-first-leaves': { exchange: 'x-consistent-hash', change: 'first-leaves' },
    'consistent-hash-big-customer': { exchange: 'x-consistent-hash', exponent: 1.5 },
  },
  roles: {
    direct: 'pitfall',
    mandatory: 'remedy',
    'alternate-exchange': 'remedy',
    fanout: 'alternative',
    topic: 'alternative',
    headers: 'alternative',
    'consistent-hash': 'alternative',
    'consistent-hash-first-leaves': 'fault',
    'consistent-hash-big-customer': 'fault',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  openAt: s(9),
  system,
  signals: [...routingSignals, ...producerSignals],
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    WANTED,
    DUE,
    VANISHED,
    UNWANTED_RATIO,
    'http.client.request.error_ratio',
    'messaging.client.consumed.rate',
    MOVED,
    SKEW,
  ],
  expect: {
    direct: [
      atMost(total(UNWANTED), 0),
      atLeast(missed, limits.missed),
      atLeast(total(VANISHED), limits.unknownLeast),
      // The broker confirms them: everybody is told that all is well.
      atMost(total(ERRORS), 0),
    ],
    mandatory: [atMost(total(VANISHED), 0), atLeast(total(ERRORS), limits.unknownLeast)],
    'alternate-exchange': [
      atMost(total(VANISHED), 0),
      atMost(total(ERRORS), 0),
      atLeast(total(ASIDE), limits.unknownLeast),
      atMost(total(ASIDE), limits.unknownMost),
    ],
    fanout: [atMost(missed, 0), atMost(total(VANISHED), 0), atLeast(total(UNWANTED), limits.unwantedLeast)],
    topic: exact,
    headers: exact,
    'consistent-hash': [...exact, ...moves, atMost(atEnd(SKEW), limits.skewMost)],
    'consistent-hash-first-leaves': [...exact, ...moves, atMost(atEnd(SKEW), limits.skewMost)],
    'consistent-hash-big-customer': [
      ...exact,
      atMost(total(MOVED), limits.movedMost),
      atLeast(atEnd(SKEW), limits.skewOfFirst),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const tally = new Tally(sim);
  const rabbit = new RabbitMq(sim, { name: 'rabbit', help: `A RabbitMQ node with the ${p.exchange} exchange, events` });
  setUp(sim, p, rabbit);
  if (p.exchange === 'x-consistent-hash')
    sim.scheduleAt(p.changeAt, () => tally.workersChanged(), undefined, sim.eventKind('the workers change'));
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - limits.DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(p.customers, p.exponent),
    target: roundRobin([new Link(sim, shopOf(sim, p, rabbit, tally), { from: 'users', delay: faraway })]),
  });
  const processing = new Processing(sim, { name: 'events', time: gamma(SHAPE, p.workTime / SHAPE) });
  for (const queue of queuesOf(p)) subscribe(sim, p, rabbit, queue, processing, tally);
}

/** Publishes what happens and answers when the broker has confirmed it; an event that comes back is an error. */
function shopOf(sim: Simulation, p: Values, node: RabbitMq, tally: Tally): Service<number, void> {
  const events = new Events(sim, p);
  return confirmedPublisher(sim, {
    name: 'shop',
    help: 'Publishes an event for each request and answers when the broker has confirmed it',
    node,
    mandatory: p.unrouted === 'returned',
    outgoing: (id, customer) => {
      const event = events.of(id);
      const answered = ({ outcome, queues }: Confirm): void => tally.published(id, outcome, queues, due(p, event));
      return { ...addressOf(p, event, customer), answered };
    },
  });
}

/** How many subscribers want an event; with consistent hashing one of the workers is to have it. */
const due = (p: Values, event: Event): number =>
  p.exchange === 'x-consistent-hash' ? 1 : SUBSCRIBERS.filter(({ wants }) => wants(event)).length;

function subscribe(
  sim: Simulation,
  p: Values,
  node: RabbitMq,
  queue: string,
  processing: Processing,
  tally: Tally,
): void {
  const subscriber = SUBSCRIBERS.find((each) => each.queue === queue);
  const isWorker = p.exchange === 'x-consistent-hash';
  const workers = (): number => {
    if (sim.now < p.changeAt) return p.workers;
    return p.workers + (p.change === 'one-joins' ? 1 : -1);
  };
  new RabbitConsumer(sim, {
    name: queue,
    help: subscriber?.help ?? (isWorker ? 'Has the events of its customers' : 'Looks at what no binding wanted'),
    node,
    queue,
    prefetch: 50,
    concurrency: 20,
    delay: nearby,
    inside: processing,
    *handle(received, { message }) {
      yield* processing.work(received);
      tally.received(queue, received.id, isWorker || subscriber?.wants(message.headers as unknown as Event) === true);
      if (isWorker) tally.worked(queue, received.id, message.content as number, workers());
      return 'ack';
    },
  });
}

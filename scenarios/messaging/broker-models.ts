/**
 * One load through four models of a broker: a queue, an exchange, a topic of partitioned logs, a stream; the queue also as
 * Amazon SQS has it, the stream as NATS JetStream, and core NATS, which keeps nothing.
 *
 *     users --> events (producer) --> broker --> billing-1 … billing-n
 *                                           \--> search-1 … search-n
 *                                           \--> audit-1 … audit-n, from some time on
 *
 * All variants are sent the same events at the same times. In each a consumer of billing dies, the broker is killed, and
 * a third service begins to read. Users stop before the end, so that what was taken is handled.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  during,
  exponential,
  hotKey,
  Link,
  OpenLoopClient,
  poisson,
  Processing,
  quantile,
  ratio,
  roundRobin,
  s,
  total,
  zipfPopularity,
  type Endpoint,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { bookSignals, keepBook } from './broker-models/book.ts';
import { kafka } from './broker-models/kafka.ts';
import * as limits from './broker-models/limits.ts';
import { nats } from './broker-models/nats.ts';
import { params, type Values } from './broker-models/params.ts';
import { rabbit } from './broker-models/rabbit.ts';
import { redis } from './broker-models/redis.ts';
import { sqs } from './broker-models/sqs.ts';

const COPIES = 'broker_models.copies';
const INVERSIONS = 'broker_models.inversions';
const DUPLICATES = 'broker_models.duplicates';
const REPLAYED = 'broker_models.replayed';
const AGE = 'broker_models.age';
const UNHANDLED = 'broker_models.unhandled';

const copies = ratio(total(COPIES), total('broker_models.published'));
const p99 = quantile(AGE, 'p99');
/** Consumers where all share a queue, and where each of two services has its own. */
const ofAll = (p: Values): number => 2 * p.consumers;
const ofEach = (p: Values): number => p.consumers;
const invertedOfAll = atLeast(total(INVERSIONS), limits.inverted(1, ofAll));
const invertedOfEach = atLeast(total(INVERSIONS), limits.inverted(2, ofEach));
const quickOfAll = atMost(p99, limits.quickly(1, ofAll));
const quickOfEach = atMost(p99, limits.quickly(2, ofEach));
const quickReconnected = atMost(p99, limits.quickly(2, ofEach, limits.RECONNECTED));
const fewAgain = atMost(total(DUPLICATES), limits.handledAgainMost);
const nothingLost = atMost(atEnd(UNHANDLED), 0);

export default defineScenario({
  id: 'broker-models',
  section: '2.1',
  title: 'Broker models',
  question:
    'One load through a queue, an exchange, a topic and a stream: who gets what, in which order, and what can be read again?',
  params,
  variants: {
    queue: { model: 'queue' },
    exchange: { model: 'exchange' },
    topic: { model: 'topic' },
    stream: { model: 'stream' },
    sqs: { model: 'sqs' },
    'sns-sqs': { model: 'sns-sqs' },
    'nats-core': { model: 'nats-core' },
    jetstream: { model: 'jetstream' },
    'jetstream-memory': { model: 'jetstream', storage: 'memory' },
  },
  roles: {
    queue: 'alternative',
    exchange: 'alternative',
    topic: 'alternative',
    stream: 'alternative',
    sqs: 'alternative',
    'sns-sqs': 'alternative',
    'nats-core': 'alternative',
    jetstream: 'alternative',
    'jetstream-memory': 'fault',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: limits.INTERVAL,
  openAt: s(12),
  system,
  signals: bookSignals,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [COPIES, INVERSIONS, DUPLICATES, REPLAYED, AGE, UNHANDLED, 'http.client.request.errors'],
  places: {
    users: { x: 0, y: 0.8 },
    events: { x: 1, y: 0.8 },
    rabbit: { x: 2, y: 0.8 },
    redis: { x: 2, y: 0.8 },
    sns: { x: 1, y: 0 },
    sqs: { x: 2, y: 0.8 },
    nats: { x: 2, y: 0.8 },
    'broker-1': { x: 2, y: 0 },
    'broker-2': { x: 2, y: 0.8 },
    'broker-3': { x: 2, y: 1.6 },
    controllers: { x: 1, y: 1.6 },
    'billing-1': { x: 3, y: 0 },
    'search-1': { x: 3, y: 0.8 },
    'audit-1': { x: 3, y: 1.6 },
    'billing-group': { x: 4, y: 0 },
    'search-group': { x: 4, y: 0.8 },
    'audit-group': { x: 4, y: 1.6 },
  },
  expect: {
    queue: [atMost(copies, 1), quickOfAll, invertedOfAll, fewAgain, atMost(total(REPLAYED), 0), nothingLost],
    exchange: [atLeast(copies, 2), quickOfEach, invertedOfEach, fewAgain, atMost(total(REPLAYED), 0), nothingLost],
    topic: [
      atLeast(copies, 2),
      atLeast(p99, limits.untilSessionEnds),
      atMost(total(INVERSIONS), 0),
      atLeast(total(DUPLICATES), limits.handledAgain),
      atLeast(total(REPLAYED), limits.replayedFromTopic),
      nothingLost,
    ],
    stream: [
      atLeast(copies, 2),
      quickOfEach,
      invertedOfEach,
      fewAgain,
      atLeast(total(REPLAYED), limits.replayedFromStream),
      nothingLost,
    ],
    sqs: [
      atMost(copies, 1),
      atMost(p99, limits.quickly(1, ofAll, limits.POLLED)),
      invertedOfAll,
      atMost(total(REPLAYED), 0),
      nothingLost,
    ],
    'sns-sqs': [
      atLeast(copies, 2),
      atLeast(p99, limits.untilQueuesAnswer),
      invertedOfEach,
      atMost(total(REPLAYED), 0),
      // The topic takes events while the queues are away.
      atMost(total('http.client.request.errors'), 0),
      nothingLost,
    ],
    'nats-core': [
      atMost(copies, limits.fewerCopies),
      quickOfEach,
      invertedOfEach,
      // At most once: whatever dies, nothing comes a second time, and nothing that is past.
      atMost(total(DUPLICATES), 0),
      atMost(total(REPLAYED), 0),
      // Users were told that the server has it.
      atLeast(atEnd(UNHANDLED), limits.lostToAll),
    ],
    jetstream: [
      atLeast(copies, 2),
      quickReconnected,
      invertedOfEach,
      atLeast(total(REPLAYED), limits.replayedFromStream),
      nothingLost,
    ],
    'jetstream-memory': [
      atMost(copies, 2),
      quickReconnected,
      invertedOfEach,
      atMost(total(REPLAYED), limits.replayedFromMemory),
      atLeast(total(REPLAYED), limits.keptSinceCrash),
    ],
  },
});

const BROKERS: Readonly<
  Record<Values['model'], (sim: Simulation, p: Values, processing: Processing) => Endpoint<number, void>>
> = {
  queue: rabbit,
  exchange: rabbit,
  topic: kafka,
  stream: redis,
  sqs,
  'sns-sqs': sqs,
  'nats-core': nats,
  jetstream: nats,
};

function system(sim: Simulation, p: Values): void {
  keepBook(sim, p.lateAt, p.model === 'queue' || p.model === 'sqs');
  const processing = new Processing(sim, { name: 'events', time: exponential(p.workTime) });
  const producer = BROKERS[p.model](sim, p, processing);
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - limits.DRAIN, poisson(p.rate)),
    popularity: hotKey(p.hotShare, zipfPopularity(limits.ORDERS, 0)),
    target: roundRobin([new Link(sim, producer, { from: 'users', delay: faraway, isOrdered: true })]),
  });
}

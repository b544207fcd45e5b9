/**
 * A producer that gathers records into batches: what linger and size do to the requests and to the time of a record.
 *
 *     users --> orders (a producer) --> three brokers, each of which leads two partitions
 *
 * All variants are sent the same records at the same times, with acks=all.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  guardrail,
  mean,
  ms,
  quantile,
  kafkaRecordSignals,
  poisson,
  s,
  summary,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { clusterOf, PLACES, producerTo, users } from './application/orders.ts';
import * as limits from './producer-batching/limits.ts';
import { params, type Values } from './producer-batching/params.ts';

const LATENCY = 'messaging.client.operation.duration';
const REQUESTS = 'kafka.producer.request.rate';
const RECORDS = 'kafka.producer.batch.records';

const permitted = atMost(summary(RECORDS, 'max'), limits.permitted);
const filledByLinger = atMost(quantile(RECORDS, 'p99'), limits.filledByLinger);

export default defineScenario({
  id: 'producer-batching',
  section: '2.2',
  title: 'Batches of a producer',
  pitfall: 'Large batches w/ high latency',
  question: 'Records are sent in batches. What does a larger batch cost, and what does a longer wait?',
  params,
  variants: {
    'big-batches-long-linger': { linger: ms(500), batchSize: 1_048_576 },
    // Of the pitfall it changes the size alone: at this rate a batch fills before it has lingered.
    'small-batches-long-linger': { linger: ms(500), batchSize: 4096 },
    'linger-50': { linger: ms(50) },
    'linger-5': {},
    'linger-0': { linger: 0 },
  },
  roles: {
    'big-batches-long-linger': 'pitfall',
    'small-batches-long-linger': 'alternative',
    'linger-50': 'alternative',
    'linger-5': 'remedy',
    'linger-0': 'alternative',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  // Two of the longest lingers.
  interval: s(1),
  openAt: s(10),
  system,
  signals: kafkaRecordSignals,
  whileRunning: {
    rate: sentBy('rate', 'users'),
  },
  charts: [
    LATENCY,
    REQUESTS,
    RECORDS,
    'kafka.producer.queue_time',
    'messaging.client.sent.rate',
    'kafka.producer.buffer.used',
  ],
  places: PLACES,
  // What the size permits is told from what the linger fills: the first is the largest batch, the second the usual one.
  expect: {
    'big-batches-long-linger': [
      atLeast(quantile(LATENCY, 'p50'), limits.halfTheLinger),
      atMost(mean(REQUESTS), limits.requests),
      permitted,
      filledByLinger,
    ],
    'small-batches-long-linger': [
      atMost(mean(LATENCY), limits.halfABatch),
      atMost(quantile(LATENCY, 'p99'), limits.oneBatch),
      atLeast(mean(REQUESTS), limits.requestsOfFull),
      permitted,
      atLeast(quantile(RECORDS, 'p99'), limits.filledToSize),
    ],
    'linger-50': [
      atLeast(quantile(LATENCY, 'p50'), limits.halfTheLinger),
      atMost(quantile(LATENCY, 'p99'), limits.oneWindow),
      atMost(mean(REQUESTS), limits.requests),
      filledByLinger,
    ],
    'linger-5': [
      atMost(quantile(LATENCY, 'p99'), limits.withinBudget),
      guardrail(atMost(mean(REQUESTS), limits.requests), 'the price: as many requests as windows, and no more'),
    ],
    'linger-0': [atMost(quantile(LATENCY, 'p50'), limits.oneWindow), atMost(mean(REQUESTS), limits.requests)],
  },
});

function system(sim: Simulation, p: Values): void {
  const { partitions, requestTime } = p;
  const cluster = clusterOf(sim, { partitions }, { requestTime, byteTime: p.byteTime / 1000 });
  const producer = producerTo(sim, cluster, {
    recordBytes: p.recordBytes,
    linger: p.linger,
    batchSize: p.batchSize,
    bufferMemory: 134_217_728,
    maxInFlight: p.maxInFlight,
  });
  users(sim, producer, poisson(p.rate), zipfPopularity(limits.KEYS, 0));
}

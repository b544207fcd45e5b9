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
  difference,
  guardrail,
  mean,
  ms,
  peak,
  quantile,
  kafkaRecordSignals,
  poisson,
  s,
  summary,
  total,
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

const BUFFER = 'kafka.producer.buffer.used';
const WAITING = 'kafka.producer.buffer.waiting';
const EXHAUSTED = 'kafka.producer.buffer.exhausted';
/** Records that were refused for another reason. */
const refusedElse = difference(total('kafka.producer.record_errors'), total(EXHAUSTED));

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
    // Memory for one of the pitfall's batches, where each of six partitions fills one.
    'memory-of-one-batch': { linger: ms(500), batchSize: 1_048_576, bufferMemory: 1_048_576, maxBlock: s(2) },
    // Of the pitfall it changes the size alone: at this rate a batch fills before it has lingered.
    'small-batches-long-linger': { linger: ms(500), batchSize: 4096 },
    'linger-50': { linger: ms(50) },
    'linger-5': {},
    'linger-0': { linger: 0 },
  },
  roles: {
    'big-batches-long-linger': 'pitfall',
    'memory-of-one-batch': 'fault',
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
    BUFFER,
    WAITING,
    EXHAUSTED,
  ],
  places: PLACES,
  // What the size permits is told from what the linger fills: the first is the largest batch, the second the usual one.
  expect: {
    'big-batches-long-linger': [
      atLeast(quantile(LATENCY, 'p50'), limits.halfTheLinger),
      atMost(mean(REQUESTS), limits.requests),
      permitted,
      filledByLinger,
      atLeast(peak(BUFFER), limits.oneBatchEach),
      atMost(peak(WAITING), limits.nobodyWaits),
    ],
    'memory-of-one-batch': [
      atMost(peak(BUFFER), limits.memory),
      atLeast(peak(WAITING), limits.line),
      atLeast(total(EXHAUSTED), limits.refused),
      atMost(refusedElse, 0),
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
    bufferMemory: p.bufferMemory,
    maxBlock: p.maxBlock,
    maxInFlight: p.maxInFlight,
  });
  users(sim, producer, poisson(p.rate), zipfPopularity(limits.KEYS, 0));
}

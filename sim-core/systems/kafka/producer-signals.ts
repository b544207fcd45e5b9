/** What a producer says of itself: the facts, and the signals that are made of them. */
import { defineFact, defineReading, type Fact } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A record was acknowledged, or its sender was told that it failed. */
export const recordCompleted = defineFact('kafka.record.completed', 'A record was acknowledged, or given up', {
  producer: 'text',
  request: 'request',
  partition: 'text',
  outcome: 'text',
  duration: 'duration',
});

/** A batch left for a broker. */
export const batchSent = defineFact('kafka.batch.sent', 'A batch of records left for a broker', {
  producer: 'text',
  partition: 'text',
  records: 'number',
  bytes: 'number',
  attempt: 'number',
  waited: 'duration',
});

/** A batch was not taken, or nobody said whether it was. */
export const batchFailed = defineFact('kafka.batch.failed', 'A batch was refused, or not answered', {
  producer: 'text',
  partition: 'text',
  error: 'text',
});

/** A produce request left: a batch or more for one broker. */
export const produceSent = defineFact('kafka.produce.sent', 'A request with batches left for a broker', {
  producer: 'text',
  broker: 'text',
  batches: 'number',
});

/** Memory of a producer that holds records changed. */
export const producerBuffer = defineReading('kafka.producer.buffer', 'Memory taken by records changed', {
  producer: 'text',
  bytes: 'number',
});

/** Callers who find no memory for their records wait, or are let in, or give up. */
export const callersBlocked = defineReading('kafka.producer.blocked', 'Callers wait for memory for their records', {
  producer: 'text',
  callers: 'number',
});

type Completed = Fact<typeof recordCompleted>;
type Sent = Fact<typeof batchSent>;
type Failed = Fact<typeof batchFailed>;

export const producerSignals = [
  defineSignal({
    name: 'messaging.client.sent.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Records that were acknowledged to their sender',
    fact: recordCompleted,
    where: (fact: Completed) => fact.outcome === 'ok',
  }),
  defineSignal({
    name: 'messaging.client.sent.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Records that were acknowledged to their sender',
    fact: recordCompleted,
    where: (fact: Completed) => fact.outcome === 'ok',
  }),
  defineSignal({
    name: 'messaging.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the moment a record is given to the producer to its acknowledgement',
    fact: recordCompleted,
    where: (fact: Completed) => fact.outcome === 'ok',
    value: (fact: Completed) => fact.duration,
  }),
  defineSignal({
    name: 'kafka.producer.record_errors',
    kind: 'counter',
    unit: '{message}',
    help: 'Records that the producer gave up, and told their senders so',
    fact: recordCompleted,
    where: (fact: Completed) => fact.outcome !== 'ok',
  }),
  // What `buffer-exhausted-total` counts, and `waiting-threads`, by the names of Kafka's client.
  defineSignal({
    name: 'kafka.producer.buffer.exhausted',
    kind: 'counter',
    unit: '{message}',
    help: 'Of the records that the producer gave up, those whose callers waited for memory for too long',
    fact: recordCompleted,
    where: (fact: Completed) => fact.outcome === 'overloaded',
  }),
  defineSignal({
    name: 'kafka.producer.buffer.waiting',
    kind: 'gauge',
    unit: '{message}',
    help: 'Records whose callers wait for memory',
    fact: callersBlocked,
    value: (fact: Fact<typeof callersBlocked>) => fact.callers,
    of: (fact: Fact<typeof callersBlocked>) => fact.producer,
  }),
  defineSignal({
    name: 'kafka.producer.request.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Produce requests that leave for brokers',
    fact: produceSent,
  }),
  defineSignal({
    name: 'kafka.producer.batch.records',
    kind: 'histogram',
    unit: '{message}',
    help: 'Records of a batch',
    fact: batchSent,
    where: (fact: Sent) => fact.attempt === 1,
    value: (fact: Sent) => fact.records,
  }),
  defineSignal({
    name: 'kafka.producer.queue_time',
    kind: 'histogram',
    unit: 's',
    help: 'Time from a batch’s first record to its first sending',
    fact: batchSent,
    where: (fact: Sent) => fact.attempt === 1,
    value: (fact: Sent) => fact.waited,
  }),
  defineSignal({
    name: 'kafka.producer.retries',
    kind: 'counter',
    unit: '{batch}',
    help: 'Batches that were sent again',
    fact: batchSent,
    where: (fact: Sent) => fact.attempt > 1,
  }),
  defineSignal({
    name: 'kafka.producer.not_enough_replicas',
    kind: 'counter',
    unit: '{batch}',
    help: 'Batches that were refused because too few replicas were in sync',
    fact: batchFailed,
    where: (fact: Failed) => fact.error === 'not-enough-replicas' || fact.error === 'not-enough-replicas-after-append',
  }),
  defineSignal({
    name: 'kafka.producer.buffer.used',
    kind: 'gauge',
    unit: 'By',
    help: 'Memory of producers taken by records that are not acknowledged',
    fact: producerBuffer,
    value: (fact: Fact<typeof producerBuffer>) => fact.bytes,
    of: (fact: Fact<typeof producerBuffer>) => fact.producer,
  }),
];

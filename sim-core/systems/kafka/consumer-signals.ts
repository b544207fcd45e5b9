/** What consumers say of themselves: the facts, and the signals that are made of them. */
import { defineFact, defineReading, type Fact } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A consumer has processed a record. */
export const recordProcessed = defineFact('kafka.record.processed', 'A consumer has processed a record', {
  consumer: 'text',
  request: 'request',
  partition: 'text',
  duration: 'duration',
  delay: 'duration',
  again: 'flag',
});

/** What a consumer owns changed. */
export const consumerOwns = defineReading('kafka.consumer.owns', 'The partitions of a consumer changed', {
  consumer: 'text',
  member: 'flag',
  partitions: 'number',
});

/** A consumer that goes on gave up partitions in a rebalance. */
export const partitionsRevoked = defineFact('kafka.consumer.revoked', 'A consumer gave up partitions in a rebalance', {
  consumer: 'text',
  partitions: 'number',
});

type Processed = Fact<typeof recordProcessed>;
type Owns = Fact<typeof consumerOwns>;

export const consumerSignals = [
  defineSignal({
    name: 'messaging.client.consumed.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Records that consumers have processed, each time that one was',
    fact: recordProcessed,
  }),
  defineSignal({
    name: 'messaging.client.consumed.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Records that consumers process',
    fact: recordProcessed,
  }),
  defineSignal({
    name: 'messaging.process.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time to process one record',
    fact: recordProcessed,
    value: (fact: Processed) => fact.duration,
  }),
  defineSignal({
    name: 'kafka.consumer.record_delay',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the moment a record is given to the producer to the end of its processing',
    fact: recordProcessed,
    value: (fact: Processed) => fact.delay,
  }),
  defineSignal({
    name: 'kafka.consumer.reprocessed',
    kind: 'counter',
    unit: '{message}',
    help: 'Records that were processed though somebody of the group had processed them before',
    fact: recordProcessed,
    where: (fact: Processed) => fact.again,
  }),
  defineSignal({
    name: 'kafka.consumer.revoked',
    kind: 'counter',
    unit: '{partition}',
    help: 'Partitions that consumers gave up in rebalances, to others or to get them back',
    fact: partitionsRevoked,
    amount: (fact: Fact<typeof partitionsRevoked>) => fact.partitions,
  }),
  defineSignal({
    name: 'kafka.consumer.idle',
    kind: 'gauge',
    unit: '{consumer}',
    help: 'Members of the group that own no partition',
    fact: consumerOwns,
    value: (fact: Owns) => Number(fact.member && fact.partitions === 0),
    of: (fact: Owns) => fact.consumer,
  }),
  defineSignal({
    name: 'kafka.consumer.partitions',
    kind: 'gauge',
    unit: '{partition}',
    help: 'Partitions that consumers own, of all consumers together',
    fact: consumerOwns,
    value: (fact: Owns) => fact.partitions,
    of: (fact: Owns) => fact.consumer,
  }),
];

/**
 * What happens to messages in queues, and the signals made of it. Names are OpenTelemetry's where its conventions for
 * messaging have one (`messaging.*`); the rest follow their pattern.
 */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A message came to a queue; as a dead letter, why it died last. */
export const messageEnqueued = defineFact('message.enqueued', 'A message came to a queue', {
  queue: 'text',
  request: 'request',
  reason: 'text',
});

/** A copy was handed to a consumer. */
export const messageDelivered = defineFact('message.delivered', 'A copy was handed to a consumer', {
  queue: 'text',
  request: 'request',
  consumer: 'text',
  redelivered: 'flag',
  attempt: 'number',
  waited: 'duration',
});

/** A copy met its end in a queue: how, and by what cause. */
export const messageSettled = defineFact('message.settled', 'A copy met its end in a queue', {
  queue: 'text',
  request: 'request',
  fate: 'text',
  cause: 'text',
  attempts: 'number',
  age: 'duration',
});

/** A copy came back to its queue. */
export const messageReturned = defineFact('message.returned', 'A copy came back to its queue', {
  queue: 'text',
  request: 'request',
  cause: 'text',
  attempts: 'number',
});

/** What a queue holds has changed. */
export const queueChanged = defineReading('queue.changed', 'What a queue holds changed', {
  queue: 'text',
  ready: 'number',
  unsettled: 'number',
});

/** What is handed to consumers, by whatever keeps messages for them. */
export const deliverySignals = [
  defineSignal({
    name: 'messaging.client.consumed.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies handed to consumers, each time that one was',
    fact: messageDelivered,
  }),
  defineSignal({
    name: 'messaging.client.consumed.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Copies handed to consumers',
    fact: messageDelivered,
  }),
  defineSignal({
    name: 'messaging.queue.wait.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time that a copy had been in its queue when it was handed to a consumer',
    fact: messageDelivered,
    value: (fact) => fact.waited,
  }),
  defineSignal({
    name: 'messaging.client.redelivered.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies handed to a consumer and marked as redelivered',
    fact: messageDelivered,
    where: (fact) => fact.redelivered,
  }),
];

export const queueSignals = [
  ...deliverySignals,
  defineSignal({
    name: 'messaging.queue.acknowledged.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies acknowledged',
    fact: messageSettled,
    where: (fact) => fact.fate === 'acknowledged',
  }),
  defineSignal({
    name: 'messaging.queue.dead_lettered.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies that became dead letters: rejected, expired, over a length or a delivery limit',
    fact: messageSettled,
    where: (fact) => fact.fate === 'dead-lettered',
  }),
  defineSignal({
    name: 'messaging.queue.dropped.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies given up on purpose or by a limit, with no dead letter of them: expired ones too',
    fact: messageSettled,
    where: (fact) => fact.fate === 'dropped' || fact.fate === 'expired',
  }),
  defineSignal({
    name: 'messaging.queue.lost.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies lost against the will of everybody: by a crash, or as dead letters with nowhere to go',
    fact: messageSettled,
    where: (fact) => fact.fate === 'lost',
  }),
  defineSignal({
    name: 'messaging.queue.ready',
    kind: 'gauge',
    unit: '{message}',
    help: 'Copies that wait for a consumer, in all queues',
    fact: queueChanged,
    value: (fact) => fact.ready,
    of: (fact) => fact.queue,
  }),
  defineSignal({
    name: 'messaging.queue.unsettled',
    kind: 'gauge',
    unit: '{message}',
    help: 'Copies that consumers have and have not settled, in all queues',
    fact: queueChanged,
    value: (fact) => fact.unsettled,
    of: (fact) => fact.queue,
  }),
];

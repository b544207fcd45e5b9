/** What a NATS server tells, and the signals made of it: names after those of `nats consumer info` and `nats stream info`. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { deliverySignals } from '../../messaging/channels/facts.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** Core NATS gave a copy up, by what cause. */
export const copyLost = defineFact('nats.copy.lost', 'Core NATS lost a copy of a message', {
  client: 'text',
  request: 'request',
  cause: 'text',
});

/** A message came for which nobody was subscribed, and no stream was there to keep it. */
export const messageUnheard = defineFact('nats.message.unheard', 'A message came that nobody was subscribed to', {
  subject: 'text',
  request: 'request',
});

/** What a stream holds, and what one of its consumers has of it, changed. */
export const consumerChanged = defineReading('nats.consumer.changed', 'What a consumer has of a stream changed', {
  stream: 'text',
  consumer: 'text',
  stored: 'number',
  pending: 'number',
  unacknowledged: 'number',
});

export const natsSignals = [
  ...deliverySignals,
  defineSignal({
    name: 'nats.copies.lost',
    kind: 'counter',
    unit: '{message}',
    help: 'Copies that core NATS gave up: for a slow consumer, or with a connection, a process or the server that ended',
    fact: copyLost,
  }),
  defineSignal({
    name: 'nats.messages.unheard',
    kind: 'counter',
    unit: '{message}',
    help: 'Messages that nobody was subscribed to when they came, and no stream kept',
    fact: messageUnheard,
  }),
  defineSignal({
    name: 'nats.stream.messages',
    kind: 'gauge',
    unit: '{message}',
    help: 'Messages that a stream holds',
    fact: consumerChanged,
    value: (fact) => fact.stored,
    of: (fact) => fact.stream,
  }),
  defineSignal({
    name: 'nats.consumer.pending',
    kind: 'gauge',
    unit: '{message}',
    help: 'Messages of a stream that wait to be delivered, of all its consumers (num_pending, and those that are due again)',
    fact: consumerChanged,
    value: (fact) => fact.pending,
    of: (fact) => `${fact.stream}/${fact.consumer}`,
  }),
  defineSignal({
    name: 'nats.consumer.ack_pending',
    kind: 'gauge',
    unit: '{message}',
    help: 'Messages that were delivered and are not acknowledged, of all consumers (num_ack_pending)',
    fact: consumerChanged,
    value: (fact) => fact.unacknowledged,
    of: (fact) => `${fact.stream}/${fact.consumer}`,
  }),
];

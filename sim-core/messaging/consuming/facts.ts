/** What consumers tell of their work, whatever the broker; OpenTelemetry's names (semantic conventions for messaging). */
import { defineFact } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A consumer has worked at a message. */
export const messageProcessed = defineFact('message.processed', 'A consumer has worked at a message', {
  consumer: 'text',
  queue: 'text',
  request: 'request',
  outcome: 'text',
  duration: 'duration',
  age: 'duration',
});

/** A consumer's work at a message was broken off by the end of its process. */
export const messageBrokenOff = defineFact('message.broken_off', 'A consumer died while it worked at a message', {
  consumer: 'text',
  request: 'request',
  duration: 'duration',
});

/** How old messages are when they are handled, and what dies with its consumer. */
export const handlingSignals = [
  defineSignal({
    name: 'messaging.process.age',
    kind: 'histogram',
    unit: 's',
    help: 'Time from when a message was first sent until a consumer had worked at it',
    fact: messageProcessed,
    value: (fact) => fact.age,
  }),
  defineSignal({
    name: 'messaging.process.broken_off',
    kind: 'counter',
    unit: '{message}',
    help: 'Messages that a consumer was at work at when it died',
    fact: messageBrokenOff,
  }),
];

export const consumerSignals = [
  defineSignal({
    name: 'messaging.process.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time that consumers worked at one message',
    fact: messageProcessed,
    value: (fact) => fact.duration,
  }),
  ...handlingSignals,
];

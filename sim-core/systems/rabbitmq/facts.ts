/** What producers see of a broker, with OpenTelemetry's names (semantic conventions for messaging, 1.27 and later). */
import { defineFact } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A producer heard what became of its message: ack, nack, returned, or the call's failure. */
export const messageSent = defineFact('message.sent', 'A producer heard what became of its message', {
  broker: 'text',
  request: 'request',
  exchange: 'text',
  outcome: 'text',
  queues: 'number',
  duration: 'duration',
});

export const producerSignals = [
  defineSignal({
    name: 'messaging.client.sent.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Messages that producers sent, whatever the broker said',
    fact: messageSent,
  }),
  defineSignal({
    name: 'messaging.client.sent.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Messages that producers send, whatever the broker says',
    fact: messageSent,
  }),
  defineSignal({
    name: 'messaging.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    help: "Time from a message's departure to the broker's confirm",
    fact: messageSent,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'messaging.client.unroutable.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Messages that went to no queue: the broker confirmed them all the same, or returned them',
    fact: messageSent,
    where: (fact) => fact.queues === 0 && (fact.outcome === 'ack' || fact.outcome === 'returned'),
  }),
  defineSignal({
    name: 'messaging.client.refused.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Messages that the broker did not confirm: refused by a full queue, or the broker was away',
    fact: messageSent,
    where: (fact) => fact.outcome !== 'ack' && fact.outcome !== 'returned',
  }),
];

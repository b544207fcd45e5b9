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
    kind: 'rate',
    unit: '{message}/s',
    help: 'Messages that producers sent, whatever the broker said, a second',
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
    help: 'Messages that the broker confirmed although they went to no queue',
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

/**
 * A dead letter's own story, whatever the broker: why it died, after how many attempts, and where it came from. OpenTelemetry's
 * conventions have no name for dead letters; of a span or a log record the queue is `messaging.destination.name` and the reason
 * `error.type`.
 */
import { defineFact } from '../../kernel/fact.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';

/**
 * A message became a dead letter, of its broker or of an error handler: which queue has it now, and which had it first. Attempts are
 * its deliveries there, with those of its retry topics on Kafka.
 */
export const messageDeadLettered = defineFact('message.dead_lettered', 'A message became a dead letter', {
  queue: 'text',
  request: 'request',
  reason: 'text',
  attempts: 'number',
  origin: 'text',
});

/** The signals of what a dead-letter queue is told of each letter. */
export const deathSignals = (queue: string): SignalDefinition[] => [
  defineSignal({
    name: 'dlq.attempts',
    kind: 'histogram',
    unit: '{attempt}',
    help: 'Attempts at a message that came to nothing before it became a dead letter',
    fact: messageDeadLettered,
    where: (fact) => fact.queue === queue,
    value: (fact) => fact.attempts,
  }),
];

/**
 * What is measured of a dead-letter queue (handbook, 2.4): its depth, how fast messages enter it and why they died, the age
 * of its oldest, and what becomes of it: alerts and redrives. OpenTelemetry has no names for these: `dlq.…`.
 */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal, type SignalDefinition, type SignalThreshold } from '../../statistics/signal.ts';
import { toSeconds, type Duration } from '../../kernel/time.ts';
import { messageEnqueued } from '../channels/facts.ts';
import { deathSignals } from './facts.ts';
import type { Death } from '../channels/queue-options.ts';

/** A dead-letter queue was looked at. */
export const deadLettersObserved = defineReading('dlq.observed', 'A dead-letter queue was looked at', {
  queue: 'text',
  depth: 'number',
  oldest: 'duration',
});

/** An alert began to fire: by which of its conditions, how long after the queue was last empty, and whether the first since. */
export const deadLettersAlerted = defineFact('dlq.alerted', 'An alert of a dead-letter queue began to fire', {
  queue: 'text',
  cause: 'text',
  depth: 'number',
  after: 'duration',
  isFirst: 'flag',
});

/** A dead letter was taken out: to be tried again, or to be set aside for good. */
export const deadLetterRedriven = defineFact('dlq.redriven', 'A dead letter was taken out by a redrive', {
  queue: 'text',
  request: 'request',
  to: 'text',
  times: 'number',
  isParked: 'flag',
});

/** A dead letter could not be redriven: where it was sent is full, or is no queue. It was given back. */
export const redriveRefused = defineFact(
  'dlq.redrive_refused',
  'A dead letter could not be redriven, and was given back',
  {
    queue: 'text',
    request: 'request',
    to: 'text',
  },
);

/** A redrive stopped itself: too much of what it took out had been redriven before. */
export const redriveStopped = defineFact(
  'dlq.redrive_stopped',
  'A redrive stopped itself, since what it sends comes back',
  {
    queue: 'text',
    share: 'number',
  },
);

/** RabbitMQ's. */
const DEATHS = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const satisfies readonly Death[];

/** What somebody is alerted at: letters a second that come, nanoseconds that one has been there. */
export interface DeadLetterLimits {
  readonly rate: number;
  readonly age: Duration;
}

/** The signals of the dead-letter queue of that name, with the limits of its alert if it has one; `reasons`: to count entries by. */
export function dlqSignals(
  queue: string,
  alert?: DeadLetterLimits,
  reasons: readonly string[] = DEATHS,
): SignalDefinition[] {
  const thresholds = (value: (limits: DeadLetterLimits) => number): readonly SignalThreshold[] =>
    alert && Number.isFinite(value(alert)) ? [{ value: value(alert), label: 'alert above' }] : [];
  const isOurs = (fact: { readonly queue: string }): boolean => fact.queue === queue;
  return [
    defineSignal({
      name: 'dlq.depth',
      kind: 'gauge',
      unit: '{message}',
      help: 'Messages in the dead-letter queue',
      fact: deadLettersObserved,
      where: isOurs,
      value: (fact) => fact.depth,
      of: (fact) => fact.queue,
    }),
    defineSignal({
      name: 'dlq.oldest.age',
      kind: 'gauge',
      unit: 's',
      help: 'How long the oldest message has been in the dead-letter queue',
      fact: deadLettersObserved,
      where: isOurs,
      value: (fact) => toSeconds(fact.oldest),
      of: (fact) => fact.queue,
      thresholds: thresholds(({ age }) => toSeconds(age)),
    }),
    defineSignal({
      name: 'dlq.entries',
      kind: 'counter',
      unit: '{message}',
      help: 'Messages that came to the dead-letter queue, whatever for',
      fact: messageEnqueued,
      where: isOurs,
    }),
    defineSignal({
      name: 'dlq.entry.rate',
      kind: 'rate',
      unit: '{message}/s',
      help: 'Messages that come to the dead-letter queue, a second',
      fact: messageEnqueued,
      where: isOurs,
      thresholds: thresholds(({ rate }) => rate),
    }),
    ...reasons.map((reason) =>
      defineSignal({
        name: `dlq.entries.${reason}`,
        kind: 'counter',
        unit: '{message}',
        help: `Messages that came to the dead-letter queue with the reason ${reason}`,
        fact: messageEnqueued,
        where: (fact) => isOurs(fact) && fact.reason === reason,
      }),
    ),
    ...deathSignals(queue),
    defineSignal({
      name: 'dlq.alerts',
      kind: 'counter',
      unit: '{alert}',
      help: 'Times that an alert of the dead-letter queue began to fire',
      fact: deadLettersAlerted,
      where: isOurs,
    }),
    defineSignal({
      name: 'dlq.detection.time',
      kind: 'gauge',
      unit: 's',
      help: 'From the last look at an empty dead-letter queue to the first alert after it',
      fact: deadLettersAlerted,
      where: (fact) => isOurs(fact) && fact.isFirst,
      value: (fact) => toSeconds(fact.after),
      of: (fact) => fact.queue,
    }),
    defineSignal({
      name: 'dlq.redriven',
      kind: 'counter',
      unit: '{message}',
      help: 'Dead letters that were sent to be tried again, each time',
      fact: deadLetterRedriven,
      where: (fact) => isOurs(fact) && !fact.isParked,
    }),
    defineSignal({
      name: 'dlq.redriven.again',
      kind: 'counter',
      unit: '{message}',
      help: 'Of these, those that had been redriven before: the redrive had brought nothing',
      fact: deadLetterRedriven,
      where: (fact) => isOurs(fact) && !fact.isParked && fact.times > 1,
    }),
    defineSignal({
      name: 'dlq.parked',
      kind: 'counter',
      unit: '{message}',
      help: 'Dead letters that were redriven too often and set aside for somebody to look at',
      fact: deadLetterRedriven,
      where: (fact) => isOurs(fact) && fact.isParked,
    }),
    defineSignal({
      name: 'dlq.redrive.refusals',
      kind: 'counter',
      unit: '{refusal}',
      help: 'Times that a dead letter could not be redriven, for the queue was full or away, and was given back',
      fact: redriveRefused,
      where: isOurs,
    }),
    defineSignal({
      name: 'dlq.redrive.stops',
      kind: 'counter',
      unit: '{stop}',
      help: 'Times that a redrive stopped itself, since what it sends comes back',
      fact: redriveStopped,
      where: isOurs,
    }),
  ];
}

/** What is told of events between a database and a topic, and the signals of that. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { toSeconds } from '../../kernel/time.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import { databaseWorked } from '../../storage/relational/signals.ts';

/** An order is committed, and its event is to be published. */
export const eventCommitted = defineFact('event.committed', 'An order was committed: its event is to be published', {
  request: 'request',
  key: 'key',
});

/** A reader of the topic was given an event. */
export const eventRead = defineFact('event.read', 'A reader of the topic was given an event', {
  request: 'request',
  delay: 'duration',
  first: 'flag',
  committed: 'flag',
  late: 'flag',
});

/** A reader acted on an event. */
export const eventApplied = defineFact('event.applied', 'A reader acted on an event', {
  request: 'request',
  again: 'flag',
  remembered: 'number',
});

/** Orders without their event, and events without their order, changed in number. */
export const eventsUnmatched = defineReading(
  'event.unmatched',
  'Orders without event, or events without order, changed in number',
  {
    missing: 'number',
    invented: 'number',
  },
);

/** A transaction changed the outbox. */
export const outboxChanged = defineReading('outbox.changed', 'A transaction changed the outbox', {
  rows: 'number',
  depth: 'number',
});

/** `relay`: how the database knows the relay. */
export const outboxSignals = (relay: string): readonly SignalDefinition[] => [
  defineSignal({
    name: 'events.committed',
    kind: 'counter',
    unit: '{event}',
    help: 'Orders that were committed, each of which has an event to be published',
    fact: eventCommitted,
  }),
  defineSignal({
    name: 'events.missing',
    kind: 'gauge',
    unit: '{event}',
    help: 'Orders that are committed and whose event no reader of the topic has been given',
    fact: eventsUnmatched,
    value: (fact) => fact.missing,
    of: () => 'all',
  }),
  defineSignal({
    name: 'events.invented',
    kind: 'gauge',
    unit: '{event}',
    help: 'Events that a reader of the topic has been given and whose order is not in the database',
    fact: eventsUnmatched,
    value: (fact) => fact.invented,
    of: () => 'all',
  }),
  defineSignal({
    name: 'events.doubled',
    kind: 'counter',
    unit: '{event}',
    help: 'Events that a reader of the topic was given once more',
    fact: eventRead,
    where: (fact) => !fact.first,
  }),
  defineSignal({
    name: 'events.doubled.acted_on',
    kind: 'counter',
    unit: '{event}',
    help: 'Those of them that the reader did not know again, and acted on once more',
    fact: eventApplied,
    where: (fact) => fact.again,
  }),
  defineSignal({
    name: 'events.late',
    kind: 'counter',
    unit: '{event}',
    help: 'Events that came to the reader behind that of a later order of the same customer',
    fact: eventRead,
    where: (fact) => fact.late,
  }),
  defineSignal({
    name: 'events.delay',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the commit of an order until a reader of the topic is first given its event',
    fact: eventRead,
    where: (fact) => fact.first && fact.committed,
    value: (fact) => fact.delay,
  }),
  defineSignal({
    name: 'events.remembered',
    kind: 'gauge',
    unit: '{event}',
    help: 'Ids of events that the reader remembers, to know them again',
    fact: eventApplied,
    value: (fact) => fact.remembered,
    of: () => 'all',
  }),
  defineSignal({
    name: 'outbox.rows',
    kind: 'gauge',
    unit: '{row}',
    help: 'Rows in the outbox',
    fact: outboxChanged,
    value: (fact) => fact.rows,
    of: () => 'all',
  }),
  defineSignal({
    name: 'outbox.depth',
    kind: 'gauge',
    unit: '{row}',
    help: 'Rows in the outbox that are not marked as processed',
    fact: outboxChanged,
    value: (fact) => fact.depth,
    of: () => 'all',
  }),
  defineSignal({
    name: 'db.cpu.busy.relay',
    kind: 'rate',
    unit: '{cpu}',
    help: 'Processors of the database that the relay gave work: its queries, or decoding the log for it',
    fact: databaseWorked,
    where: (fact) => fact.application === relay,
    amount: (fact) => toSeconds(fact.demand),
  }),
];

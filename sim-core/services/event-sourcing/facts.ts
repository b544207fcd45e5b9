/** What is told of event stores, of who loads aggregates from them, and of projections; and the signals of that. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** Events were appended to a stream; `version` is that of the last one. */
export const eventsAppended = defineFact('event_store.appended', 'Events were appended to a stream', {
  store: 'text',
  request: 'request',
  stream: 'key',
  version: 'number',
  position: 'number',
});

/** An append was refused: the stream was at `actual`, and not where its writer had seen it. */
export const appendConflicted = defineFact(
  'event_store.conflict',
  'An append was refused because the stream had moved on',
  {
    store: 'text',
    request: 'request',
    stream: 'key',
    expected: 'number',
    actual: 'number',
  },
);

/** An aggregate was loaded: `events` were read and folded, from a snapshot on if there was one; `past`: as it once was. */
export const aggregateLoaded = defineFact('aggregate.loaded', 'An aggregate was loaded from its events', {
  service: 'text',
  request: 'request',
  stream: 'key',
  events: 'number',
  snapshot: 'flag',
  past: 'flag',
  duration: 'duration',
});

/** A command ended. `attempts`: loads that it took; `outdated`: what it appended was decided on a state that was not the last. */
export const commandHandled = defineFact('aggregate.command', 'A command on an aggregate ended', {
  service: 'text',
  request: 'request',
  stream: 'key',
  outcome: 'text',
  attempts: 'number',
  outdated: 'flag',
});

/** A projection was given an event. `rebuild`: of a model that is not served yet, or built anew; `lag`: since its commit. */
export const eventProjected = defineFact('projection.event', 'A projection was given an event', {
  table: 'text',
  stream: 'key',
  outcome: 'text',
  rebuild: 'flag',
  lag: 'duration',
});

/** A projection was built anew; `duration`: from the first event until it had caught up. */
export const projectionRebuilt = defineFact('projection.rebuilt', 'A projection was built anew and has caught up', {
  table: 'text',
  events: 'number',
  duration: 'duration',
});

/** A read that waited for an event has its answer: the event came, or the reader waited no longer. */
export const readWaited = defineFact('read_model.waited', 'A read that waited for an event has its answer', {
  store: 'text',
  request: 'request',
  outcome: 'text',
  duration: 'duration',
});

/** How far the log is, and, below 0, how far the projection that is read is in it: together, how many events it is behind. */
export const projectionBehind = defineReading('projection.behind', 'The log or its projection has got further', {
  who: 'text',
  position: 'number',
});

export const eventStoreSignals = [
  defineSignal({
    name: 'event_store.appends',
    kind: 'counter',
    unit: '{append}',
    help: 'Appends that were committed',
    fact: eventsAppended,
  }),
  defineSignal({
    name: 'event_store.head',
    kind: 'gauge',
    unit: '{event}',
    help: 'Events in the log',
    fact: eventsAppended,
    value: (fact) => fact.position,
    of: (fact) => fact.store,
  }),
  defineSignal({
    name: 'event_store.conflicts',
    kind: 'counter',
    unit: '{append}',
    help: 'Appends that were refused because the stream had moved on since it was read',
    fact: appendConflicted,
  }),
];

export const aggregateSignals = [
  defineSignal({
    name: 'aggregate.load.events',
    kind: 'histogram',
    unit: '{event}',
    help: 'Events that were read and folded to load aggregates as they are',
    fact: aggregateLoaded,
    where: (fact) => !fact.past,
    value: (fact) => fact.events,
  }),
  defineSignal({
    name: 'aggregate.load.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time to load aggregates as they are: their events read from the store, and folded',
    fact: aggregateLoaded,
    where: (fact) => !fact.past,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'aggregate.load_past.events',
    kind: 'histogram',
    unit: '{event}',
    help: 'Events that were read and folded to load an aggregate as it was at a time in the past',
    fact: aggregateLoaded,
    where: (fact) => fact.past,
    value: (fact) => fact.events,
  }),
  defineSignal({
    name: 'aggregate.commands.outdated',
    kind: 'counter',
    unit: '{command}',
    help: 'Commands whose events were appended though they were decided on a state that was not the last',
    fact: commandHandled,
    where: (fact) => fact.outdated,
  }),
  defineSignal({
    name: 'aggregate.commands.given_up',
    kind: 'counter',
    unit: '{command}',
    help: 'Commands that were given up after as many conflicts as a command may have',
    fact: commandHandled,
    where: (fact) => fact.outcome === 'conflict',
  }),
  defineSignal({
    name: 'aggregate.commands.unreadable',
    kind: 'counter',
    unit: '{command}',
    help: 'Commands that failed because an event of the aggregate could not be decoded',
    fact: commandHandled,
    where: (fact) => fact.outcome === 'unreadable',
  }),
];

export const projectionSignals = [
  defineSignal({
    name: 'projection.lag',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the commit of an event to its being applied to the read model, but for one that is being built anew',
    fact: eventProjected,
    where: (fact) => fact.outcome === 'applied' && !fact.rebuild,
    value: (fact) => fact.lag,
  }),
  defineSignal({
    name: 'projection.events',
    kind: 'counter',
    unit: '{event}',
    help: 'Events applied to read models, those of rebuilding included',
    fact: eventProjected,
    where: (fact) => fact.outcome === 'applied',
  }),
  defineSignal({
    name: 'projection.repetitions',
    kind: 'counter',
    unit: '{event}',
    help: 'Events that came again and were left out, because they had been applied',
    fact: eventProjected,
    where: (fact) => fact.outcome === 'repeated',
  }),
  defineSignal({
    name: 'projection.behind',
    kind: 'gauge',
    unit: '{event}',
    help: 'Events in the log that read models do not know of yet, those of all together',
    fact: projectionBehind,
    value: (fact) => fact.position,
    of: (fact) => fact.who,
  }),
  defineSignal({
    name: 'projection.rebuild.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time to build a read model anew, from the first event until it has caught up',
    fact: projectionRebuilt,
    value: (fact) => fact.duration,
  }),
];

export const readStoreSignals = [
  defineSignal({
    name: 'read_model.wait.duration',
    kind: 'histogram',
    unit: 's',
    help: 'How long reads waited that asked for an event which the read model did not have',
    fact: readWaited,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'read_model.waits.timed_out',
    kind: 'counter',
    unit: '{read}',
    help: 'Reads that waited for an event as long as they may and were refused',
    fact: readWaited,
    where: (fact) => fact.outcome === 'timeout',
  }),
];

/** What is told of a stream and its groups, and the signals that are made of it. */
import { defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** What a stream holds, and what a group of its readers has of it, changed. */
export const streamChanged = defineReading('redis.stream.changed', 'What a group has of a stream changed', {
  stream: 'text',
  group: 'text',
  length: 'number',
  pending: 'number',
  unread: 'number',
});

export const streamSignals = [
  defineSignal({
    name: 'redis.stream.length',
    kind: 'gauge',
    unit: '{entry}',
    help: 'Entries that a stream holds, whether they were read or not (XLEN)',
    fact: streamChanged,
    value: (fact) => fact.length,
    of: (fact) => fact.stream,
  }),
  defineSignal({
    name: 'redis.stream.pending',
    kind: 'gauge',
    unit: '{entry}',
    help: 'Entries that were given to a consumer and are not acknowledged, in all groups (XPENDING)',
    fact: streamChanged,
    value: (fact) => fact.pending,
    of: (fact) => fact.group,
  }),
  defineSignal({
    name: 'redis.stream.lag',
    kind: 'gauge',
    unit: '{entry}',
    help: 'Entries that were given to nobody yet, in all groups (lag of XINFO GROUPS)',
    fact: streamChanged,
    value: (fact) => fact.unread,
    of: (fact) => fact.group,
  }),
];

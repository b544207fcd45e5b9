/** What is told of log records on their way, by the experimenter: written, left out, lost, stored. */
import { defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A process wrote a record: a line of text, which may have newlines in it. */
export const logWritten = defineReading('log.written', 'A process wrote a log record', {
  process: 'text',
  severity: 'text',
  request: 'request',
  bytes: 'number',
});

/**
 * Records will never be read by anybody: `sampled out` and `rate limit` by the logger's rules; `rotated away` before they were
 * read, `refused` for good by whoever should have taken them.
 */
export const logDropped = defineReading('log.dropped', 'Log records were left out, or lost', {
  process: 'text',
  reason: 'text',
  records: 'number',
});

/** A store has a record. */
export const logStored = defineReading('log.stored', 'A store took in a log record', {
  severity: 'text',
  bytes: 'number',
});

/** What a store has of what it took in: less what it deleted since. */
export const logsKept = defineReading('log.kept', 'A store of logs took lines in, or deleted some', {
  store: 'text',
  bytes: 'number',
});

/** What the logger leaves out by its rules, which is no loss. */
const BY_RULE = ['sampled out', 'rate limit'];
export type LogDropReason = 'sampled out' | 'rate limit' | 'rotated away' | 'refused';

export const loggerSignals = [
  defineSignal({
    name: 'log.written.rate',
    kind: 'rate',
    unit: '{record}/s',
    help: 'Log records that processes write a second',
    fact: logWritten,
  }),
  defineSignal({
    name: 'log.written.bytes',
    kind: 'rate',
    unit: 'By/s',
    help: 'Size of the lines that processes write a second',
    fact: logWritten,
    amount: ({ bytes }) => bytes,
  }),
  defineSignal({
    name: 'log.dropped.by_rule',
    kind: 'counter',
    unit: '{record}',
    help: 'Log records left out by the rules of the loggers: sampled out, or more than their rate limit',
    fact: logDropped,
    where: ({ reason }) => BY_RULE.includes(reason),
    amount: ({ records }) => records,
  }),
];

export const logShippingSignals = [
  defineSignal({
    name: 'log.lost',
    kind: 'counter',
    unit: '{line}',
    help: 'Lines lost on their way: rotated away before they were read, or refused for good',
    fact: logDropped,
    where: ({ reason }) => !BY_RULE.includes(reason),
    amount: ({ records }) => records,
  }),
];

const SECONDS_A_DAY = 86_400;
const GIGABYTE = 1e9;

export const logStoreSignals = [
  defineSignal({
    name: 'log.stored.volume',
    kind: 'rate',
    unit: 'GBy/d',
    help: 'Lines that come into the store, as gigabytes a day',
    fact: logStored,
    amount: ({ bytes }) => (bytes * SECONDS_A_DAY) / GIGABYTE,
  }),
  defineSignal({
    name: 'log.stored.lines',
    kind: 'counter',
    unit: '{line}',
    help: 'Lines that came into the store, doubles included',
    fact: logStored,
  }),
  defineSignal({
    name: 'log.store.size',
    kind: 'gauge',
    unit: 'By',
    help: 'Bytes of lines that the store has, less what it has deleted',
    fact: logsKept,
    value: ({ bytes }) => bytes,
    of: ({ store }) => store,
  }),
];

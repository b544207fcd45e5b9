/** What stream threads say of themselves: the facts, and the signals that are made of them. */
import { defineFact, defineReading, type Fact } from '../../../kernel/fact.ts';
import { defineSignal } from '../../../statistics/signal.ts';

/** A thread has ended a commit interval: what it wrote in it is kept, or is to be written again. */
export const intervalSettled = defineFact('kafka.streams.settled', 'A stream thread has committed, or could not', {
  thread: 'text',
  isKept: 'flag',
  records: 'number',
  output: 'number',
  changelog: 'number',
  duration: 'duration',
});

/** A task may go on: its stores are there. */
export const taskRestored = defineFact('kafka.streams.restored', 'The stores of a task were restored', {
  thread: 'text',
  task: 'text',
  records: 'number',
  duration: 'duration',
});

/** A standby has read on in the changelogs of its task. */
export const standbyUpdated = defineFact('kafka.streams.standby', 'A standby task was brought up to date', {
  thread: 'text',
  task: 'text',
  records: 'number',
});

/** A record was left out. */
export const streamRecordDropped = defineFact('kafka.streams.dropped', 'A stream task left a record out', {
  task: 'text',
  request: 'request',
  reason: 'text',
});

/** How far a task is, whenever its thread has polled. */
export const taskAdvanced = defineReading('kafka.streams.task', 'A stream task was looked at', {
  task: 'text',
  entries: 'number',
  behind: 'duration',
});

/** The tasks of a thread that wait for their stores. */
export const tasksRestoring = defineReading('kafka.streams.restoring', 'The tasks that wait for their stores changed', {
  thread: 'text',
  tasks: 'number',
});

type Settled = Fact<typeof intervalSettled>;
type Restored = Fact<typeof taskRestored>;
type Advanced = Fact<typeof taskAdvanced>;
type Restoring = Fact<typeof tasksRestoring>;
type Updated = Fact<typeof standbyUpdated>;

export const streamsSignals = [
  defineSignal({
    name: 'kafka.streams.commits',
    kind: 'counter',
    unit: '{commit}',
    help: 'Commit intervals of stream threads whose work is kept',
    fact: intervalSettled,
    where: (fact: Settled) => fact.isKept,
  }),
  defineSignal({
    name: 'kafka.streams.commit.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time for which a thread stands still to commit: all that it wrote is acknowledged, and how far it is is kept',
    fact: intervalSettled,
    value: (fact: Settled) => fact.duration,
  }),
  defineSignal({
    name: 'kafka.streams.output.records',
    kind: 'counter',
    unit: '{record}',
    help: 'Records that tasks wrote to output topics and that are kept, each time that one was',
    fact: intervalSettled,
    where: (fact: Settled) => fact.isKept,
    amount: (fact: Settled) => fact.output,
  }),
  defineSignal({
    name: 'kafka.streams.changelog.records',
    kind: 'counter',
    unit: '{record}',
    help: 'Changes of stores that tasks wrote to changelogs and that are kept',
    fact: intervalSettled,
    where: (fact: Settled) => fact.isKept,
    amount: (fact: Settled) => fact.changelog,
  }),
  defineSignal({
    name: 'kafka.streams.restored.records',
    kind: 'counter',
    unit: '{record}',
    help: 'Records of changelogs that were read to restore stores',
    fact: taskRestored,
    amount: (fact: Restored) => fact.records,
  }),
  defineSignal({
    name: 'kafka.streams.restore.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the moment at which a thread is given a task to the one at which its stores are restored',
    fact: taskRestored,
    value: (fact: Restored) => fact.duration,
  }),
  defineSignal({
    name: 'kafka.streams.standby.records',
    kind: 'counter',
    unit: '{record}',
    help: 'Records of changelogs that standby tasks have read to keep stores of other threads’ tasks',
    fact: standbyUpdated,
    amount: (fact: Updated) => fact.records,
  }),
  defineSignal({
    name: 'kafka.streams.tasks.restoring',
    kind: 'gauge',
    unit: '{task}',
    help: 'Tasks that wait for their stores to be restored',
    fact: tasksRestoring,
    value: (fact: Restoring) => fact.tasks,
    of: (fact: Restoring) => fact.thread,
  }),
  defineSignal({
    name: 'kafka.streams.dropped.records',
    kind: 'counter',
    unit: '{record}',
    help: 'Records that tasks left out: too late, once for each window that was closed, or without a key or a value to be counted by',
    fact: streamRecordDropped,
  }),
  defineSignal({
    name: 'kafka.streams.state.entries',
    kind: 'gauge',
    unit: '{entry}',
    help: 'Entries in the stores of all tasks, as each was seen last',
    fact: taskAdvanced,
    value: (fact: Advanced) => fact.entries,
    of: (fact: Advanced) => fact.task,
  }),
  defineSignal({
    name: 'kafka.streams.stream_time.delay',
    kind: 'histogram',
    unit: 's',
    help: 'How far the largest time that a task has read is behind the clock when it has processed a poll: the delay of its watermark, whatever its operators leave out',
    fact: taskAdvanced,
    value: (fact: Advanced) => fact.behind,
  }),
];

/** What a relational database tells beside its queries: who had it work, how transactions ended, and its log. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { toSeconds } from '../../kernel/time.ts';
import { defineSignal, type SignalDefinition } from '../../statistics/signal.ts';
import { databaseSignals } from '../database-signals.ts';

/** Its processors were given work by somebody: `demand` of one of them. */
export const databaseWorked = defineReading('db.worked', 'Somebody gave the processors of the database work', {
  database: 'text',
  application: 'text',
  demand: 'duration',
});

/** A transaction that had written something ended. */
export const transactionEnded = defineFact('db.transaction.ended', 'A transaction that had written something ended', {
  database: 'text',
  request: 'request',
  application: 'text',
  outcome: 'text',
});

/** The log grew, or was recycled: bytes of it that are kept, and those that are kept for who reads it. */
export const logChanged = defineReading('db.log.changed', 'The write-ahead log grew or was recycled', {
  database: 'text',
  kept: 'number',
  retained: 'number',
});

export const relationalSignals: readonly SignalDefinition[] = [
  ...databaseSignals,
  defineSignal({
    name: 'db.cpu.busy',
    kind: 'rate',
    unit: '{cpu}',
    help: 'Processors of the database that it was given work for, in the mean',
    fact: databaseWorked,
    amount: (fact) => toSeconds(fact.demand),
  }),
  defineSignal({
    name: 'db.transactions.rolled_back',
    kind: 'counter',
    unit: '{transaction}',
    help: 'Transactions that had written something and were rolled back',
    fact: transactionEnded,
    where: (fact) => fact.outcome !== 'committed',
  }),
  defineSignal({
    name: 'db.wal.size',
    kind: 'gauge',
    unit: 'By',
    help: 'Bytes of the write-ahead log that are kept',
    fact: logChanged,
    value: (fact) => fact.kept,
    of: (fact) => fact.database,
  }),
  defineSignal({
    name: 'db.wal.retained',
    kind: 'gauge',
    unit: 'By',
    help: 'Those of them that are kept for who reads the log and for nothing else',
    fact: logChanged,
    value: (fact) => fact.retained,
    of: (fact) => fact.database,
  }),
];

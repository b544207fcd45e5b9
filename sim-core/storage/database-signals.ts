/** What is told of a database: queries as they come and are answered, writes as they end, its pool; and the signals of that. */
import { defineFact, defineReading } from '../kernel/fact.ts';
import { defineSignal } from '../statistics/signal.ts';

/** A query arrived at the database: it names so many `rows`, statements or events, of which `key` is the first. */
export const databaseQueried = defineFact('db.queried', 'A query arrived at the database', {
  database: 'text',
  request: 'request',
  operation: 'text',
  key: 'key',
  rows: 'number',
});

/** A query was answered; `waited` of its `duration` went by before it had a connection. */
export const databaseAnswered = defineFact('db.answered', 'A query was answered or refused', {
  database: 'text',
  request: 'request',
  operation: 'text',
  key: 'key',
  rows: 'number',
  outcome: 'text',
  waited: 'duration',
  duration: 'duration',
});

/** A row was written: `committed`, or its transaction was `rolled back`, or it had `nothing written`. */
export const databaseWritten = defineFact('db.written', 'A write was committed or taken back', {
  database: 'text',
  key: 'key',
  outcome: 'text',
});

/** Connections in use, or queries waiting for one, changed. */
export const databasePool = defineReading('db.pool', 'Connections in use, or queries waiting for one, changed', {
  database: 'text',
  used: 'number',
  pending: 'number',
});

export const databaseSignals = [
  defineSignal({
    name: 'db.client.operation.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Queries arriving at the database',
    fact: databaseQueried,
  }),
  defineSignal({
    name: 'db.client.operations',
    kind: 'counter',
    unit: '{operation}',
    help: 'Queries that arrived at the database',
    fact: databaseQueried,
  }),
  defineSignal({
    name: 'db.client.operation.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the arrival of a query to its answer, waiting for a connection included',
    fact: databaseAnswered,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'db.client.connection.count',
    kind: 'gauge',
    unit: '{connection}',
    help: 'Connections in use',
    fact: databasePool,
    value: (fact) => fact.used,
    of: (fact) => fact.database,
  }),
  defineSignal({
    name: 'db.client.connection.pending_requests',
    kind: 'gauge',
    unit: '{request}',
    help: 'Queries waiting for a connection',
    fact: databasePool,
    value: (fact) => fact.pending,
    of: (fact) => fact.database,
  }),
  defineSignal({
    name: 'db.client.operations.refused',
    kind: 'counter',
    unit: '{operation}',
    help: 'Queries refused because too many waited for a connection',
    fact: databaseAnswered,
    where: (fact) => fact.outcome === 'overloaded',
  }),
  defineSignal({
    name: 'db.client.operations.failed',
    kind: 'counter',
    unit: '{operation}',
    help: 'Queries that the database worked at and then failed',
    fact: databaseAnswered,
    where: (fact) => fact.outcome === 'error',
  }),
];

/** How a write can end. */
export type WriteOutcome = 'committed' | 'rolled back' | 'nothing written';

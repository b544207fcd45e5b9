/** What becomes of orders and of deployments: facts, and the signals made of them. */
import { defineFact, defineSignal } from '../../../sim-core/index.ts';

/** A consumer took a record. */
export const orderConsumed = defineFact('order.consumed', 'A consumer took a record of an order', {
  request: 'request',
  outcome: 'text',
  reason: 'text',
  bytes: 'number',
  age: 'duration',
});

/** A step of a rollout. */
export const schemaDeployed = defineFact('schema.deployed', 'A version of the schema was deployed, or was not', {
  change: 'text',
  outcome: 'text',
  reason: 'text',
});

export const READ = 'orders.read';
export const FAILED = 'orders.failed';
export const MISREAD = 'orders.misread';
export const FAILED_RATE = 'orders.failed.rate';
export const MISREAD_RATE = 'orders.misread.rate';
export const REFUSED = 'schema.deployments.refused';
export const DEPLOYED = 'schema.deployments.done';
export const SIZE = 'messaging.message.body.size';
export const AGE = 'orders.age';

export const schemaSignals = [
  defineSignal({
    name: READ,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders read as they were meant',
    fact: orderConsumed,
    where: (fact) => fact.outcome === 'read',
  }),
  defineSignal({
    name: FAILED,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders that were not decoded and are set aside',
    fact: orderConsumed,
    where: (fact) => fact.outcome === 'failed',
  }),
  defineSignal({
    name: MISREAD,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders read without an error as something else than was meant',
    fact: orderConsumed,
    where: (fact) => fact.outcome === 'misread',
  }),
  defineSignal({
    name: FAILED_RATE,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders a second that were not decoded',
    fact: orderConsumed,
    where: (fact) => fact.outcome === 'failed',
  }),
  defineSignal({
    name: MISREAD_RATE,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders a second read without an error as something else than was meant',
    fact: orderConsumed,
    where: (fact) => fact.outcome === 'misread',
  }),
  defineSignal({
    name: REFUSED,
    kind: 'counter',
    unit: '{deployment}',
    help: 'Deployments that the registry or the linter refused, or that a failing registry stopped',
    fact: schemaDeployed,
    where: (fact) => fact.outcome === 'refused',
  }),
  defineSignal({
    name: DEPLOYED,
    kind: 'counter',
    unit: '{deployment}',
    help: 'Sides, producers or consumers, that have begun to use a new version',
    fact: schemaDeployed,
    where: (fact) => fact.outcome !== 'refused',
  }),
  defineSignal({
    name: SIZE,
    kind: 'histogram',
    unit: 'By',
    help: 'Size of a record, with the id of its schema',
    fact: orderConsumed,
    value: (fact) => fact.bytes,
  }),
  defineSignal({
    name: AGE,
    kind: 'histogram',
    unit: 's',
    help: 'Time from the append of a record to the moment when the consumer is done with it',
    fact: orderConsumed,
    value: (fact) => fact.age,
  }),
];

/** What becomes of orders and of deployments: facts, and the signals made of them. */
import { defineFact, defineSignal, type Fact } from '../../../sim-core/index.ts';

/** A consumer took a record. */
export const orderConsumed = defineFact('order.consumed', 'A consumer took a record of an order', {
  request: 'request',
  reader: 'text',
  outcome: 'text',
  reason: 'text',
  bytes: 'number',
  age: 'duration',
});

/** The application that is there all along, and the one that comes late and reads all from the start. */
export const BILLING = 'billing';
export const REPORTS = 'reports';

const billing =
  (outcome: string) =>
  (fact: Fact<typeof orderConsumed>): boolean =>
    fact.reader === BILLING && fact.outcome === outcome;
const replayed =
  (outcome: string) =>
  (fact: Fact<typeof orderConsumed>): boolean =>
    fact.reader === REPORTS && fact.outcome === outcome;

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
export const REPLAYED = 'orders.replayed.read';
export const REPLAY_FAILED = 'orders.replayed.failed';
export const REPLAY_MISREAD = 'orders.replayed.misread';
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
    where: billing('read'),
  }),
  defineSignal({
    name: FAILED,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders that were not decoded and are set aside',
    fact: orderConsumed,
    where: billing('failed'),
  }),
  defineSignal({
    name: MISREAD,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders read without an error as something else than was meant',
    fact: orderConsumed,
    where: billing('misread'),
  }),
  defineSignal({
    name: FAILED_RATE,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders a second that were not decoded',
    fact: orderConsumed,
    where: billing('failed'),
  }),
  defineSignal({
    name: MISREAD_RATE,
    kind: 'rate',
    unit: '1/s',
    help: 'Orders a second read without an error as something else than was meant',
    fact: orderConsumed,
    where: billing('misread'),
  }),
  defineSignal({
    name: REPLAYED,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders that the group which began at the start of the topic read as they were meant',
    fact: orderConsumed,
    where: replayed('read'),
  }),
  defineSignal({
    name: REPLAY_FAILED,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders that the group which began at the start of the topic could not decode',
    fact: orderConsumed,
    where: replayed('failed'),
  }),
  defineSignal({
    name: REPLAY_MISREAD,
    kind: 'counter',
    unit: '{order}',
    help: 'Orders that the group which began at the start of the topic read as something else than was meant',
    fact: orderConsumed,
    where: replayed('misread'),
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
    where: (fact) => fact.reader === BILLING,
    value: (fact) => fact.bytes,
  }),
  defineSignal({
    name: AGE,
    kind: 'histogram',
    unit: 's',
    help: 'Time from when the producer took a record to the moment when billing is done with it',
    fact: orderConsumed,
    where: (fact) => fact.reader === BILLING,
    value: (fact) => fact.age,
  }),
];

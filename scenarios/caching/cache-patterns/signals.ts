/** Reads and writes apart: what users feel of each, and what of each reaches the store. */
import {
  cacheDeleted,
  cacheLookup,
  databaseQueried,
  defineSignal,
  requestCompleted,
  rowReturned,
} from '../../../sim-core/index.ts';

export const READERS = 'readers';
export const WRITERS = 'writers';

/** The hottest keys, which every pattern is meant to keep. */
export const HOT_KEYS = 10;

export const READ = 'http.client.request.duration.read';
export const HOT_READ = 'http.client.request.duration.read.hot';
export const WRITE = 'http.client.request.duration.write';
export const STORE_READS = 'db.client.operation.rate.read';
export const STORE_WRITES = 'db.client.operation.rate.write';
export const HOT_MISSES = 'cache.misses.hot';
export const HOT_STALENESS = 'read.staleness.hot';
export const DELETIONS = 'cache.deletions';

export const patternSignals = [
  defineSignal({
    name: READ,
    kind: 'histogram',
    unit: 's',
    help: 'Time from sending a read to its answer',
    fact: requestCompleted,
    where: (fact) => fact.client === READERS,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: HOT_READ,
    kind: 'histogram',
    unit: 's',
    help: `Time from sending a read of the ${HOT_KEYS} hottest keys to its answer`,
    fact: requestCompleted,
    where: (fact) => fact.client === READERS && fact.key < HOT_KEYS,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: WRITE,
    kind: 'histogram',
    unit: 's',
    help: 'Time from sending a write to its acknowledgement',
    fact: requestCompleted,
    where: (fact) => fact.client === WRITERS,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: STORE_READS,
    kind: 'rate',
    unit: '1/s',
    help: 'Reads arriving at the database',
    fact: databaseQueried,
    where: (fact) => fact.operation === 'read',
  }),
  defineSignal({
    name: STORE_WRITES,
    kind: 'rate',
    unit: '1/s',
    help: 'Writes arriving at the database, a batch being one',
    fact: databaseQueried,
    where: (fact) => fact.operation === 'write',
  }),
  defineSignal({
    name: HOT_MISSES,
    kind: 'counter',
    unit: '{lookup}',
    help: `Lookups of the ${HOT_KEYS} hottest keys that found nothing to serve: somebody waits for the store`,
    fact: cacheLookup,
    where: (fact) => fact.key < HOT_KEYS && fact.outcome !== 'hit' && fact.outcome !== 'stale',
  }),
  defineSignal({
    name: HOT_STALENESS,
    kind: 'histogram',
    unit: 's',
    help: `Of the ${HOT_KEYS} hottest keys: how long ago the value of a stale read had been replaced when the read was sent`,
    fact: rowReturned,
    where: (fact) => fact.key < HOT_KEYS && fact.behind > 0,
    value: (fact) => fact.age,
  }),
  defineSignal({
    name: DELETIONS,
    kind: 'counter',
    unit: '{entry}',
    help: 'Entries that a write took out: the next reader of the key waits for the store',
    fact: cacheDeleted,
  }),
];

/** The parameters of negative caching. */
import { choice, duration, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';
import { databaseParams, instanceParams } from '../application/params.ts';

/** What keeps lookups of keys without a row from the store. */
export const KEEPERS = ['none', 'negative-cache', 'bloom-filter', 'cuckoo-filter'] as const;

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 1000, min: 1, max: 20_000, logarithmic: true }),
  absentShare: share({
    help: 'Share of the requests that ask for keys without a row at the start',
    default: 0.4,
    min: 0,
    max: 1,
  }),
  absentKeys: integer({ help: 'Such keys', default: 200, min: 1, max: 10_000, logarithmic: true }),
  creations: rate({ help: 'Keys of these that get their row', default: 3, min: 0.01, max: 100, logarithmic: true }),
  keys: integer({ help: 'Keys that have a row all along', default: 500, min: 1, max: 10_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of both: 0 asks for all alike', default: 0.8, min: 0, max: 3 }),
  keeper: choice({
    help: 'What keeps lookups of keys without a row from the store',
    default: 'none',
    choices: KEEPERS,
  }),
  absenceTtl: duration({
    help: 'Negative cache: how long it is kept that a key has no row',
    default: s(2),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  falsePositives: share({
    help: 'Filter: share of keys without a row that it may let through',
    default: 0.01,
    min: 0.0005,
    max: 0.5,
  }),
  copyEvery: duration({
    help: 'Filter: age at which an instance replaces its copy',
    default: s(5),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  ttl: duration({
    help: 'Time to live of a row in the cache',
    default: s(10),
    min: ms(100),
    max: s(600),
    logarithmic: true,
  }),
  capacity: integer({
    help: 'Entries that the cache holds',
    default: 10_000,
    min: 1,
    max: 2_000_000,
    logarithmic: true,
  }),
  ...instanceParams,
  ...databaseParams({ loadTime: ms(10), cores: 5 }),
  length: duration({ help: 'Simulated time', default: s(30), min: s(6), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

/** The parameters of the page of many items: what its sliders and `--set` take. */
import {
  choice,
  duration,
  integer,
  keyLoaders,
  ms,
  number,
  rate,
  s,
  us,
  type KeyLoaderName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Pages that all users ask for', default: 400, min: 1, max: 2000, logarithmic: true }),
  items: integer({ help: 'Items of a page', default: 12, min: 1, max: 100, logarithmic: true }),
  loader: choice({
    help: 'How items that are not in the cache are read from the store',
    default: 'per-key',
    choices: Object.keys(keyLoaders) as KeyLoaderName[],
  }),
  loads: choice({
    help: 'Whether the items of a page are loaded one after the other or all at once',
    default: 'one-after-the-other',
    choices: ['one-after-the-other', 'all-at-once'],
  }),
  keys: integer({ help: 'Items that there are', default: 10_000, min: 200, max: 20_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the items: 0 shows all alike', default: 0.8, min: 0, max: 1 }),
  ttl: duration({
    help: 'Time to live of an item in the cache',
    default: s(5),
    min: ms(100),
    max: s(600),
    logarithmic: true,
  }),
  distance: duration({
    help: 'Mean time of a message between the application and the database',
    default: ms(0.5),
    min: us(10),
    max: ms(100),
    logarithmic: true,
  }),
  queryTime: duration({
    help: 'Mean processor time of a query for one row',
    default: ms(2),
    min: us(10),
    max: s(1),
    logarithmic: true,
  }),
  rowTime: duration({
    help: 'Processor time of each further row of a query',
    default: us(200),
    min: 0,
    max: ms(100),
  }),
  cores: integer({ help: 'Processors of the database', default: 8, min: 1, max: 128 }),
  connections: integer({ help: 'Connections of the database', default: 100, min: 1, max: 2000, logarithmic: true }),
  concurrency: integer({ help: 'Pages that the application works at at once', default: 400, min: 1, max: 10_000 }),
  timeout: duration({ help: 'How long a user waits', default: s(1), min: ms(10), max: s(60), logarithmic: true }),
  length: duration({ help: 'Simulated time', default: s(14), min: s(7), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

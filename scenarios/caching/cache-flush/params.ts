/** The parameters of the cache flush. */
import { choice, duration, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';
import { databaseParams, instanceParams } from '../application/params.ts';

/** What happens to the cache, and what is done about it. */
export const EVENTS = ['flush-all', 'node-loss-modulo', 'node-loss-consistent-hash', 'warm-up', 'load-cap'] as const;

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 1000, min: 1, max: 20_000, logarithmic: true }),
  event: choice({
    help: 'What happens to the cache, and what is done about it',
    default: 'flush-all',
    choices: EVENTS,
    worlds: [
      ['flush-all', 'warm-up', 'load-cap'],
      ['node-loss-modulo', 'node-loss-consistent-hash'],
    ],
  }),
  at: duration({ help: 'When it happens', default: s(8), min: s(5), max: s(3600) }),
  shards: integer({ help: 'Shards of the cache', default: 5, min: 2, max: 16 }),
  detection: duration({ help: 'Node loss: time until clients have another map', default: s(0.5), min: 0, max: s(60) }),
  warmers: integer({ help: 'Warm-up: keys that are loaded into the new cache at once', default: 3, min: 1, max: 1000 }),
  warmFor: duration({
    help: 'Warm-up: how long, before users are sent there',
    default: s(10),
    min: s(0.1),
    max: s(600),
  }),
  loadsMax: integer({ help: 'Load cap: loads and waits for loads in an instance', default: 2, min: 1, max: 1000 }),
  hitRatioLeast: share({ help: 'Alert: least hit ratio of a second', default: 0.8, min: 0, max: 1 }),
  alertFor: duration({
    help: 'Alert: how long the hit ratio is below that before it fires',
    default: s(1.5),
    min: 0,
    max: s(600),
  }),
  keys: integer({
    help: 'Keys, all in the cache at the start',
    default: 3000,
    min: 10,
    max: 10_000,
    logarithmic: true,
  }),
  exponent: number({ help: 'Zipf’s exponent of the keys: 0 asks for all alike', default: 0.8, min: 0, max: 3 }),
  ttl: duration({ help: 'Time to live of an entry', default: s(600), min: s(60), max: s(86_400), logarithmic: true }),
  ...instanceParams,
  concurrency: integer({ help: 'Requests that an instance works at at once', default: 100, min: 1, max: 10_000 }),
  ...databaseParams({ loadTime: ms(20), cores: 4 }),
  length: duration({ help: 'Simulated time', default: s(26), min: s(6), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

/** The parameters of the hot key. */
import {
  choice,
  duration,
  integer,
  ms,
  number,
  rate,
  s,
  share,
  shardMaps,
  us,
  type ShardMapName,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { databaseParams, instanceParams } from '../application/params.ts';

/** What is done about the hot key. */
export const MEASURES = [
  'none',
  'key-replication',
  'local-cache',
  'lease',
  'negative-filter',
  'write-throttle',
  'shuffle-shard',
] as const;

export const params = {
  rate: rate({ help: 'Requests of the users, by Zipf’s law', default: 800, min: 1, max: 20_000, logarithmic: true }),
  crowd: rate({
    help: 'Requests of the crowd, all for the hot key',
    default: 1200,
    min: 1,
    max: 20_000,
    logarithmic: true,
  }),
  crowdAt: duration({ help: 'When the crowd comes', default: s(6), min: s(0), max: s(3600) }),
  writes: rate({ help: 'Writes of the hot key', default: 20, min: 0.1, max: 200, logarithmic: true }),
  measure: choice({ help: 'What is done about the hot key', default: 'none', choices: MEASURES }),
  shards: integer({ help: 'Shards of the cache, of one thread each', of: 'design', default: 8, min: 2, max: 32 }),
  sharding: choice({
    help: 'Which shard has a key',
    of: 'design',
    default: 'slot-map',
    choices: Object.keys(shardMaps) as ShardMapName[],
  }),
  commandTime: duration({
    help: 'What a shard’s thread spends on a command',
    default: ms(1),
    min: us(10),
    max: ms(20),
    logarithmic: true,
  }),
  bandwidth: number({
    help: 'What the wire out of a shard takes, in MB a second',
    default: 125,
    min: 1,
    max: 10_000,
    logarithmic: true,
  }),
  hotKilobytes: number({
    help: 'Size of the hot key’s value, in kB',
    default: 1,
    min: 0.1,
    max: 1000,
    logarithmic: true,
  }),
  replicas: integer({ help: 'Key replication: names of the hot key', default: 8, min: 2, max: 32 }),
  hand: integer({ help: 'Shuffle sharding: shards in the hand of a key', default: 3, min: 2, max: 32 }),
  localTtl: duration({
    help: 'Local cache: time to live in an instance',
    default: s(1),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  hotFor: duration({
    help: 'How long an instance counts a key as hot after the last news of it',
    default: s(60),
    min: s(1),
    max: s(3600),
    logarithmic: true,
  }),
  lease: duration({
    help: 'Lease: how long a token keeps others from getting one',
    default: s(10),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  staleFor: duration({
    help: 'Lease: how long after a delete those without a token are given the deleted value',
    default: s(1),
    min: 0,
    max: s(60),
  }),
  poll: duration({ help: 'Lease: time between two looks', default: ms(10), min: ms(1), max: s(1), logarithmic: true }),
  throttle: duration({
    help: 'Write throttle: how long writes are gathered',
    default: s(1),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  threshold: share({ help: 'Share of all commands from which on a key is an alert', default: 0.15, min: 0.01, max: 1 }),
  counters: integer({
    help: 'Counters of the sketch of hot keys on every shard',
    default: 20,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  keys: integer({ help: 'Other keys', default: 1000, min: 1, max: 10_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the other keys', default: 0.6, min: 0, max: 3 }),
  ttl: duration({
    help: 'Time to live of a row in the cache',
    default: s(60),
    min: s(1),
    max: s(3600),
    logarithmic: true,
  }),
  ...instanceParams,
  ...databaseParams({ loadTime: ms(5), cores: 8 }),
  length: duration({ help: 'Simulated time', default: s(16), min: s(7), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

/** The parameters of invalidation: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  invalidationChannels,
  ms,
  number,
  rate,
  s,
  share,
  type ChannelName,
  us,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { distanceParam } from '../application/params.ts';
import { NEAR_MIN } from '../../application/distances.ts';

/** How an instance learns that its copy is old: by a channel, or, as by `ttl`, not at all, with a time to live in two steps. */
const WAYS: readonly (ChannelName | 'soft-ttl')[] = [
  ...(Object.keys(invalidationChannels) as ChannelName[]),
  'soft-ttl',
];

export const params = {
  reads: rate({ help: 'Reads of all users together', default: 960, min: 1, max: 10_000, logarithmic: true }),
  writes: rate({ help: 'Writes through the application', default: 30, min: 0.1, max: 1000, logarithmic: true }),
  imports: rate({ help: 'Writes of an import job', default: 10, min: 0.1, max: 1000, logarithmic: true }),
  bypass: flag({ help: 'Whether the import job writes to the database itself, past the application', default: false }),
  way: choice({ help: 'How an instance learns that its copy is old', default: 'ttl', choices: WAYS }),
  keys: integer({
    help: 'Keys, read by Zipf’s law and written alike',
    default: 400,
    min: 1,
    max: 10_000,
    logarithmic: true,
  }),
  exponent: number({ help: 'Zipf’s exponent of the reads: 0 asks for all alike', default: 0.8, min: 0, max: 3 }),
  ttl: duration({
    help: 'Time to live of an entry, the soft one where there are two',
    default: s(5),
    min: ms(500),
    max: s(600),
    logarithmic: true,
  }),
  hardFactor: integer({ help: 'Soft TTL: the hard one is so many times as long', default: 12, min: 1, max: 100 }),
  lossShare: share({ help: 'Published: share of the messages that are lost', default: 0.05, min: 0, max: 1 }),
  poll: duration({
    help: 'Log: time between two looks of an instance',
    default: ms(50),
    min: ms(1),
    max: s(10),
    logarithmic: true,
  }),
  rowBytes: integer({ help: 'Pushed: bytes of a row', default: 2000, min: 1, max: 1_000_000, logarithmic: true }),
  changeBytes: integer({
    help: 'Pushed: bytes of a change to a row',
    default: 100,
    min: 1,
    max: 1_000_000,
    logarithmic: true,
  }),
  capacity: integer({
    help: 'Entries that an instance has room for',
    default: 2000,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  instances: integer({
    help: 'Instances of the application, each with a cache of its own',
    default: 4,
    min: 1,
    max: 16,
  }),
  distance: distanceParam(ms(1)),
  newsDistance: duration({
    help: 'Least time of a message between an instance and the bus, the log or the versions; the most is half as much again',
    default: NEAR_MIN,
    min: us(10),
    max: ms(50),
    logarithmic: true,
  }),
  queryTime: duration({
    help: 'Mean processor time of a query',
    default: ms(5),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the database', default: 8, min: 1, max: 128 }),
  length: duration({ help: 'Simulated time', default: s(27), min: s(11), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

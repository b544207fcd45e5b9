/** The parameters of the stale-set race: what its sliders and `--set` take. */
import {
  choice,
  duration,
  integer,
  ms,
  protocols,
  rate,
  s,
  share,
  type ProtocolName,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { distanceParam } from '../application/params.ts';
import { FAR_MIN } from '../../application/distances.ts';

export const params = {
  reads: rate({ help: 'Reads of all users together', default: 850, min: 1, max: 10_000, logarithmic: true }),
  writes: rate({ help: 'Writes of all users together', default: 150, min: 0.1, max: 2000, logarithmic: true }),
  keys: integer({
    help: 'Keys, all asked for and written alike',
    default: 300,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  ttl: duration({ help: 'Time to live of an entry', default: s(10), min: ms(100), max: s(600), logarithmic: true }),
  protocol: choice({
    help: 'In which order cache and store are read and written',
    default: 'update-then-delete',
    choices: Object.keys(protocols) as ProtocolName[],
  }),
  prepareTime: duration({
    help: 'Mean time an instance works on a row it has loaded before it stores it, exponential',
    default: ms(20),
    min: 0,
    max: s(2),
  }),
  queryTime: duration({
    help: 'Mean processor time of a query',
    default: ms(5),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  abortShare: share({ help: 'Share of the commits that fail and roll back', default: 0, min: 0, max: 1 }),
  brokenShare: share({
    help: 'Share of the requests whose connection to the cache is broken',
    default: 0,
    min: 0,
    max: 1,
  }),
  secondDelete: duration({ help: 'Double delete: time before the second one', default: ms(500), min: 0, max: s(10) }),
  lease: duration({
    help: 'Lease: how long a token keeps others from getting one',
    default: s(10),
    min: ms(1),
    max: s(60),
  }),
  staleFor: duration({
    help: 'Lease: how long after a delete those without a token are given the deleted value',
    default: 0,
    min: 0,
    max: s(10),
  }),
  poll: duration({ help: 'Lease: time between two looks', default: ms(5), min: ms(1), max: s(1), logarithmic: true }),
  tombstone: duration({
    help: 'Version check: how long the cache remembers a version when its entry is gone; 0 for not at all',
    default: s(60),
    min: 0,
    max: s(600),
  }),
  distance: distanceParam(FAR_MIN),
  instances: integer({ help: 'Instances of the application', default: 4, min: 1, max: 32 }),
  cores: integer({ help: 'Processors of the database', default: 8, min: 1, max: 128 }),
  length: duration({ help: 'Simulated time', default: s(20), min: s(6), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

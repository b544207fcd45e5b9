/** The parameters of the stampede: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  ms,
  number,
  protections,
  rate,
  s,
  share,
  type ProtectionName,
  type ValuesOf,
} from '../../../sim-core/index.ts';
import { databaseParams, eviction, instanceParams } from '../application/params.ts';

/** The handbook's class, which reads by a map in each process and not by the shared cache. */
export const SWR_AS_PRINTED = 'soft-ttl-as-printed';
export const PROTECTIONS: readonly (ProtectionName | typeof SWR_AS_PRINTED)[] = [
  ...(Object.keys(protections) as ProtectionName[]),
  SWR_AS_PRINTED,
];

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 1000, min: 1, max: 20_000, logarithmic: true }),
  ttl: duration({ help: 'Time to live of an entry', default: s(10), min: ms(100), max: s(600), logarithmic: true }),
  hotShare: share({ help: 'Share of the requests that ask for the hot key', default: 0.6, min: 0, max: 1 }),
  keys: integer({ help: 'Other keys, by Zipf’s law', default: 500, min: 1, max: 1_000_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the other keys: 0 asks for all alike', default: 0.8, min: 0, max: 3 }),
  ...instanceParams,
  ...databaseParams({ loadTime: ms(60), cores: 8 }),
  capacity: integer({
    help: 'Entries that the cache holds',
    default: 10_000,
    min: 1,
    max: 2_000_000,
    logarithmic: true,
  }),
  eviction,
  protection: choice({ help: 'What stands between a miss and the store', default: 'none', choices: PROTECTIONS }),
  jitters: flag({ help: 'Besides: whether each entry draws its own times to live', of: 'design', default: false }),
  singleFlight: flag({
    help: 'Besides: whether each instance lets one load of a key through at a time, before any other guard',
    of: 'design',
    default: false,
  }),
  mutex: flag({
    help: 'Besides: whether a lock at the cache lets one load of a key through over all instances',
    of: 'design',
    default: false,
  }),
  coalesces: flag({
    help: 'Besides: whether a proxy before the store turns identical reads into one',
    of: 'design',
    default: false,
  }),
  beta: number({ help: 'XFetch: above 1 reloads earlier', default: 1, min: 0, max: 20 }),
  spread: share({ help: 'Jitter: spread around the time to live', default: 0.1, min: 0, max: 0.9 }),
  hardFactor: integer({ help: 'Soft TTL: the hard one is so many times as long', default: 6, min: 1, max: 100 }),
  threads: integer({
    help: 'Soft TTL as printed: threads of a process’s common pool, its processors less one',
    default: 7,
    min: 1,
    max: 256,
  }),
  lease: duration({ help: 'Mutex: how long a lock is held at most', default: s(5), min: ms(1), max: s(60) }),
  poll: duration({ help: 'Mutex: time between two looks', default: ms(20), min: ms(1), max: s(5), logarithmic: true }),
  holderDies: flag({
    help: 'Whether the first instance that loads the hot key crashes in the midst of it',
    default: false,
  }),
  fenced: flag({
    help: 'Mutex: whether the cache compares the numbers of the locks under which it is stored',
    default: false,
  }),
  pause: duration({
    help: 'How long the first instance that loads the hot key stands still in the midst of it; 0 for not at all',
    default: 0,
    min: 0,
    max: s(60),
  }),
  changedAt: duration({ help: 'When the hot key’s row is changed; 0 for never', default: 0, min: 0, max: s(86_400) }),
  downtime: duration({ help: 'After that: how long the instance is down', default: s(1), min: 0, max: s(60) }),
  length: duration({ help: 'Simulated time', default: s(30), min: s(6), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

/** The parameters of synchronized expiry. */
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
import { databaseParams, instanceParams } from '../application/params.ts';

/** Those that bring a load guard and leave the time to live alone. */
export const GUARDS = ['none', 'mutex', 'single-flight', 'coalescing'] as const satisfies readonly ProtectionName[];

export const params = {
  rate: rate({ help: 'Requests of all users together', default: 1000, min: 1, max: 20_000, logarithmic: true }),
  ttl: duration({ help: 'Time to live of an entry', default: s(10), min: ms(500), max: s(600), logarithmic: true }),
  jitter: flag({ help: 'Whether each entry draws its own time to live', default: false }),
  spread: share({
    help: 'Jitter: how far to either side of the time to live',
    of: 'design',
    default: 0.2,
    min: 0.01,
    max: 0.5,
  }),
  keys: integer({ help: 'Keys, all in the cache at the start', default: 500, min: 1, max: 10_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the keys: 0 asks for all alike', default: 0.6, min: 0, max: 3 }),
  ...instanceParams,
  ...databaseParams({ loadTime: ms(25), cores: 8 }),
  guard: choice({
    help: `What stands between a miss and the store: ${GUARDS.map((name) => `${name}: ${protections[name].help}`).join('; ')}`,
    of: 'design',
    default: 'single-flight',
    choices: GUARDS,
  }),
  lease: duration({ help: 'Mutex: how long a lock is held at most', default: s(5), min: ms(1), max: s(60) }),
  poll: duration({ help: 'Mutex: time between two looks', default: ms(20), min: ms(1), max: s(5), logarithmic: true }),
  length: duration({ help: 'Simulated time', default: s(24), min: s(6), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

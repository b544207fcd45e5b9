/** Parameters that every scenario has in which instances of an application stand before a cache and a database. */
import {
  choice,
  duration,
  chosenPolicy,
  evictionChoices,
  integer,
  ms,
  s,
  us,
  type Duration,
  type ValuesOf,
} from '../../../sim-core/index.ts';

/** The instances, and the patience of those who ask them. */
export const instanceParams = {
  instances: integer({ help: 'Instances of the application', default: 4, min: 1, max: 32 }),
  concurrency: integer({ help: 'Requests that an instance works at at once', default: 400, min: 1, max: 10_000 }),
  queueMax: integer({
    help: 'Requests that may wait for an instance; more are refused',
    default: 2000,
    min: 0,
    max: 1_000_000,
  }),
  timeout: duration({ help: 'How long a user waits', default: s(1), min: ms(10), max: s(60), logarithmic: true }),
};

/** The database. `loadTime` and `cores` say what it can bear: cores / loadTime loads a second. */
export const databaseParams = (defaults: { readonly loadTime: Duration; readonly cores: number }) => ({
  loadTime: duration({
    help: 'Mean processor time of one load',
    default: defaults.loadTime,
    min: ms(1),
    max: s(2),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the database', default: defaults.cores, min: 1, max: 128 }),
  connections: integer({ help: 'Connections of the database', default: 100, min: 1, max: 2000, logarithmic: true }),
  pendingMax: integer({
    help: 'Queries that may wait for a connection; more are refused',
    default: 10_000,
    min: 0,
    max: 1_000_000,
  }),
});

/** Which entry goes when a cache is full: by any policy that need not know the future. */
export const eviction = choice({
  help: 'Which entry goes when the cache is full',
  default: 'lru',
  choices: evictionChoices.filter((name) => !chosenPolicy(name).needsFuture),
});

/** How far users are from the instances they ask. */
export const distanceParam = (least: Duration) =>
  duration({
    help: 'Least time of a message between a user and an instance; the most is three times as long',
    default: least,
    min: us(10),
    max: ms(100),
    logarithmic: true,
  });

export type InstanceValues = ValuesOf<typeof instanceParams>;
export type DatabaseValues = ValuesOf<ReturnType<typeof databaseParams>>;

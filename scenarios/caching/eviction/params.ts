/** The parameters of the bank of caches: what its sliders and `--set` take. */
import {
  choice,
  duration,
  evictionChoices,
  integer,
  number,
  popularities,
  rate,
  s,
  share,
  type ValuesOf,
} from '../../../sim-core/index.ts';

/** Sizes of the caches of each line, in percent of the popular keys. */
export const SIZES = [1, 2, 5, 10, 20, 50] as const;

/** Those of the laws of popularity that tell policies apart. */
const WORKLOADS = Object.keys(popularities).filter((name) => name !== 'uniform' && name !== 'hot-key');

export const params = {
  eviction: choice({
    help: 'The policy that is looked at: which entry goes when the cache is full',
    default: 'lru',
    choices: evictionChoices,
    // OPT knows the future: a bound, which nobody can build.
    worlds: [evictionChoices.filter((name) => !name.startsWith('opt'))],
  }),
  beside: choice({
    help: 'A second policy, asked for the same requests',
    of: 'view',
    default: 'lru',
    choices: evictionChoices,
  }),
  workload: choice({
    help: 'Which keys are asked for, and in which order',
    of: 'world',
    default: 'scan',
    choices: WORKLOADS,
  }),
  size: choice({
    help: 'Size of the cache that serves, in percent of the keys; the others are its shadows',
    default: '10',
    choices: SIZES.map(String),
  }),
  rate: rate({ help: 'Requests of all users together', default: 1000, min: 10, max: 20_000, logarithmic: true }),
  keys: integer({ help: 'Keys beside cold ones', default: 1000, min: 100, max: 100_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent: 0 asks for all keys alike', default: 0.9, min: 0, max: 3 }),
  every: integer({
    help: 'Scan, shift: requests from one scan, or one move of the popularity, to the next',
    default: 5000,
    min: 10,
    max: 1_000_000,
    logarithmic: true,
  }),
  scanShare: share({ help: 'Scan: share of the requests that scan', default: 0.2, min: 0.01, max: 0.9 }),
  newShare: share({ help: 'Churn: share of the requests that ask for a new key', default: 0.3, min: 0, max: 1 }),
  cold: integer({
    help: 'Keys that scans read and that are new; when all have been asked for, the first come again',
    default: 20_000,
    min: 100,
    max: 1_000_000,
    logarithmic: true,
  }),
  spread: integer({
    help: 'Largest entry over the smallest; 1: all entries are alike, above it sizes and capacities are in bytes',
    default: 1,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  length: duration({ help: 'Simulated time', default: s(20), min: s(1), max: s(600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

/** Requests that scan, each time. */
export const scanLength = ({ every, scanShare }: Pick<Values, 'every' | 'scanShare'>): number =>
  Math.max(1, Math.round(every * scanShare));

/** Entries of a cache of that many percent of the keys. */
export const capacityOf = (percent: number, keys: number): number => Math.max(1, Math.round((percent / 100) * keys));

/** The parameters of the scan and the move: what its sliders and `--set` take. */
import { choice, duration, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';
import { eviction } from '../application/params.ts';

export const params = {
  eviction,
  layout: choice({
    help: 'One cache for users and batch, or one for each out of the same room',
    default: 'shared',
    choices: ['shared', 'separate'],
  }),
  batch: choice({
    help: 'What the batch reads: cold keys, each once, in the night; or keys of its own, by Zipf’s law, all the time',
    default: 'nightly-scan',
    choices: ['nightly-scan', 'all-day'],
  }),
  rate: rate({ help: 'Requests of all users together', default: 600, min: 10, max: 10_000, logarithmic: true }),
  keys: integer({ help: 'Keys of the users', default: 2000, min: 100, max: 20_000, logarithmic: true }),
  exponent: number({ help: 'Zipf’s exponent of the users’ keys: 0 asks for all alike', default: 1, min: 0, max: 3 }),
  capacity: integer({ help: 'Entries that there is room for', default: 200, min: 10, max: 100_000, logarithmic: true }),
  usersShare: share({ help: 'Separate: the share of the room that is the users’', default: 0.85, min: 0.1, max: 0.9 }),
  batchEviction: { ...eviction, help: 'Separate: which entry goes when the batch’s cache is full' },
  ttl: duration({
    help: 'How long an entry lives; separate: one of the users’',
    default: s(3600),
    min: ms(100),
    max: s(86_400),
    logarithmic: true,
  }),
  batchTtl: duration({
    help: 'Separate: how long an entry of the batch lives',
    default: s(3600),
    min: ms(100),
    max: s(86_400),
    logarithmic: true,
  }),
  batchRate: rate({ help: 'Reads of the batch while it runs', default: 900, min: 1, max: 10_000, logarithmic: true }),
  scanAt: duration({ help: 'When the nightly scan begins', default: s(8), min: s(4), max: s(100) }),
  scanLasts: duration({ help: 'How long it lasts', default: s(3), min: ms(100), max: s(60), logarithmic: true }),
  moveAfter: duration({
    help: 'From the end of the scan to the moment when other keys become popular',
    default: s(5),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  batchKeys: integer({ help: 'Keys of the batch', default: 20_000, min: 100, max: 50_000, logarithmic: true }),
  batchExponent: number({ help: 'All day: Zipf’s exponent of the batch’s keys', default: 0.6, min: 0, max: 3 }),
  loadTime: duration({
    help: 'Mean processor time of one load',
    default: ms(4),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the database', default: 8, min: 1, max: 128 }),
  watched: integer({
    help: 'Lookups that the hit ratio of a moment is taken over',
    default: 400,
    min: 20,
    max: 10_000,
    logarithmic: true,
  }),
  hitRatioLeast: share({ help: 'Alert: least hit ratio of the users, of two seconds', default: 0.53, min: 0, max: 1 }),
  alertFor: duration({
    help: 'Alert: how long the hit ratio is below that before it fires',
    default: ms(250),
    min: 0,
    max: s(600),
  }),
  length: duration({ help: 'Simulated time', default: s(26), min: s(10), max: s(600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

export const scanEnds = (p: Values): number => p.scanAt + p.scanLasts;
export const movesAt = (p: Values): number => scanEnds(p) + p.moveAfter;

/** Entries of the users' own cache. */
export const usersCapacity = (p: Values): number =>
  p.layout === 'shared' ? p.capacity : Math.max(1, Math.round(p.capacity * p.usersShare));

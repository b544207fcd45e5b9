/** The parameters of read-after-write: what its sliders and `--set` take. */
import { choice, duration, integer, ms, rate, s, type ValuesOf } from '../../../sim-core/index.ts';

/** Where a session's reads go. */
export const WAYS = ['any-replica', 'primary-after-write', 'cache', 'wait'] as const;

export const params = {
  sessions: rate({
    help: 'Sessions that begin, each with one write',
    default: 100,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  looks: integer({ help: 'Reads of a session after its write', default: 9, min: 1, max: 50 }),
  firstThink: duration({
    help: 'Mean time from the write’s answer to the first look, exponential',
    default: ms(100),
    min: ms(1),
    max: s(10),
    logarithmic: true,
  }),
  think: duration({
    help: 'Mean time from one look to the next, exponential',
    default: s(1),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  keys: integer({ help: 'Keys, written alike', default: 10_000, min: 1, max: 1_000_000, logarithmic: true }),
  way: choice({ help: 'Where a session’s reads go', default: 'any-replica', choices: WAYS }),
  replicas: integer({ help: 'Replicas of the database', default: 2, min: 1, max: 8 }),
  applyTime: duration({
    help: 'Mean time a replica takes to apply one change, exponential',
    default: ms(8),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  stickyFor: duration({
    help: 'Session stickiness: how long after its write a session reads the primary',
    default: s(2),
    min: 0,
    max: s(60),
  }),
  waitMax: duration({
    help: 'Wait for version: how long a replica is waited for',
    default: s(1),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  ttl: duration({
    help: 'Write-through: time to live of an entry',
    default: s(30),
    min: ms(100),
    max: s(600),
    logarithmic: true,
  }),
  queryTime: duration({
    help: 'Mean processor time of a query',
    default: ms(3),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of each database', default: 4, min: 1, max: 128 }),
  instances: integer({ help: 'Instances of the application', default: 4, min: 1, max: 32 }),
  length: duration({ help: 'Simulated time', default: s(20), min: s(11), max: s(86_400), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

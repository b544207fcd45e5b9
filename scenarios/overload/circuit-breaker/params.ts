/** The parameters of the circuit breaker: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const protections = [
  'none',
  'timeout-only',
  'bulkhead',
  'thread-pool',
  'breaker',
  'breaker-and-fallback',
] as const;
export type Protection = (typeof protections)[number];

export const params = {
  buyerRate: rate({
    help: 'Requests of buyers: they need the catalogue only',
    default: 600,
    min: 10,
    max: 5000,
    logarithmic: true,
  }),
  readerRate: rate({
    help: 'Requests of readers: their pages have recommendations as well',
    default: 400,
    min: 10,
    max: 5000,
    logarithmic: true,
  }),
  protection: choice({
    help: 'What stands between the shop and the recommendations',
    default: 'none',
    choices: protections,
  }),
  timeout: duration({
    help: 'How long the shop waits for recommendations, in all variants but none and bulkhead',
    default: ms(300),
    min: ms(20),
    max: s(10),
    logarithmic: true,
  }),
  window: choice({
    help: 'Breaker: it looks at the latest calls, or at those of the latest seconds',
    default: 'count',
    choices: ['count', 'time'],
  }),
  windowSize: integer({
    help: 'Breaker: how many calls, or seconds',
    default: 50,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  minimumCalls: integer({
    help: 'Breaker: with fewer calls in its window it decides nothing',
    default: 20,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  failureRate: share({ help: 'Breaker: it opens from this share of failures on', default: 0.5, min: 0.01, max: 1 }),
  slowAfter: duration({
    help: 'Breaker: a call that takes longer is slow, whatever its answer',
    default: ms(200),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  slowRate: share({ help: 'Breaker: it opens from this share of slow calls on', default: 1, min: 0.01, max: 1 }),
  openFor: duration({
    help: 'Breaker: how long it lets no call through',
    default: s(1),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  openGrowth: number({
    help: 'Breaker: so many times as long with each opening in a row',
    default: 1,
    min: 1,
    max: 10,
  }),
  openMax: duration({
    help: 'Breaker: no wait that has grown is longer',
    default: s(60),
    min: ms(10),
    max: s(600),
    logarithmic: true,
  }),
  openJitter: share({
    help: 'Breaker: by how much of it, at most, chance lengthens or shortens a wait',
    default: 0,
    min: 0,
    max: 1,
  }),
  byHand: choice({
    help: 'Breaker: the state that it is set to as the run begins; from any but closed it does not turn by itself',
    default: 'closed',
    choices: ['closed', 'forced-open', 'disabled', 'metrics-only'],
  }),
  unknown: share({
    help: 'Share of the pages for which the recommendations answer that they know no such thing, as an error: a 404',
    default: 0,
    min: 0,
    max: 1,
  }),
  ignoresUnknown: flag({ help: 'Breaker: such an answer is no failure of the other side', default: false }),
  trials: integer({ help: 'Breaker: calls that it tries before it closes', default: 5, min: 1, max: 100 }),
  automatic: flag({ help: 'Breaker: half open when it has waited, and not with the next call', default: false }),
  compartment: integer({
    help: 'Bulkhead: threads of an instance that recommendations may take; of a pool, threads that it has at most',
    default: 10,
    min: 1,
    max: 200,
  }),
  coreThreads: integer({
    help: 'Thread pool: threads that it has before calls wait in its queue; no more than it may have',
    default: 5,
    min: 1,
    max: 200,
  }),
  poolQueue: integer({ help: 'Thread pool: calls that wait for one of its threads', default: 3, min: 0, max: 1000 }),
  instances: integer({ help: 'Instances of the shop', default: 4, min: 1, max: 32 }),
  threads: integer({ help: 'Threads of an instance', default: 20, min: 1, max: 1000, logarithmic: true }),
  queueMax: integer({ help: 'Requests that may wait for one; more are refused', default: 50, min: 0, max: 10_000 }),
  patience: duration({ help: 'How long a user waits', default: s(2), min: ms(50), max: s(60), logarithmic: true }),
  loadTime: duration({
    help: 'Mean processor time of one call for recommendations',
    default: ms(10),
    min: ms(1),
    max: s(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the recommendations', default: 6, min: 1, max: 128 }),
  troubleAt: duration({ help: 'When the recommendations become slow', default: s(5), min: s(3), max: s(3600) }),
  troubleFor: duration({ help: 'For how long', default: s(6), min: ms(100), max: s(600), logarithmic: true }),
  slowdown: number({
    help: 'How many times as long a call takes then',
    default: 50,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  length: duration({ help: 'Length of the run', default: s(22), min: s(6), max: s(3600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;

/**
 * The experiments of the calibration notebook. Each has points at which theory gives a number, and one replication of
 * the simulation that measures it there. Replications of one experiment differ in their seed alone and are independent;
 * those of two points are too, because the point's number is part of the seed.
 */
import {
  characteristicTime,
  entryOf,
  evictionPolicies,
  expiryRuleOf,
  exponential,
  heldByLru,
  lasting,
  protections,
  RandomStreams,
  RequestContext,
  s,
  SECOND,
  Simulation,
  zipfPopularity,
  zipfProbabilities,
} from '../../sim-core/index.ts';
import { reloadChance } from './early-reload.ts';
import { simulateQueue } from './queue.ts';
import { erlangC, mm1 } from './queueing.ts';

export interface Point {
  /** Which curve it is on. */
  readonly series: string;
  readonly x: number;
  /** What theory says there. */
  readonly theory: number;
}

export interface Experiment {
  /** Whether `theory` is what observations are of in the mean; otherwise it is itself an approximation of that. */
  readonly exact: boolean;
  readonly points: readonly Point[];
  /** Points of the curves between, for drawing. */
  readonly curves: readonly Point[];
  /** One observation of what a point's `theory` is the expectation of. */
  replicate(point: Point, seed: string): number;
}

/** Customers of a replication, in the mean, the warm-up included. */
export const CUSTOMERS = 10_000;
/** Requests of a replication that are counted. */
export const REQUESTS = 30_000;
/** Readers of a replication. */
export const READERS = 2_000;
export const KEYS = 1_000;
/** Characteristic times that a cache is warmed for. */
export const CACHE_WARM_UP = 4;

const grid = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);

function across<Series>(
  series: readonly Series[],
  xs: readonly number[],
  name: (series: Series) => string,
  theory: (series: Series, x: number) => number,
): Point[] {
  return series.flatMap((one) => xs.map((x) => ({ series: name(one), x, theory: theory(one, x) })));
}

const waits = (servers: number, load: number): number => erlangC(servers * load, servers).P_wait;
const SERVERS = [1, 2, 8, 32];

const PROBABILITIES = new Map([0.6, 1].map((exponent) => [exponent, zipfProbabilities(KEYS, exponent)]));
const EXPONENTS = [...PROBABILITIES.keys()];
const che = (exponent: number, capacity: number) =>
  characteristicTime(PROBABILITIES.get(exponent)!, capacity, heldByLru);

const BETAS = [0.5, 1, 2];
/** What a load takes; gaps are told in its units, so its size is of no consequence. */
const LOAD = s(0.1);
const TTL = s(100);

export type ExperimentName = 'mm1' | 'mmc' | 'lru' | 'xfetch';

export const EXPERIMENTS: Readonly<Record<ExperimentName, Experiment>> = {
  /** Mean time in the system over the load. */
  mm1: {
    exact: true,
    points: across(
      [1],
      [0.1, 0.3, 0.5, 0.7, 0.8, 0.9],
      () => 'W',
      (_, load) => mm1(load).W,
    ),
    curves: across(
      [1],
      grid(0.02, 0.92, 0.01),
      () => 'W',
      (_, load) => mm1(load).W,
    ),
    replicate: ({ x }, seed) => queue(1, x, seed).W,
  },
  /** Probability of having to wait over the load of a server. */
  mmc: {
    exact: true,
    points: across(SERVERS, [0.5, 0.7, 0.9], String, waits),
    curves: across(SERVERS, grid(0.4, 0.98, 0.01), String, waits),
    replicate: ({ series, x }, seed) => queue(Number(series), x, seed).P_wait,
  },
  /** Hit ratio of LRU over its capacity. */
  lru: {
    exact: false,
    points: across(EXPONENTS, [10, 30, 100, 300], String, (exponent, capacity) => che(exponent, capacity).hitRatio),
    curves: across(
      EXPONENTS,
      grid(Math.log(8), Math.log(400), 0.1).map((x) => Math.round(Math.exp(x))),
      String,
      (exponent, capacity) => che(exponent, capacity).hitRatio,
    ),
    replicate: ({ series, x }, seed) => hitRatio(Number(series), x, seed),
  },
  /** Chance that one reader reloads over its gap to the expiry, in load times. */
  xfetch: {
    exact: true,
    points: across(BETAS, [0.1, 0.5, 1, 2, 3], String, (beta, gap) => reloadChance(gap, beta, 1)),
    curves: across(BETAS, grid(0, 3.2, 0.05), String, (beta, gap) => reloadChance(gap, beta, 1)),
    replicate: ({ series, x }, seed) => shareReloading(Number(series), x, seed),
  },
};

function queue(servers: number, load: number, seed: string) {
  const gap = exponential(SECOND / (servers * load));
  return simulateQueue({ gap, service: exponential(SECOND), servers, customers: CUSTOMERS }, seed);
}

/** The share of hits after the cache has been warmed for several characteristic times. */
function hitRatio(exponent: number, capacity: number, seed: string): number {
  const policy = evictionPolicies.lru.create({ capacity, objects: KEYS });
  const popularity = zipfPopularity(KEYS, exponent);
  const stream = new RandomStreams(seed).stream('keys');
  const warmUp = Math.ceil(CACHE_WARM_UP * che(exponent, capacity).time);
  let hits = 0;
  for (let request = -warmUp; request < REQUESTS; request++) {
    if (policy.request(popularity.draw(stream, warmUp + request)) && request >= 0) hits++;
  }
  return hits / REQUESTS;
}

/** The share of readers, each at the same gap before the expiry, that reload. */
function shareReloading(beta: number, gap: number, seed: string): number {
  const options = { ttl: TTL, beta, spread: 0, hardFactor: 1, lease: TTL, poll: TTL };
  const rule = expiryRuleOf(protections['early-expiration'], new Simulation({ seed }), 'reader', options);
  const entry = entryOf(0, 0, 0, lasting(TTL), LOAD);
  let reloads = 0;
  for (let reader = 0; reader < READERS; reader++) {
    const verdict = rule.judge(entry, TTL - Math.round(gap * LOAD), new RequestContext(reader, 0));
    if (verdict === 'reload') reloads++;
  }
  return reloads / READERS;
}

/**
 * One repetition of a small study of M/M/1 at a load of a half: the mean times in the system of so many short
 * replications, of which an interval can be made. Repeated often, a fraction of the intervals near their level holds the
 * truth; that is what their level means.
 */
export const COVERAGE = { load: 0.5, replications: 10, customers: 2_000, repetitions: 100 } as const;

export function coverageStudy(repetition: number, seed: string): number[] {
  const { load, replications, customers } = COVERAGE;
  const [gap, service] = [exponential(SECOND / load), exponential(SECOND)];
  return Array.from({ length: replications }, (_, replication) => {
    return simulateQueue({ gap, service, customers }, `${seed}/coverage/${repetition}/${replication}`).W;
  });
}

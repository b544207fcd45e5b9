/**
 * A latency budget: each hop on a request's way has so many milliseconds for its 99th percentile, and together they are the
 * target's.
 *
 *     users --> (edge) --> gateway --> auth
 *                             \------> app --> cache
 *                                       \----> database (or many at once)
 *
 * Every variant gives every hop the same 99th percentile, that of its budget, but for the one that is over. What differs is when
 * hops are slow: each by itself, all at once, or seldom and then long.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  mean,
  ms,
  NEVER_NEGATIVE,
  OpenLoopClient,
  poisson,
  quantile,
  ratio,
  roundRobin,
  s,
  Link,
  zipfPopularity,
  type Expectation,
  type Measure,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { budgets, HOPS, type Hop } from './latency-budget/budgets.ts';
import { FAN_OUT_SLOW, hopSignal, hopSignals, hopsOfBudget, LEAF_SLOW, OVER_TARGET } from './latency-budget/hops.ts';
import * as limits from './latency-budget/limits.ts';
import { params, type Values } from './latency-budget/params.ts';

const WHOLE = quantile('http.client.request.duration', 'p99');

/** The hops' percentiles, added up as a budget does it. */
const sum: Measure = {
  text: 'the sum of the hops’ p99',
  unit: () => 's',
  range: () => NEVER_NEGATIVE,
  of: (evidence) =>
    HOPS.map((hop) => quantile(hopSignal(hop), 'p99').of(evidence)).reduce((a, b) => (Number.isNaN(b) ? a : a + b), 0),
};

const keepsToBudget = (...hops: readonly Hop[]): Expectation[] =>
  hops.flatMap((hop) => [
    atLeast(quantile(hopSignal(hop), 'p99'), limits.hopLeast(hop)),
    atMost(quantile(hopSignal(hop), 'p99'), limits.hopMost(hop)),
  ]);
const PRINTED = Object.keys(budgets.printed.hops) as Hop[];
const TEMPLATE = Object.keys(budgets.template.hops) as Hop[];

export default defineScenario({
  id: 'latency-budget',
  section: '3.2',
  title: 'Latency budgets',
  question: 'Every hop keeps the 99th percentile that its budget gives it. Does the whole keep the sum of them?',
  params,
  variants: {
    'within-budget': {},
    template: { budget: 'template' },
    'one-hop-over': { over: 2 },
    'shared-cause': { together: 'shared' },
    'rare-pauses': { together: 'rare' },
    'fan-out': { leaves: 25, rate: 30 },
  },
  roles: {
    'within-budget': 'control',
    template: 'control',
    'one-hop-over': 'fault',
    'shared-cause': 'alternative',
    'rare-pauses': 'fault',
    'fan-out': 'fault',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(1000),
  openAt: s(40),
  system,
  signals: hopSignals,
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    'http.client.request.duration',
    OVER_TARGET,
    hopSignal('app'),
    hopSignal('database'),
    hopSignal('gateway'),
    hopSignal('auth'),
    hopSignal('cache'),
    FAN_OUT_SLOW,
    LEAF_SLOW,
  ],
  expect: {
    'within-budget': [
      ...keepsToBudget(...PRINTED),
      atLeast(WHOLE, limits.wholeLeast),
      atMost(WHOLE, limits.wholeMost),
      atMost(ratio(WHOLE, sum), limits.addMost),
      atMost(mean(OVER_TARGET), limits.overMost),
    ],
    template: [
      ...keepsToBudget(...TEMPLATE),
      atLeast(WHOLE, limits.wholeLeast),
      atMost(WHOLE, limits.wholeMost),
      atMost(ratio(WHOLE, sum), limits.addMost),
      atMost(mean(OVER_TARGET), limits.overMost),
    ],
    'one-hop-over': [
      ...keepsToBudget('app', 'database'),
      atLeast(WHOLE, limits.wholeLeast),
      atMost(WHOLE, limits.wholeMost),
      atMost(mean(OVER_TARGET), limits.overMost),
    ],
    'shared-cause': [
      ...keepsToBudget(...PRINTED),
      atLeast(ratio(WHOLE, sum), limits.equalLeast),
      atMost(ratio(WHOLE, sum), limits.equalMost),
    ],
    'rare-pauses': [
      ...keepsToBudget(...PRINTED),
      atLeast(WHOLE, limits.pausesTell),
      atLeast(mean(OVER_TARGET), limits.pausedShare),
    ],
    'fan-out': [
      atMost(mean(LEAF_SLOW), limits.slowLeafMost),
      atLeast(mean(FAN_OUT_SLOW), limits.slowFansLeast),
      atMost(mean(FAN_OUT_SLOW), limits.slowFansMost),
      atLeast(quantile(hopSignal('database'), 'p99'), limits.slowestLeast),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const first = hopsOfBudget(sim, p);
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1, 0),
    target: roundRobin([new Link<number, void>(sim, first, { from: 'users', delay: faraway })]),
  });
}

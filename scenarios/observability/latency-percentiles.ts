/**
 * Latency percentiles: one application, and several ways to say how slow it is.
 *
 *     users, load-generator --> app-1 … app-n <-- prometheus --> standby-1 …
 *
 * What differs is the instrument, the panel that reads it, and whether a load generator waits for its answers. All variants of a
 * group get the same requests at the same times; what is true is charted beside what the team is shown.
 */
import {
  atEnd,
  atLeast,
  atMost,
  ClosedLoopClient,
  constant,
  dashboard,
  defineScenario,
  guardrail,
  Link,
  mean,
  OpenLoopClient,
  poisson,
  Prometheus,
  quantile,
  roundRobin,
  s,
  total,
  uniformArrivals,
  zipfPopularity,
  type Balancer,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { instance, type Instance } from './latency-percentiles/instance.ts';
import * as limits from './latency-percentiles/limits.ts';
import { intendedOf, thinkTimeOf } from './latency-percentiles/mixture.ts';
import { dashboardSignals, LATENCY_PANEL, panels, WITHIN_PANEL } from './latency-percentiles/panels.ts';
import { params, testRateOf, type Values } from './latency-percentiles/params.ts';
import {
  DELAYED,
  GENERATOR,
  P99,
  REPORT,
  truthSignals,
  USERS,
  USERS_P99,
  watchLoadTest,
  watchTruth,
  WITHIN,
} from './latency-percentiles/truth.ts';

const SERVED = 'http.server.request.duration';

/** Micrometer's buckets. */
const FINE = 'percentiles-histogram';

/** One instance of four takes five times as long for everything; nothing else is slow. */
const oneSlow = { slowdown: 5, slowShare: 0 } as const;
/** Everything is fast, and stands still for two seconds once. */
const stalled = { panel: 'exponential', missShare: 0, slowShare: 0, stallFor: s(2) } as const;

const STANDS_STILL = 'What the users feel is the same, whoever tests';
const TRUE = 'What is true is the same, whatever is shown of it';

const usersWait = [atLeast(total(DELAYED), limits.delayedLeast), atLeast(atEnd(USERS_P99), limits.usersLeast)];
const usersWaitAllTheSame = usersWait.map((claim) => guardrail(claim, STANDS_STILL));

export default defineScenario({
  id: 'latency-percentiles',
  section: '3.2',
  title: 'Latency percentiles',
  question:
    'Dashboards and load tests say how slow an application is for one request in a hundred. Which of them is right?',
  params,
  variants: {
    averages: { panel: 'mean' },
    'percentiles-histogram': { layout: FINE },
    'bucket-histogram': {},
    'bucket-at-target': { layout: 'handbook-and-300ms' },
    'exponential-histogram': { panel: 'exponential' },
    'averaged-percentiles': { panel: 'averaged-percentiles', idle: 4, ...oneSlow },
    'aggregated-histograms': { panel: 'exponential', idle: 4, ...oneSlow },
    'closed-loop-load': { load: 'closed-loop', ...stalled },
    'closed-loop-corrected': { load: 'closed-loop', corrected: true, ...stalled },
    'open-loop-load': { load: 'open-loop', ...stalled },
  },
  roles: {
    averages: 'pitfall',
    'percentiles-histogram': 'remedy',
    'bucket-histogram': 'pitfall',
    'bucket-at-target': 'remedy',
    'exponential-histogram': 'remedy',
    'averaged-percentiles': 'pitfall',
    'aggregated-histograms': 'remedy',
    'closed-loop-load': 'pitfall',
    'closed-loop-corrected': 'remedy',
    'open-loop-load': 'remedy',
  },
  repairs: {
    'percentiles-histogram': 'averages',
    'bucket-at-target': 'bucket-histogram',
    'exponential-histogram': 'bucket-histogram',
    'aggregated-histograms': 'averaged-percentiles',
    'closed-loop-corrected': 'closed-loop-load',
    'open-loop-load': 'closed-loop-load',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(50),
  system,
  signals: [...truthSignals, ...dashboardSignals],
  whileRunning: {
    rate: (rate, began) => {
      const follows = began.load === 'open-loop' ? sentBy('rate', GENERATOR)(rate, began) : [];
      return [...sentBy('rate', USERS)(rate, began), ...follows];
    },
  },
  charts: [P99, LATENCY_PANEL, WITHIN, WITHIN_PANEL, SERVED, USERS_P99, REPORT, 'prometheus.head.series'],
  expect: {
    averages: [atMost(mean(LATENCY_PANEL), limits.meanMost), atLeast(quantile(SERVED, 'p99'), limits.trueTail)],
    'percentiles-histogram': [
      atLeast(mean(LATENCY_PANEL), limits.bucketedLeast(FINE)),
      guardrail(atMost(mean(LATENCY_PANEL), limits.bucketedMost(FINE)), 'It does not cry wolf either'),
      atLeast(mean(WITHIN_PANEL), limits.interpolatedLeast(FINE)),
    ],
    'bucket-histogram': [
      atMost(mean(LATENCY_PANEL), limits.lastBound),
      atLeast(quantile(SERVED, 'p99'), limits.trueTail),
      atMost(mean(WITHIN_PANEL), limits.interpolatedMost),
      atLeast(mean(WITHIN), limits.trueWithin),
    ],
    'bucket-at-target': [
      atLeast(mean(WITHIN_PANEL), limits.countedLeast),
      guardrail(atMost(mean(WITHIN_PANEL), limits.countedMost), 'It counts nobody as good who is not'),
      guardrail(atMost(mean(LATENCY_PANEL), limits.lastBound), 'The price: above the last bound it is as blind'),
    ],
    'exponential-histogram': [
      atLeast(mean(LATENCY_PANEL), limits.exponentialLeast),
      guardrail(atMost(mean(LATENCY_PANEL), limits.exponentialMost), 'It does not cry wolf either'),
      atLeast(mean(WITHIN_PANEL), limits.exponentialWithinLeast),
      guardrail(atMost(mean(WITHIN_PANEL), limits.exponentialWithinMost), 'It counts nobody as good who is not'),
    ],
    'averaged-percentiles': [
      atMost(mean(LATENCY_PANEL), limits.averagedMost),
      atLeast(quantile(SERVED, 'p99'), limits.trueTail),
    ],
    'aggregated-histograms': [
      atLeast(mean(LATENCY_PANEL), limits.exponentialLeast),
      guardrail(atLeast(quantile(SERVED, 'p99'), limits.trueTail), TRUE),
      guardrail(atMost(mean(LATENCY_PANEL), limits.exponentialMost), 'It does not cry wolf either'),
    ],
    'closed-loop-load': [...usersWait, atMost(atEnd(REPORT), limits.closedMost)],
    'closed-loop-corrected': [...usersWaitAllTheSame, atLeast(atEnd(REPORT), limits.stalledLeast)],
    'open-loop-load': [...usersWaitAllTheSame, atLeast(atEnd(REPORT), limits.stalledLeast)],
  },
});

function system(sim: Simulation, p: Values): void {
  const fleet = (name: string, size: number): Instance[] =>
    Array.from({ length: size }, (_, i) => instance(sim, p, `${name}-${i + 1}`));
  const [serving, standby] = [fleet('app', p.instances), fleet('standby', p.idle)];
  serving[0].slow(p.slowdown);
  for (const one of standby) one.answerOne();
  new OpenLoopClient<void>(sim, {
    name: USERS,
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1000, 0.9),
    target: inTurn(sim, USERS, serving),
  });
  const thinks = test(sim, p, serving);
  watchTruth(sim, p);
  watchLoadTest(sim, p, thinks);
  new Prometheus(sim, {
    name: 'prometheus',
    targets: [...serving, ...standby].map(({ target, labels }) => ({
      link: new Link(sim, target, { from: 'prometheus', delay: nearby }),
      labels,
    })),
    scrapeInterval: p.scrapeInterval,
    scrapeTimeout: p.scrapeInterval,
    evaluationInterval: p.evaluationInterval,
    evaluations: [dashboard(sim, panels(p))],
  });
  if (p.stallFor === 0) return;
  const together = (deed: 'stall' | 'resume') => (): void => serving.forEach((one) => one[deed]());
  sim.scheduleAt(p.stallAt, together('stall'), undefined, sim.eventKind('all instances stand still'));
  sim.scheduleAt(p.stallAt + p.stallFor, together('resume'), undefined, sim.eventKind('all instances go on'));
}

/** The load generator, if there is one: gives the distance at which a connection means to send. */
function test(sim: Simulation, p: Values, serving: readonly Instance[]): number {
  const each = s(intendedOf(p));
  if (p.load === 'none') return each;
  const popularity = zipfPopularity(1000, 0.9);
  const target = inTurn(sim, GENERATOR, serving);
  if (p.load === 'open-loop') {
    new OpenLoopClient<void>(sim, { name: GENERATOR, arrivals: uniformArrivals(testRateOf(p)), popularity, target });
    return each;
  }
  new ClosedLoopClient<void>(sim, {
    name: GENERATOR,
    users: p.connections,
    thinkTime: constant(s(thinkTimeOf(p))),
    popularity,
    target,
  });
  return each;
}

function inTurn(sim: Simulation, from: string, serving: readonly Instance[]): Balancer<number, void> {
  return roundRobin(serving.map(({ service }) => new Link(sim, service, { from, delay: faraway })));
}

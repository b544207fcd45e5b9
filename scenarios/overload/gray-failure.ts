/**
 * Gray failure: one replica of a fleet is slow, not dead.
 *
 *     users --> gateway --> replica-1 … replica-n
 *
 * The first replica is slow for some seconds, or fails at once all or a part of what it is asked, and passes every health check. How the gateway picks a replica, and
 * what it makes of those that answer late, is what differs. All variants get the same requests at the same times.
 */
import {
  atLeast,
  atMost,
  balancingPolicies,
  defineScenario,
  guardrail,
  healthSignals,
  Hedging,
  hedgingSignals,
  Link,
  LoadBalancer,
  mean,
  noEarlierAttempts,
  OpenLoopClient,
  OUTLIER_DEFAULTS,
  outlierSignals,
  peak,
  poisson,
  quantile,
  ratio,
  s,
  Service,
  total,
  zipfPopularity,
  type CallFailure,
  type OutlierOptions,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import * as ejecting from './gray-failure/ejection-limits.ts';
import * as fleet from './gray-failure/fleet.ts';
import * as hedged from './gray-failure/hedging-limits.ts';
import * as limits from './gray-failure/limits.ts';
import * as partial from './gray-failure/partial-limits.ts';
import { params, type Values } from './gray-failure/params.ts';
import { replica, type ReplicaQuery } from './gray-failure/replica.ts';
import {
  ACTIVE,
  DURATION,
  FAILED,
  RECOVERY,
  SHARE,
  tallySignals,
  TROUBLED,
  WASTED,
  watchTrouble,
} from './gray-failure/tally.ts';

/** A request is read-only, so another replica may be asked after any of these. */
const NON_FATAL: readonly CallFailure[] = ['unavailable', 'overloaded', 'timeout', 'error'];
const EJECTIONS = 'balancing.ejections';
const HEALTH = 'balancing.health_checks.failed';

const noCheckFails = atMost(total(HEALTH), 0);
const found = [atLeast(total(EJECTIONS), partial.foundBySight), atMost(total(FAILED), partial.failsWhileInUse)];
/** What of an outlier's kinds is enforced, in per cent; Envoy's defaults where nothing is said. */
const ENFORCED: Readonly<Record<Values['ejectsFor'], Partial<OutlierOptions>>> = {
  defaults: {},
  'failures-in-a-row': { enforcingSuccessRate: 0 },
  'success-rate': { enforcingConsecutive5xx: 0 },
  'failure-percentage': { enforcingConsecutive5xx: 0, enforcingSuccessRate: 0, enforcingFailurePercentage: 100 },
};
const PARTIAL = { ejects: true, trouble: 'fails-some' } as const;

export default defineScenario({
  id: 'gray-failure',
  section: '2.9',
  title: 'Gray failure',
  question: 'One of eight replicas is ten times as slow and passes its health checks. Who notices?',
  params,
  variants: {
    'round-robin': {},
    'least-loaded': { policy: 'least-request' },
    'two-choices': { policy: 'two-choices' },
    hedging: { hedges: true, stops: true },
    'hedging-uncancelled': { hedges: true },
    'ejection-by-errors': { ejects: true },
    'outlier-ejection': { ejects: true, timesOut: true },
    'black-hole': { policy: 'least-request', trouble: 'fails-fast' },
    'black-hole-ejected': { policy: 'least-request', trouble: 'fails-fast', ejects: true },
    'partial-failure': { ...PARTIAL, ejectsFor: 'failures-in-a-row' },
    'success-rate-ejection': { ...PARTIAL, ejectsFor: 'success-rate' },
    'failure-percentage-ejection': { ...PARTIAL, ejectsFor: 'failure-percentage', failurePercentage: 0.02 },
  },
  roles: {
    'round-robin': 'pitfall',
    'least-loaded': 'remedy',
    'two-choices': 'remedy',
    hedging: 'remedy',
    'hedging-uncancelled': 'alternative',
    'ejection-by-errors': 'pitfall',
    'outlier-ejection': 'remedy',
    'black-hole': 'pitfall',
    'black-hole-ejected': 'remedy',
    'partial-failure': 'pitfall',
    'success-rate-ejection': 'remedy',
    'failure-percentage-ejection': 'remedy',
  },
  repairs: {
    'least-loaded': 'round-robin',
    'two-choices': 'round-robin',
    hedging: 'round-robin',
    'outlier-ejection': 'ejection-by-errors',
    'black-hole-ejected': 'black-hole',
    'success-rate-ejection': 'partial-failure',
    'failure-percentage-ejection': 'partial-failure',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: fleet.WARM_UP,
  interval: fleet.INTERVAL,
  openAt: s(10),
  system,
  signals: [...tallySignals, ...hedgingSignals, ...outlierSignals, ...healthSignals],
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    'http.client.request.duration',
    'http.client.request.error_ratio',
    SHARE,
    ACTIVE,
    'balancing.ejected',
    'hedging.rate',
    WASTED,
    RECOVERY,
  ],
  expect: {
    'round-robin': [
      atLeast(total(FAILED), limits.fairShareFails),
      atLeast(mean(SHARE), limits.fairShare),
      atLeast(quantile(DURATION, 'p95'), limits.tailWaits),
      atLeast(peak(RECOVERY), limits.backlogLasts),
      noCheckFails,
    ],
    'least-loaded': [
      atMost(total(FAILED), limits.fewFail),
      atMost(mean(SHARE), limits.whatItCanDo),
      atMost(quantile(DURATION, 'p90'), limits.tailOfTheOthers),
    ],
    'two-choices': [
      atMost(total(FAILED), limits.fewFail),
      atMost(mean(SHARE), limits.whatItCanDo),
      atMost(quantile(DURATION, 'p90'), limits.tailOfTheOthers),
    ],
    hedging: [
      atMost(total(FAILED), hedged.hedgedFail),
      atMost(quantile(DURATION, 'p90'), hedged.hedgedTail),
      atMost(peak(ACTIVE), hedged.takenBack),
      atLeast(total('hedging.hedges'), hedged.hedgesAtLeast),
      guardrail(
        atMost(ratio(total('balancing.calls'), total('http.client.requests')), hedged.callsPerRequest),
        'The price: who answers later than the delay is asked for twice',
      ),
    ],
    'hedging-uncancelled': [
      atMost(total(FAILED), hedged.hedgedFail),
      atMost(quantile(DURATION, 'p90'), hedged.hedgedTail),
      atLeast(peak(ACTIVE), hedged.lineGrows),
    ],
    'ejection-by-errors': [
      atMost(total(EJECTIONS), ejecting.noEjection),
      atLeast(total(FAILED), limits.fairShareFails),
      atLeast(quantile(DURATION, 'p95'), limits.tailWaits),
      noCheckFails,
    ],
    'outlier-ejection': [
      atLeast(total(EJECTIONS), ejecting.ejectedOnce),
      atMost(total(FAILED), ejecting.failsUntilEjected),
      atMost(quantile(DURATION, 'p90'), ejecting.tailWithoutIt),
    ],
    'black-hole': [atLeast(total(FAILED), ejecting.blackHoleFails), atLeast(mean(SHARE), ejecting.blackHoleShare)],
    'black-hole-ejected': [
      atMost(total(FAILED), ejecting.fiveFailures),
      atLeast(total(EJECTIONS), ejecting.blackHoleEjectedOnce),
    ],
    'partial-failure': [
      atLeast(total(FAILED), partial.failsOn),
      atMost(total(EJECTIONS), partial.rowsAreRare),
      noCheckFails,
    ],
    'success-rate-ejection': found,
    'failure-percentage-ejection': found,
  },
});

function system(sim: Simulation, p: Values): void {
  const replicas = Array.from({ length: p.replicas }, (_, i) => replica(sim, p, `replica-${i + 1}`));
  const balancer = new LoadBalancer<ReplicaQuery, void>(sim, {
    name: 'gateway',
    links: replicas.map(
      ({ endpoint }) => new Link(sim, endpoint, { from: 'gateway', delay: nearby, timeout: fleet.timeoutOf(p) }),
    ),
    policy: balancingPolicies[p.policy](),
    panicThreshold: 50,
    health: {
      query: 'health',
      interval: fleet.HEALTH_INTERVAL,
      timeout: fleet.HEALTH_TIMEOUT,
      unhealthyThreshold: fleet.UNHEALTHY,
      healthyThreshold: 2,
    },
    ...(p.ejects
      ? {
          outliers: {
            ...OUTLIER_DEFAULTS,
            ...ENFORCED[p.ejectsFor],
            failurePercentageThreshold: Math.round(100 * p.failurePercentage),
            consecutive5xx: p.failures,
            interval: fleet.SWEEP,
            baseEjectionTime: p.ejectionTime,
            maxEjectionPercent: Math.round(100 * p.ejectable),
            successfulActiveHealthCheckUnejectHost: p.checksReturn,
          },
        }
      : {}),
  });
  const hedging = new Hedging(sim, {
    caller: 'gateway',
    maxAttempts: p.hedges ? p.attempts : 1,
    hedgingDelay: p.hedgingDelay,
    nonFatal: NON_FATAL,
    throttle: { maxTokens: 10, tokenRatio: 0.1 },
  });
  const gateway = new Service<number, void>(sim, {
    name: 'gateway',
    help: `Picks a replica by ${p.policy}${p.hedges ? ', another as well where that takes long' : ''}${p.ejects ? '; ejects outliers' : ''}`,
    concurrency: 1_000_000,
    queueMax: 0,
    inside: {
      signals: balancer.signals,
      state: () => ({ ...balancer.state(), ...(p.hedges ? hedging.state() : {}) }),
      violations: () => [...balancer.violations(), ...hedging.violations()],
    },
    *handle({ request }) {
      const earlier = noEarlierAttempts();
      yield* hedging.call(() => balancer.call('work', request, earlier), request);
    },
  });
  const way = new Link<number, void>(sim, gateway, { from: 'users', delay: faraway, timeout: p.patience });
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(1000, 0.9),
    target: () => way,
  });
  watchTrouble(sim, p.troubleAt, p.troubleAt + p.troubleFor);
  const [{ slow, fail }] = replicas;
  const set = (isIll: boolean): void => {
    const share = p.trouble === 'fails-fast' ? 1 : p.failingShare;
    if (p.trouble === 'slow') slow(isIll ? p.slowdown : 1);
    else fail(isIll ? share : 0);
  };
  sim.scheduleAt(p.troubleAt, () => set(true), undefined, sim.eventKind(`${TROUBLED} falls ill`));
  sim.scheduleAt(p.troubleAt + p.troubleFor, () => set(false), undefined, sim.eventKind(`${TROUBLED} is well again`));
}

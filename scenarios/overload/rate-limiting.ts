/**
 * Rate limiting: a partner who keeps to the agreed rate on average, and sends it in pulses.
 *
 *     users ----> gateway --> backend
 *     partner --> (limiter)
 *
 * Every three seconds, from shortly before a full second to shortly after it, the partner sends what is agreed for three
 * seconds. Users share the backend with it. All variants are sent the same requests at the same times, and each request
 * takes the same processor time in all of them.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  guardrail,
  Link,
  OpenLoopClient,
  peak,
  poisson,
  pulses,
  quantile,
  rateLimiters,
  RateLimiting,
  s,
  Service,
  total,
  zipfPopularity,
  type DatabaseQuery,
  type RateLimiterName,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { backendOf } from './application/backend.ts';
import * as limits from './rate-limiting/limits.ts';
import { limiterNames, params, type Values } from './rate-limiting/params.ts';
import { countPassed, IN_A_SECOND, tallySignals, USERS_WAIT } from './rate-limiting/tally.ts';

const PASSED = 'rate_limit.passed';
const WAIT = 'rate_limit.wait';

/** Who asks, and for what: the gateway knows its callers. */
interface Request {
  readonly caller: 'users' | 'partner';
  readonly key: number;
}

const AGREED = 'Of what is agreed nothing is taken away: without a limit more goes on';

export default defineScenario({
  id: 'rate-limiting',
  section: '2.9',
  title: 'Rate limiting',
  question:
    'A partner keeps to the agreed rate on average, but sends in pulses. What reaches the backend within a second?',
  params,
  variants: Object.fromEntries(limiterNames.map((limiter) => [limiter, { limiter }])) as Record<
    RateLimiterName,
    { limiter: RateLimiterName }
  >,
  roles: {
    none: 'pitfall',
    'fixed-window': 'pitfall',
    'sliding-window-log': 'remedy',
    'sliding-window-counter': 'remedy',
    'token-bucket': 'remedy',
    'leaky-bucket-queue': 'remedy',
  },
  repairs: {
    'sliding-window-log': 'fixed-window',
    'sliding-window-counter': 'fixed-window',
    'token-bucket': 'none',
    'leaky-bucket-queue': 'none',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(6.1),
  system,
  signals: tallySignals,
  whileRunning: {
    userRate: sentBy('userRate', 'users'),
    partnerRate: sentBy('partnerRate', 'partner'),
    loadTime: workedOffBy('loadTime', 'backend'),
  },
  charts: [
    IN_A_SECOND,
    'rate_limit.passed.rate',
    USERS_WAIT,
    'db.client.connection.pending_requests',
    'rate_limit.refused.rate',
    'rate_limit.waiting',
    WAIT,
  ],
  expect: {
    none: [
      atLeast(peak(IN_A_SECOND), limits.wholePulse),
      atLeast(quantile(USERS_WAIT, 'p99'), limits.usersWaitForPulse),
    ],
    'fixed-window': [
      atLeast(peak(IN_A_SECOND), limits.twiceAroundTheEdge),
      atMost(peak(IN_A_SECOND), limits.twiceAtMost),
      atLeast(quantile(USERS_WAIT, 'p99'), limits.usersWaitForDoubled),
    ],
    'sliding-window-log': [
      atMost(peak(IN_A_SECOND), limits.onceAtMost),
      atMost(quantile(USERS_WAIT, 'p99'), limits.usersWaitForWindow),
      guardrail(atLeast(total(PASSED), limits.windowsPass), AGREED),
    ],
    'sliding-window-counter': [
      atMost(peak(IN_A_SECOND), limits.estimatedAtMost),
      atMost(quantile(USERS_WAIT, 'p99'), limits.usersWaitForEstimate),
      guardrail(atLeast(total(PASSED), limits.windowsPass), AGREED),
    ],
    'token-bucket': [
      atMost(peak(IN_A_SECOND), limits.burstAndRate),
      atMost(quantile(USERS_WAIT, 'p99'), limits.usersWaitForBurst),
      guardrail(atLeast(total(PASSED), limits.burstsPass), AGREED),
    ],
    'leaky-bucket-queue': [
      atMost(peak(IN_A_SECOND), limits.rateAlone),
      atMost(quantile(USERS_WAIT, 'p99'), limits.usersWaitForOne),
      atLeast(quantile(WAIT, 'p50'), limits.halfWait),
      guardrail(atMost(peak(WAIT), limits.fullQueue), 'The price has a bound: who is not held waits for nothing'),
      guardrail(atLeast(total(PASSED), limits.queuesPass), AGREED),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const backend = backendOf(sim, p);
  const store = new Link<DatabaseQuery, Row>(sim, backend, { from: 'gateway', delay: nearby });
  const limiting = new RateLimiting(
    sim,
    'gateway',
    'partner',
    rateLimiters[p.limiter]({ perSecond: p.limit, burst: p.burst, queueMax: p.queueMax, window: p.window }),
  );
  // What waits in the leaky bucket keeps a handler: there are enough of them, so that it is the limiter that has the bound.
  const gateway = new Service<Request, Row>(sim, {
    name: 'gateway',
    help: 'Knows who calls, limits the partner and passes requests on to the backend',
    concurrency: 100_000,
    queueMax: 0,
    inside: limiting,
    *handle({ query: { caller, key }, request }) {
      if (caller === 'partner') yield* limiting.pass(request);
      return yield* store.call({ operation: 'read', key }, request);
    },
  });
  const link = (from: string) => {
    const way = new Link<Request, Row>(sim, gateway, { from, delay: faraway, timeout: p.patience });
    return () => way;
  };
  new OpenLoopClient<Row, Request>(sim, {
    name: 'users',
    arrivals: poisson(p.userRate),
    popularity: zipfPopularity(1000, 0.9),
    asks: (key) => ({ caller: 'users', key }),
    target: link('users'),
  });
  new OpenLoopClient<Row, Request>(sim, {
    name: 'partner',
    arrivals: pulses({ first: limits.firstPulse(p), every: p.every, count: limits.pulseOf(p), length: p.pulse }),
    popularity: zipfPopularity(1000, 0.9),
    asks: (key) => ({ caller: 'partner', key }),
    target: link('partner'),
  });
  countPassed(sim);
}

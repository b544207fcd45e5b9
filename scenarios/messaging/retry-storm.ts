/**
 * A retry storm: a dependency is slow for a while, and the retries of those who call it decide whether it recovers.
 *
 *     users, jobs --> app-1 … app-n --> dependency
 *
 * Each instance calls the dependency once a request, and asks again when that fails or takes too long. The dependency
 * works on for callers that have gone. In two variants nothing is slow, and jobs come in step. All variants get the same
 * requests at the same times, and the same call takes the same processor time in all of them.
 */
import {
  atLeast,
  atMost,
  backoffs,
  BatchClient,
  Database,
  defineScenario,
  gamma,
  Link,
  ms,
  OpenLoopClient,
  peak,
  poisson,
  ratio,
  RetryBudget,
  Retrying,
  retrySignals,
  roundRobin,
  s,
  Service,
  total,
  zipfPopularity,
  type DatabaseQuery,
  type Expectation,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { slowInTrouble } from '../application/trouble.ts';
import * as limits from './retry-storm/limits.ts';
import { params, type Values } from './retry-storm/params.ts';
import { JOBS_FAILED, RECOVERY, tallySignals, watchFailures } from './retry-storm/tally.ts';

const ERRORS = 'http.client.request.errors';
const REQUESTS = 'http.client.requests';
const ATTEMPTS = 'retry.attempts';
const RETRIES = 'retry.retries';
const RETRY_RATE = 'retry.rate';

/** What each remedy sets; its limits follow from it. */
const remedies = {
  exponential: { backoff: 'exponential' },
  'full-jitter': { backoff: 'full-jitter' },
  'decorrelated-jitter': { backoff: 'decorrelated-jitter' },
  'retry-budget': { backoff: 'full-jitter', budgeted: true },
} as const;

const recovers = (remedy: limits.Remedy): Expectation[] => [
  atMost(peak(RECOVERY), limits.recoveryMost(remedy)),
  atMost(total(ERRORS), limits.failuresThatPass(remedy)),
  atMost(ratio(total(ATTEMPTS), total(REQUESTS)), limits.passing(remedy)),
];

/** Nothing is slow, and the line is short: of jobs that are started by one clock most are refused at once. They have patience. */
const IN_STEP = { slowdown: 1, inStep: 2000, connections: 50, pendingMax: 100, base: ms(800), patience: s(6) } as const;

export default defineScenario({
  id: 'retry-storm',
  section: '2.4',
  title: 'Retry storm',
  question:
    'A dependency that is hardly busy becomes slow for three seconds. How long after that do requests still fail?',
  params,
  variants: {
    immediate: {},
    ...remedies,
    'in-step-exponential': { ...IN_STEP, backoff: 'exponential' },
    'in-step-full-jitter': { ...IN_STEP, backoff: 'full-jitter' },
  },
  roles: {
    immediate: 'pitfall',
    exponential: 'remedy',
    'full-jitter': 'remedy',
    'decorrelated-jitter': 'remedy',
    'retry-budget': 'remedy',
    'in-step-exponential': 'pitfall',
    'in-step-full-jitter': 'remedy',
  },
  repairs: {
    exponential: 'immediate',
    'full-jitter': 'immediate',
    'decorrelated-jitter': 'immediate',
    'retry-budget': 'immediate',
    'in-step-full-jitter': 'in-step-exponential',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(10),
  system,
  signals: [...retrySignals, ...tallySignals],
  whileRunning: {
    rate: sentBy('rate', 'users'),
    loadTime: workedOffBy('loadTime', 'dependency'),
  },
  charts: [
    'http.client.request.error_ratio',
    RECOVERY,
    'db.client.operation.rate',
    'retry.rate',
    'db.client.connection.pending_requests',
    'http.client.request.duration',
    'http.server.active_requests',
    JOBS_FAILED,
  ],
  expect: {
    immediate: [
      atLeast(peak(RECOVERY), limits.toTheEnd),
      atLeast(total(ERRORS), limits.failuresThatStay),
      atLeast(ratio(total(ATTEMPTS), total(REQUESTS)), limits.amplified),
    ],
    exponential: recovers(remedies.exponential),
    'full-jitter': recovers(remedies['full-jitter']),
    'decorrelated-jitter': recovers(remedies['decorrelated-jitter']),
    'retry-budget': [...recovers(remedies['retry-budget']), atMost(total(RETRIES), limits.paidFor)],
    'in-step-exponential': [atLeast(peak(RETRY_RATE), limits.wave), atLeast(total(JOBS_FAILED), limits.failuresInStep)],
    'in-step-full-jitter': [atMost(peak(RETRY_RATE), limits.spread), atMost(total(JOBS_FAILED), limits.failuresSpread)],
  },
});

function system(sim: Simulation, p: Values): void {
  const dependency = new Database(sim, {
    name: 'dependency',
    connections: p.connections,
    queueMax: p.pendingMax,
    cores: p.cores,
    demand: gamma(SHAPE, p.loadTime / SHAPE),
  });
  const apps = Array.from({ length: p.instances }, (_, i) => instance(sim, p, `app-${i + 1}`, dependency));
  const client = (name: string) => ({
    name,
    popularity: zipfPopularity(1000, 0.9),
    target: roundRobin(
      apps.map((app) => new Link<number, Row>(sim, app, { from: name, delay: faraway, timeout: p.patience })),
    ),
  });
  new OpenLoopClient(sim, { ...client('users'), arrivals: poisson(p.rate) });
  if (p.inStep > 0) new BatchClient(sim, { ...client('jobs'), jobs: p.inStep, at: p.troubleAt });
  watchFailures(sim, p.troubleAt + p.troubleFor);
  slowInTrouble(sim, dependency, p);
}

/** An instance holds a handler for as long as its user waits; it has enough of them that they are never what is short. */
function instance(sim: Simulation, p: Values, name: string, dependency: Database): Service<number, Row> {
  const retrying = new Retrying<DatabaseQuery, Row>(sim, {
    caller: name,
    link: new Link<DatabaseQuery, Row>(sim, dependency, { from: name, delay: nearby, timeout: p.attemptTimeout }),
    backoff: backoffs[p.backoff](p),
    base: p.base,
    attemptsMax: p.attempts,
    patience: p.patience,
    ...(p.budgeted
      ? {
          budget: new RetryBudget(sim, {
            share: p.budgetShare,
            reserve: p.budgetReserve,
            window: limits.BUDGET_WINDOW,
          }),
        }
      : {}),
  });
  return new Service<number, Row>(sim, {
    name,
    help: 'An instance of the application: calls the dependency, and again where that fails',
    concurrency: 10_000,
    queueMax: 0,
    handle: (call) => retrying.call({ operation: 'read', key: call.query }, call.request),
  });
}

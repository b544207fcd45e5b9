/**
 * Load shedding: five times as much comes as can be done, and somebody has to decide what is not.
 *
 *     core, rest --> api (door) --> backend
 *
 * The door is the only thing that differs. All variants get the same requests at the same times, and each request takes the same
 * processor time in all of them.
 */
import {
  atLeast,
  atMost,
  concurrencyLimits,
  defineScenario,
  guardrail,
  Link,
  loadShedders,
  LoadShedding,
  mean,
  OpenLoopClient,
  poisson,
  quantile,
  s,
  Service,
  total,
  WindowedLimit,
  zipfPopularity,
  type DatabaseQuery,
  type LoadShedderName,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { backendOf } from './application/backend.ts';
import * as limits from './load-shedding/limits.ts';
import { params, shedderNames, type Values } from './load-shedding/params.ts';
import { ANSWER_TIME, ANSWERED, CORE_RATIO, GOODPUT, tallySignals, watchRush } from './load-shedding/tally.ts';

/** Who asks: 0 for core requests. */
interface Request {
  readonly priority: number;
  readonly key: number;
}

const BY_LOT = 'The price: a lot does not know what matters, and without a door hardly anybody is answered either';
const FOUND =
  'What a limit that is found is for: hardly a line. Without a door those who are answered came before there was one';

export default defineScenario({
  id: 'load-shedding',
  section: '2.9',
  title: 'Load shedding',
  question: 'Five times as many requests come as can be done. How many are answered?',
  params,
  variants: Object.fromEntries(shedderNames.map((shedder) => [shedder, { shedder }])) as Record<
    LoadShedderName,
    { shedder: LoadShedderName }
  >,
  roles: {
    none: 'pitfall',
    'random-shed': 'remedy',
    'priority-shed': 'remedy',
    'adaptive-concurrency': 'remedy',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(8),
  system,
  signals: tallySignals,
  whileRunning: {
    coreRate: sentBy('coreRate', 'core'),
    restRate: sentBy('restRate', 'rest'),
    loadTime: workedOffBy('loadTime', 'backend'),
  },
  charts: [
    GOODPUT,
    'http.client.request.rate',
    'answers.core.success_ratio',
    'answers.rest.success_ratio',
    'load_shed.inside',
    'load_shed.limit',
    ANSWER_TIME,
    'db.client.connection.pending_requests',
  ],
  expect: {
    none: [atMost(total(ANSWERED), limits.hardlyAny)],
    'random-shed': [
      atLeast(total(ANSWERED), limits.nearCapacity),
      atMost(quantile(ANSWER_TIME, 'p99'), limits.behindFull),
      guardrail(atMost(mean(CORE_RATIO), limits.noMoreThanByLot), BY_LOT),
    ],
    'priority-shed': [
      atLeast(total(ANSWERED), limits.nearCapacity),
      atMost(quantile(ANSWER_TIME, 'p99'), limits.behindFull),
      atLeast(mean(CORE_RATIO), limits.coreKept),
    ],
    'adaptive-concurrency': [
      atLeast(total(ANSWERED), limits.nearCapacity),
      atMost(quantile(ANSWER_TIME, 'p99'), limits.behindLimit),
      guardrail(atMost(quantile(ANSWER_TIME, 'p50'), limits.foundMedian), FOUND),
      guardrail(atMost(mean(CORE_RATIO), limits.noMoreThanByLot), BY_LOT),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const backend = backendOf(sim, p);
  const limit = concurrencyLimits[p.algorithm]({
    initial: p.initialLimit,
    min: 1,
    max: Math.max(p.initialLimit, p.maxLimit),
    timeout: p.target,
    random: sim.random('api/probes'),
  });
  const door = new LoadShedding<Request>(sim, {
    service: 'api',
    shedder: loadShedders[p.shedder]({
      from: Math.min(p.shedFrom, p.shedFull - 1),
      full: p.shedFull,
      adaptive: new WindowedLimit(limit, p.samples, () => sim.now),
    }),
    priorityOf: ({ priority }) => priority,
  });
  const store = new Link<DatabaseQuery, Row>(sim, backend, { from: 'api', delay: nearby });
  const api = new Service<Request, Row>(sim, {
    name: 'api',
    help: 'Passes requests on to the backend; who gets in is decided at its door',
    concurrency: 1_000_000,
    queueMax: 0,
    admission: door,
    inside: door,
    *handle({ query: { key }, request }) {
      return yield* store.call({ operation: 'read', key }, request);
    },
  });
  const clients = (['core', 'rest'] as const).map((name, priority) => {
    const link = new Link<Request, Row>(sim, api, { from: name, delay: faraway, timeout: p.patience });
    return new OpenLoopClient<Row, Request>(sim, {
      name,
      arrivals: poisson(name === 'core' ? p.coreRate : p.restRate),
      popularity: zipfPopularity(1000, 0.9),
      asks: (key) => ({ priority, key }),
      target: () => link,
    });
  });
  const rush = (factor: number): void => clients.forEach((client) => client.interventions['surge'].apply([factor]));
  sim.scheduleAt(p.rushAt, () => rush(limits.surge(p)), undefined, sim.eventKind('rush begins'));
  sim.scheduleAt(p.rushAt + p.rushFor, () => rush(1), undefined, sim.eventKind('rush is over'));
  watchRush(sim, p.rushAt + limits.SETTLED, p.rushAt + p.rushFor);
}

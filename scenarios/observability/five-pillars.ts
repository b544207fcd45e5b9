/**
 * The five pillars: a change makes the orders of one tenant slow, and a team asks seven questions. What it has to answer them with is all
 * that differs.
 *
 *     users --> gateway --> catalogue
 *                      \--> orders --> payments
 *
 *     all of them --> metrics, traces, logs, profiles; and a log of changes
 *
 * Each answer is what a query finds in what the team's backends hold, and is compared with what is true. All variants get the
 * same requests at the same times.
 */
import {
  atEnd,
  atLeast,
  atMost,
  ChangeLog,
  dashboard,
  defineScenario,
  Link,
  LogBook,
  LogStore,
  OpenLoopClient,
  poisson,
  processSignals,
  ProfileStore,
  Prometheus,
  s,
  TraceBackend,
  zipfPopularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import * as limits from './five-pillars/limits.ts';
import { nodeOf, type Backends, type Node } from './five-pillars/node.ts';
import { DASHBOARD, dashboardSignals, FILLED, panels, SCRAPE, WINDOW } from './five-pillars/panels.ts';
import { has, params, type Values } from './five-pillars/params.ts';
import { ask } from './five-pillars/questions.ts';
import { orderSignal, watchOrders } from './five-pillars/order-truth.ts';
import { shopOf, TRUTH, USERS } from './five-pillars/shop.ts';
import { RIGHT, rightOf, Verdicts, verdictSignals, WRONG } from './five-pillars/verdicts.ts';

/** The last time that it asks is so long before the end. */
const LAST_ASKED = s(0.25);

export default defineScenario({
  id: 'five-pillars',
  section: '3.1',
  title: 'Metrics, traces, logs, profiles, events',
  question: 'Some requests are slow. Which of seven questions can a team answer, with what it has?',
  params,
  variants: {
    'metrics-only': { pillars: 'metrics' },
    'with-traces': { pillars: 'traces' },
    'with-logs': { pillars: 'logs' },
    'with-profiles': { pillars: 'profiles' },
    'with-events': { pillars: 'events' },
  },
  roles: {
    'metrics-only': 'pitfall',
    'with-traces': 'remedy',
    'with-logs': 'remedy',
    'with-profiles': 'remedy',
    'with-events': 'remedy',
  },
  seed: 1,
  duration: limits.ends,
  warmUp: FILLED,
  interval: limits.INTERVAL,
  openAt: s(45),
  system,
  signals: [...verdictSignals, ...dashboardSignals, orderSignal, ...processSignals],
  whileRunning: { rate: sentBy('rate', 'users') },
  charts: [
    RIGHT,
    WRONG,
    DASHBOARD,
    'http.client.request.duration',
    'http.server.active_requests',
    'telemetry.cpu.time',
  ],
  places: {
    users: { x: 0, y: 0.6 },
    gateway: { x: 1, y: 0.6 },
    catalogue: { x: 2, y: 0 },
    orders: { x: 2, y: 1.2 },
    payments: { x: 3, y: 1.2 },
    'gateway-agent': { x: 0, y: 1.8 },
    logs: { x: 0, y: 2.8 },
    prometheus: { x: 1, y: 2.8 },
    traces: { x: 2, y: 2.8 },
    profiles: { x: 3, y: 2.8 },
  },
  expect: {
    'metrics-only': [
      atLeast(atEnd(rightOf('since_when')), limits.isRisen),
      atLeast(atEnd(rightOf('which_endpoint')), limits.isRisen),
      atMost(atEnd(RIGHT), limits.byMetricsMost),
    ],
    'with-traces': [
      atLeast(atEnd(rightOf('which_hop')), limits.isTraced),
      atLeast(atEnd(rightOf('which_customer')), limits.isTraced),
      atLeast(atEnd(RIGHT), limits.byTraces),
      atLeast(atEnd(WRONG), limits.wrongByTraces),
    ],
    'with-logs': [atLeast(atEnd(rightOf('how_many_users')), limits.isLogged), atLeast(atEnd(RIGHT), limits.byLogs)],
    'with-profiles': [
      atLeast(atEnd(rightOf('which_code')), limits.isProfiled),
      atLeast(atEnd(RIGHT), limits.byProfiles),
    ],
    'with-events': [
      atLeast(atEnd(rightOf('what_changed')), limits.isWrittenDown),
      atLeast(atEnd(RIGHT), limits.byEvents),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const backends: Backends = {
    traces: has(p, 'traces') ? new TraceBackend(sim, { name: 'traces', idle: s(5), retention: s(3600) }) : undefined,
    logs: has(p, 'logs') ? logsOf(sim) : undefined,
    profiles: has(p, 'profiles') ? new ProfileStore(sim, 'profiles') : undefined,
    book: new LogBook(),
  };
  const nodes: Node[] = [];
  const gateway = shopOf(sim, p, (name) => {
    // The others have nothing to say that is asked for.
    const node = nodeOf(sim, name, p, { ...backends, logs: name === 'gateway' ? backends.logs : undefined });
    nodes.push(node);
    return node;
  });
  watchOrders(sim, WINDOW, SCRAPE);
  const way = new Link(sim, gateway, { from: 'users', delay: faraway, timeout: s(10) });
  new OpenLoopClient<undefined>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(USERS, 0),
    target: () => way,
  });
  const prometheus = new Prometheus(sim, {
    name: 'prometheus',
    targets: nodes.map(({ target }) => target),
    scrapeInterval: SCRAPE,
    scrapeTimeout: SCRAPE,
    evaluationInterval: SCRAPE,
    evaluations: [dashboard(sim, panels)],
  });
  const events = has(p, 'events') ? new ChangeLog() : undefined;
  changes(sim, p, events);
  const verdicts = new Verdicts(sim, p);
  const asks = (): void => {
    const { traces, logs, profiles } = backends;
    const held = { metrics: prometheus.head, traces: traces?.index, logs, profiles, events };
    verdicts.judge(ask(held, sim.now, p.target));
  };
  const kind = sim.eventKind('the team asks its questions');
  for (let at = FILLED; at < limits.ends(p); at += SCRAPE) sim.scheduleAt(at, asks, undefined, kind);
  sim.scheduleAt(limits.ends(p) - LAST_ASKED, asks, undefined, kind);
}

const logsOf = (sim: Simulation): LogStore =>
  new LogStore(sim, {
    name: 'logs',
    labels: ({ resource, severity }) => ({ service: resource['service.name'], level: severity }),
    lineOf: ({ body }) => body,
    chunkBytes: 65_536,
    scanRate: 100e6,
  });

/** What is changed around that time, and written down where there is a log of it: one of these is the cause. */
function changes(sim: Simulation, p: Values, log: ChangeLog | undefined): void {
  const change = (at: number, service: string, kind: 'deployment' | 'configuration', what: string): void => {
    sim.scheduleAt(at, () => log?.record({ time: at, service, kind, what }), undefined, sim.eventKind(what));
  };
  change(p.changeAt - s(20), 'gateway', 'deployment', 'gateway 4.2.0');
  change(p.changeAt - s(3), 'catalogue', 'deployment', 'catalogue 1.9.1');
  change(p.changeAt, TRUTH.hop, 'configuration', TRUTH.change);
  change(p.changeAt + s(4), 'payments', 'configuration', 'bank.timeout=5s');
}

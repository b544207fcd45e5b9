/**
 * Cardinality: a histogram with the user's id among its labels, and what can be asked without it.
 *
 *     users, account --> app-1 … app-n <-- prometheus
 *
 * The account comes late, and is slow. Most variants get the same requests at the same times; what differs is what the instrument
 * keeps of them, and who draws a line where. Those with many viewers have fewer users, and differ from each other in what viewers ask for.
 */
import {
  atEnd,
  atLeast,
  atMost,
  dashboard,
  defineScenario,
  during,
  guardrail,
  Link,
  mean,
  OpenLoopClient,
  peak,
  poisson,
  Prometheus,
  recordingRules,
  roundRobin,
  s,
  total,
  tracerSignals,
  zipfPopularity,
  type Balancer,
  type Popularity,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { accountOf, instance } from './cardinality/instance.ts';
import * as limits from './cardinality/limits.ts';
import { dashboardSignals, panels, RATE_PANEL, rules, slowest, TraceStore } from './cardinality/panels.ts';
import { params, type Values } from './cardinality/params.ts';
import { AGE, CHARTED, KNOWN, tallySignals, Watch } from './cardinality/tally.ts';

const SERIES = 'prometheus.head.series';
const KILLS = 'prometheus.kills';
const UP = 'prometheus.up';
const HELD = 'telemetry.memory.usage';
const QUERY = 'prometheus.query.series';

const READ = 'prometheus.query.samples';
const SAME = 'A panel shows what it showed before';

const bounded = atMost(peak(SERIES), limits.bounded);

/** As many as Prometheus has room for, and a wall of screens. */
const fewUsers = { users: 400 } as const;
const VIEWERS = 10;

export default defineScenario({
  id: 'cardinality',
  section: '3.6',
  title: 'Label cardinality',
  question: 'A metric gets the user’s id as a label. What does that cost, and how else is the slow user found?',
  params,
  variants: {
    'user-id-label': {},
    'cardinality-limit': { cardinalityLimit: 500 },
    'sample-limit': { sampleLimit: 5000 },
    aggregated: { label: 'none' },
    'aggregated-with-exemplars': { label: 'none', exemplars: 'trace-based' },
    'many-viewers': { ...fewUsers, viewers: VIEWERS },
    'recording-rules': { ...fewUsers, viewers: VIEWERS, recorded: true },
  },
  roles: {
    'user-id-label': 'pitfall',
    'cardinality-limit': 'alternative',
    'sample-limit': 'alternative',
    aggregated: 'alternative',
    'aggregated-with-exemplars': 'remedy',
    'many-viewers': 'pitfall',
    'recording-rules': 'remedy',
  },
  repairs: { 'aggregated-with-exemplars': 'user-id-label', 'recording-rules': 'many-viewers' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(75),
  system,
  signals: [...tallySignals, ...dashboardSignals, ...tracerSignals],
  whileRunning: { rate: sentBy('rate', 'users'), slowRate: sentBy('slowRate', 'account') },
  charts: [
    SERIES,
    'prometheus.head.memory',
    UP,
    AGE,
    CHARTED.served,
    RATE_PANEL,
    KNOWN,
    QUERY,
    CHARTED.users,
    CHARTED.streams,
    HELD,
  ],
  expect: {
    'user-id-label': [
      atMost(mean(UP), limits.upUntilKilled),
      atLeast(peak(SERIES), limits.seriesWhenKilled),
      atLeast(atEnd(AGE), limits.ageWhenKilled),
      atMost(mean(RATE_PANEL), limits.rateMissed),
      atMost(peak(KNOWN), limits.nobodyKnown),
      atLeast(peak(HELD), limits.heldByUsers),
    ],
    'cardinality-limit': [
      bounded,
      atMost(peak(HELD), limits.heldBounded),
      atMost(total(KILLS), limits.noKills),
      atLeast(mean(RATE_PANEL), limits.rateKept),
      atMost(mean(RATE_PANEL), limits.rateMost),
      atMost(peak(KNOWN), limits.nobodyKnown),
    ],
    'sample-limit': [bounded, atMost(total(KILLS), limits.noKills), atLeast(atEnd(AGE), limits.ageWhenDark)],
    aggregated: [
      atMost(peak(SERIES), limits.aggregated),
      atLeast(mean(UP), limits.upWhenWell),
      atMost(peak(KNOWN), limits.nobodyKnown),
    ],
    'aggregated-with-exemplars': [
      atMost(peak(SERIES), limits.aggregated),
      atMost(peak(HELD), limits.heldAggregated),
      atMost(peak(QUERY), limits.lookedAt),
      atLeast(mean(UP), limits.upWhenWell),
      atMost(peak(AGE), limits.ageWhenWell),
      atLeast(atEnd(KNOWN), limits.known),
      guardrail(
        atMost(mean(RATE_PANEL), limits.rateMost),
        'A request that is an exemplar is counted once, as any other',
      ),
    ],
    'many-viewers': [atLeast(peak(QUERY), limits.askedByEach), atLeast(peak(READ), limits.readByEach)],
    'recording-rules': [
      atMost(peak(QUERY), limits.askedOnce),
      guardrail(atLeast(mean(RATE_PANEL), limits.rateKept), SAME),
      guardrail(atMost(mean(RATE_PANEL), limits.rateMost), SAME),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const traces = new TraceStore(sim);
  const instances = Array.from({ length: p.instances }, (_, i) => instance(sim, p, `app-${i + 1}`, traces));
  const way = (from: string): Balancer<number, void> =>
    roundRobin(instances.map(({ service }) => new Link(sim, service, { from, delay: faraway })));
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(p.users, p.exponent),
    target: way('users'),
  });
  new OpenLoopClient<void>(sim, {
    name: 'account',
    arrivals: during(p.slowAt, Infinity, poisson(p.slowRate)),
    popularity: theAccount(p),
    target: way('account'),
  });
  const meters = instances.map(({ meter }) => meter);
  const watch = new Watch(sim, p, meters);
  new Prometheus(sim, {
    name: 'prometheus',
    targets: instances.map(({ target, labels }) => ({
      link: new Link(sim, target, { from: 'prometheus', delay: nearby }),
      labels,
    })),
    scrapeInterval: p.scrapeInterval,
    scrapeTimeout: p.scrapeInterval,
    evaluationInterval: p.evaluationInterval,
    evaluations: [
      ...(p.recorded ? [recordingRules(rules(p))] : []),
      ...Array.from({ length: p.viewers }, () =>
        dashboard(
          sim,
          panels(p, () => watch.shown()),
        ),
      ),
      watch.evaluation(slowest(p, traces)),
    ],
    memoryLimit: p.memory * 1e6,
    ...(p.sampleLimit > 0 && { sampleLimit: p.sampleLimit }),
  });
}

const theAccount = (p: Values): Popularity => ({ keys: 1, first: accountOf(p), draw: () => accountOf(p) });

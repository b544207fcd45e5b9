/**
 * The handbook's table of objectives: five rows, each with the trigger of its alert, on one small shop.
 *
 *     users, buyers, crawler --> api-1, api-2 --> cache
 *                                         \ \---> database --> replica
 *                                          \----> stream --> consumer
 *     prometheus --> alertmanager --> pager
 *
 * In each variant one thing goes wrong for a quarter of an hour. The alert of its row has to fire, and no other.
 */
import {
  atLeast,
  atMost,
  defineScenario,
  difference,
  minutes,
  s,
  total,
  type Expectation,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { alerting } from './slo-table/alerting.ts';
import * as limits from './slo-table/limits.ts';
import { ROWS, type RowName } from './slo-table/objectives.ts';
import { params, type Values } from './slo-table/params.ts';
import { shop } from './slo-table/shop.ts';
import {
  BURN,
  EARLY,
  FIRED,
  firedOf,
  HIT_RATIO,
  HIT_RATIO_SILENT,
  LATENCY_BURN,
  P99,
  REPLICA_LAG,
  SILENT,
  SLOPE,
  tableSignals,
  UNHEARD,
} from './slo-table/signals.ts';

/** The alert of the row fires, soon enough, and none of the others does. */
const firesAlone = (row: RowName): Expectation[] => {
  const own = total(firedOf(ROWS[row]));
  return [
    atLeast(own, limits.fires(row)),
    atMost(difference(total(FIRED), own), limits.noOther),
    atMost(total(EARLY), limits.noOther),
    atMost(total(UNHEARD), limits.unheardMost(row)),
  ];
};

/** Whatever else fires, the hit rate's alert does not where that is no lower than its trigger. */
const hitRatioUnheard = atMost(total(firedOf(ROWS.hitRatio)), limits.hitRatioUnheard);

/** So many that five minutes tell a share below 90 % from one above 85 %. */
const manyUsers = { rate: 12, ttl: minutes(5) };

export default defineScenario({
  id: 'slo-table',
  section: '3.5',
  title: 'The SLO table',
  question:
    'Five objectives, each with the trigger of its alert: does each one fire for its fault, and for nothing else?',
  params,
  variants: {
    healthy: {},
    'instance-down': { fault: 'instance-down' },
    'database-slow': { fault: 'database-slow' },
    'consumer-stopped': { fault: 'consumer-stopped' },
    crawler: { fault: 'crawler' },
    'replica-slow': { fault: 'replica-slow' },
    'below-the-triggers': {
      ...manyUsers,
      fault: 'below-the-triggers',
      crawls: limits.crawlsBetween(manyUsers, params),
    },
    'latency-budget': { fault: 'database-slow', latencyRule: 'budget', baselines: 1.1, slowdown: 12 },
  },
  roles: {
    healthy: 'control',
    'instance-down': 'fault',
    'database-slow': 'fault',
    'consumer-stopped': 'fault',
    crawler: 'fault',
    'replica-slow': 'fault',
    'below-the-triggers': 'fault',
    'latency-budget': 'alternative',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: s(30),
  openAt: minutes(22),
  system,
  signals: tableSignals,
  whileRunning: {
    rate: sentBy('rate', 'users'),
    writes: sentBy('writes', 'buyers'),
    crawls: sentBy('crawls', 'crawler'),
  },
  charts: [
    'alert.firing',
    'alert.pending',
    BURN,
    LATENCY_BURN,
    P99,
    SLOPE,
    'redis.stream.lag',
    HIT_RATIO,
    REPLICA_LAG,
    SILENT,
  ],
  places: {
    users: { x: 0, y: 0 },
    buyers: { x: 0, y: 0.8 },
    crawler: { x: 0, y: 1.6 },
    api: { x: 1, y: 0.8 },
    cache: { x: 2, y: 0 },
    database: { x: 2, y: 0.8 },
    stream: { x: 2, y: 1.6 },
    replica: { x: 3, y: 0.8 },
    consumer: { x: 3, y: 1.6 },
    prometheus: { x: 4, y: 0 },
    alertmanager: { x: 4, y: 0.8 },
    pager: { x: 4, y: 1.6 },
  },
  expect: {
    healthy: [atMost(total(FIRED), limits.noOther), atMost(total(SILENT), limits.neverSilent), hitRatioUnheard],
    'instance-down': firesAlone('availability'),
    'database-slow': firesAlone('latency'),
    'consumer-stopped': firesAlone('lag'),
    crawler: firesAlone('hitRatio'),
    'replica-slow': firesAlone('replica'),
    'below-the-triggers': [
      atMost(total(FIRED), limits.noOther),
      atLeast(total(SILENT), limits.silentFor),
      atLeast(total(HIT_RATIO_SILENT), limits.hitRatioSilentFor),
      hitRatioUnheard,
    ],
    'latency-budget': [...firesAlone('latency'), atMost(total(SILENT), limits.silentUntilHeard)],
  },
});

function system(sim: Simulation, p: Values): void {
  shop(sim, p);
  alerting(sim, p);
}

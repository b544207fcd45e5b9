/**
 * The telemetry of a small fleet on its way to whoever looks at it: what breaks first, by which signal that is seen, and what helps.
 *
 *     services --> collector-1 … n --> traces, logs
 *         \------> prometheus -------> metrics
 *     dashboards --> frontend --> metrics        searches --> traces, logs
 *
 * Each pair of variants has one bottleneck and its remedy; what is emitted and asked is the same in all, but where the bottleneck
 * is that there is more of it.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  guardrail,
  mean,
  minutes,
  peak,
  quantile,
  total,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import * as collectors from './telemetry-pipeline/collector-limits.ts';
import { params, type Values } from './telemetry-pipeline/params.ts';
import { stackOf } from './telemetry-pipeline/stack.ts';
import {
  durationOf,
  keptShareOf,
  leadOf,
  LOSS_AT,
  LOST,
  lostOf,
  SERIES,
  overBudgetOf,
  tallySignals,
  warnedAt,
} from './telemetry-pipeline/signals.ts';
import { watch } from './telemetry-pipeline/tally.ts';
import * as queries from './telemetry-pipeline/query-limits.ts';
import * as stores from './telemetry-pipeline/store-limits.ts';
import { COLLECTORS, ON_DISK, SHARDS, TTL, WARM_UP } from './telemetry-pipeline/volumes.ts';
import { plan } from './telemetry-pipeline/trouble.ts';

const surge = { trouble: 'surge' } as const;
const churn = { trouble: 'deploys' } as const;
const chatty = { logSize: 4500 } as const;
const smallDisk = { disk: 240, memory: 64 } as const;
const outage = { trouble: 'outage' } as const;

const WAL = 'Remote write has its samples in a log on disk in both';

export default defineScenario({
  id: 'telemetry-pipeline',
  section: '3.7',
  title: 'Telemetry pipeline',
  question:
    'A pipeline of telemetry has too much to do. Where does it break, what does it lose, and what would have told you before?',
  params,
  variants: {
    'one-collector': { ...surge, collectors: 1 },
    'sharded-collector': { ...surge, collectors: COLLECTORS },
    'series-churn': { ...churn, shards: 1 },
    'sharded-store': { ...churn, shards: SHARDS },
    'unpartitioned-logs': { ...chatty, partitioning: 'none' },
    'log-partitioning': { ...chatty, partitioning: 'time-and-label' },
    'traces-kept': { ...smallDisk, traceTtl: minutes(240) },
    'trace-ttl': { ...smallDisk, traceTtl: TTL },
    'no-query-cache': { isCached: false },
    'query-cache': { isCached: true },
    'backend-down': { ...outage },
    'persistent-queue': { ...outage, ...ON_DISK },
  },
  roles: {
    'one-collector': 'pitfall',
    'sharded-collector': 'remedy',
    'series-churn': 'pitfall',
    'sharded-store': 'remedy',
    'unpartitioned-logs': 'pitfall',
    'log-partitioning': 'remedy',
    'traces-kept': 'pitfall',
    'trace-ttl': 'remedy',
    'no-query-cache': 'pitfall',
    'query-cache': 'remedy',
    'backend-down': 'pitfall',
    'persistent-queue': 'remedy',
  },
  repairs: {
    'sharded-collector': 'one-collector',
    'sharded-store': 'series-churn',
    'log-partitioning': 'unpartitioned-logs',
    'trace-ttl': 'traces-kept',
    'query-cache': 'no-query-cache',
    'persistent-queue': 'backend-down',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: WARM_UP,
  openAt: minutes(8),
  system,
  signals: tallySignals,
  whileRunning: {
    surge: (factor) => [{ action: 'emit', target: 'services', args: { factor } }],
    panelRate: sentBy('panelRate', 'dashboards'),
    searchRate: sentBy('searchRate', 'log-searches', 'trace-searches'),
  },
  charts: [
    'collector.exporter.queue.size',
    'collector.memory.usage',
    keptShareOf('traces'),
    keptShareOf('logs'),
    keptShareOf('metrics'),
    'remote_write.retries',
    'remote_write.lag',
    SERIES,
    'store.traces.size',
    durationOf('dashboards'),
    durationOf('log-searches'),
    warnedAt('queue'),
    LOSS_AT,
  ],
  expect: {
    'one-collector': [
      atLeast(total(LOST), collectors.surgeLost),
      atLeast(atEnd(leadOf('queue')), collectors.surgeLead),
    ],
    'sharded-collector': [atMost(total(LOST), collectors.surgeNoneLost)],
    'series-churn': [
      atLeast(total(lostOf('metrics')), stores.churnLost),
      atLeast(atEnd(leadOf('series')), stores.churnLead),
      atMost(peak(SERIES), stores.seriesMost),
    ],
    'sharded-store': [atMost(total(lostOf('metrics')), stores.churnNoneLost)],
    'unpartitioned-logs': [
      atLeast(total(lostOf('logs')), stores.logsLost),
      atLeast(mean(overBudgetOf('log-searches')), queries.slowSearches),
    ],
    'log-partitioning': [
      atMost(total(LOST), stores.logsNoneLost),
      atMost(quantile(durationOf('log-searches'), 'p95'), queries.quickSearches),
    ],
    'traces-kept': [
      atLeast(total(lostOf('traces')), stores.tracesLost),
      atLeast(total(lostOf('logs')), stores.logsTakenAlong),
      atLeast(atEnd(leadOf('disk')), stores.diskLead),
    ],
    'trace-ttl': [atMost(total(LOST), stores.tracesNoneLost), atMost(peak('store.traces.size'), stores.tracesMost)],
    'no-query-cache': [atLeast(mean(overBudgetOf('dashboards')), queries.slowPanels)],
    'query-cache': [atMost(quantile(durationOf('dashboards'), 'p95'), queries.quickPanels)],
    'backend-down': [
      atLeast(total(LOST), collectors.outageLost),
      atLeast(atEnd(leadOf('retries')), collectors.outageLead),
      atMost(total(lostOf('metrics')), collectors.metricsNoneLost),
      atLeast(peak('remote_write.lag'), collectors.lagLeast),
    ],
    'persistent-queue': [
      atMost(total(LOST), collectors.persistentLost),
      atLeast(atEnd(keptShareOf('traces')), collectors.persistentKept),
      atLeast(atEnd(keptShareOf('logs')), collectors.persistentKept),
      guardrail(atMost(total(lostOf('metrics')), collectors.metricsNoneLost), WAL),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const stack = stackOf(sim, p);
  watch(sim, p, stack);
  plan(sim, p, stack);
}

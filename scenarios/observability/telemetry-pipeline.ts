/**
 * The telemetry of a small fleet on its way to whoever looks at it: what breaks first, by which signal that is seen, and what helps.
 *
 *     services --> collector-1 … n --> traces, logs
 *         \------> prometheus -------> metrics
 *     dashboards --> frontend --> metrics        searches --> traces, logs
 *     rules over all of these --> alertmanager --> pager
 *     orders, one by one --> tail samplers --> sampled
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
  tailSamplingSignals,
  total,
  type Expectation,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import * as collectors from './telemetry-pipeline/collector-limits.ts';
import * as outages from './telemetry-pipeline/outage-limits.ts';
import * as paging from './telemetry-pipeline/paging-limits.ts';
import { PAGED_AFTER, pagingSignals, UNHEARD, watchPaging } from './telemetry-pipeline/paging.ts';
import { params, type Values } from './telemetry-pipeline/params.ts';
import { CUT, DASHBOARD_CUT, DROPPED_TOO_EARLY, MISSED, sampledSignals } from './telemetry-pipeline/sampled.ts';
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
import * as tails from './telemetry-pipeline/tail-limits.ts';
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
const tail = { ...surge, collectors: COLLECTORS } as const;
const unheard = { trouble: 'traces-down', alertingDown: 'prometheus' } as const;

const ONE_PLACE = 'A trace is sent to one collector as a whole, and pushed out as a whole';
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
    'tail-overload': { ...tail, tailSamplers: 1 },
    'tail-sharded': { ...tail, tailSamplers: tails.SAMPLERS },
    'sampler-killed': { trouble: 'sampler-killed', tailSamplers: 1 },
    'traces-down': { trouble: 'traces-down' },
    'logs-down': { trouble: 'logs-down' },
    'metrics-down': { trouble: 'metrics-down' },
    'collectors-down': { trouble: 'collectors-down' },
    'alertmanager-down': { trouble: 'traces-down', alertingDown: 'alertmanager' },
    'prometheus-down': { ...unheard },
    'dead-mans-switch': { ...unheard, heartbeat: true },
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
    'tail-overload': 'pitfall',
    'tail-sharded': 'remedy',
    'sampler-killed': 'fault',
    'traces-down': 'fault',
    'logs-down': 'fault',
    'metrics-down': 'fault',
    'collectors-down': 'fault',
    'alertmanager-down': 'fault',
    'prometheus-down': 'pitfall',
    'dead-mans-switch': 'remedy',
  },
  repairs: {
    'sharded-collector': 'one-collector',
    'sharded-store': 'series-churn',
    'log-partitioning': 'unpartitioned-logs',
    'trace-ttl': 'traces-kept',
    'query-cache': 'no-query-cache',
    'persistent-queue': 'backend-down',
    'tail-sharded': 'tail-overload',
    'dead-mans-switch': 'prometheus-down',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: WARM_UP,
  openAt: minutes(8),
  system,
  signals: [...tallySignals, ...pagingSignals, ...sampledSignals, ...tailSamplingSignals],
  whileRunning: {
    surge: (factor, { tailSamplers }) => [
      { action: 'emit', target: 'services', args: { factor } },
      ...(tailSamplers > 0 ? [{ action: 'surge', target: 'buyers', args: { factor } }] : []),
    ],
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
    'alert.firing',
    PAGED_AFTER,
    MISSED,
    DROPPED_TOO_EARLY,
    CUT,
    DASHBOARD_CUT,
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
    'no-query-cache': [
      atLeast(mean(overBudgetOf('dashboards')), queries.slowPanels),
      atMost(atEnd(warnedAt('queries')), queries.warnedOfQueries),
    ],
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
    'tail-overload': [
      atLeast(total(MISSED), tails.pushedOut),
      atLeast(total(DROPPED_TOO_EARLY), tails.countedTooEarly),
      atMost(atEnd(PAGED_AFTER), paging.toldOfDrops),
    ],
    'tail-sharded': [
      atMost(total(MISSED), tails.noneMissed),
      guardrail(atMost(total(CUT), tails.noneMissed), ONE_PLACE),
    ],
    'sampler-killed': [atLeast(total(MISSED), tails.killedMissed), atMost(total(DROPPED_TOO_EARLY), tails.noneCounted)],
    'traces-down': [
      ...aloneDown('traces', 'logs'),
      atLeast(mean(overBudgetOf('trace-searches')), outages.unanswered('traces')),
      atMost(atEnd(PAGED_AFTER), paging.pagedWithin),
    ],
    'logs-down': [
      ...aloneDown('logs', 'traces'),
      atLeast(mean(overBudgetOf('log-searches')), outages.unanswered('logs')),
      atMost(atEnd(PAGED_AFTER), paging.pagedWithin),
    ],
    'metrics-down': [
      atMost(total(LOST), outages.noneBeside),
      atLeast(peak('remote_write.lag'), outages.behind),
      atLeast(mean(overBudgetOf('dashboards')), outages.unanswered('metrics')),
    ],
    'collectors-down': [
      atLeast(total(LOST), outages.downLost),
      atMost(total(LOST), outages.downLostMost),
      atMost(total(lostOf('metrics')), outages.samplesKept),
    ],
    'alertmanager-down': [
      atLeast(atEnd(PAGED_AFTER), paging.toldLate),
      atMost(total(lostOf('metrics')), outages.noneBeside),
    ],
    'prometheus-down': [
      atLeast(atEnd(PAGED_AFTER), paging.toldNever),
      atLeast(total(UNHEARD), paging.unheardAll),
      atLeast(total(lostOf('metrics')), paging.notScraped),
    ],
    'dead-mans-switch': [atMost(atEnd(PAGED_AFTER), paging.heartbeatWithin)],
  },
});

/** One backend is down: its own is lost in part, the other's and metrics are not. */
function aloneDown(own: 'traces' | 'logs', other: 'traces' | 'logs'): Expectation[] {
  return [
    atLeast(total(lostOf(own)), outages.givenUp(own)),
    atMost(total(lostOf(own)), outages.givenUpMost(own)),
    atMost(total(lostOf(other)), outages.noneBeside),
    atMost(total(lostOf('metrics')), outages.noneBeside),
  ];
}

function system(sim: Simulation, p: Values): void {
  const stack = stackOf(sim, p);
  watch(sim, p, stack);
  watchPaging(sim, p);
  plan(sim, p, stack);
}

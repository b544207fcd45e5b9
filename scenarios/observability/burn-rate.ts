/**
 * Burn rates: a month of a service with an error budget, the same incidents for every set of alerts on it.
 *
 *     api   prometheus --> alertmanager --> pager
 *                                      \--> tickets
 *
 * Each minute the api's counters have grown by what a minute brings; Prometheus evaluates its rules over them, and what fires goes
 * by the Alertmanager to somebody who is paged or finds a ticket. All variants have the same traffic and the same incidents until
 * somebody repairs one.
 */
import {
  atEnd,
  atLeast,
  atMost,
  defineScenario,
  guardrail,
  hours,
  minutes,
  peak,
  total,
  type Simulation,
} from '../../sim-core/index.ts';
import { alertGroups, alerting } from './burn-rate/alerting.ts';
import { Api } from './burn-rate/api.ts';
import { IncidentBook } from './burn-rate/incident-book.ts';
import { INCIDENTS } from './burn-rate/incidents.ts';
import * as limits from './burn-rate/limits.ts';
import { params, type Values } from './burn-rate/params.ts';
import {
  DETECTED,
  DETECTION,
  FALSE_PAGES,
  IDLE,
  incidentSignals,
  PAGES,
  SLOW_DETECTED,
  REMAINING,
  SPENT,
} from './burn-rate/signals.ts';
import { instant } from './burn-rate/traffic.ts';

const SLOWEST =
  'The price: what is slow is found when its window has had enough of it. Whoever misses it altogether is never late';

export default defineScenario({
  id: 'burn-rate',
  section: '3.5',
  title: 'Burn-rate alerts',
  pitfall: 'Silent SLO burn',
  question:
    'A month of incidents, large and small: which alerts find them, how soon, and whom do they wake for nothing?',
  params,
  variants: {
    threshold: { rules: 'threshold' },
    'tight-threshold': { rules: 'threshold', threshold: 0.001 },
    'silenced-deploys': { rules: 'threshold', silence: minutes(15) },
    'two-hours-left': { rules: 'two-hours-left' },
    'as-printed': { rules: 'as-printed' },
    'single-window': { rules: 'single-window' },
    'multi-window-multi-burn': { rules: 'multi-window' },
  },
  roles: {
    threshold: 'pitfall',
    'tight-threshold': 'alternative',
    'silenced-deploys': 'alternative',
    'two-hours-left': 'alternative',
    'as-printed': 'pitfall',
    'single-window': 'remedy',
    'multi-window-multi-burn': 'remedy',
  },
  repairs: { 'single-window': 'as-printed', 'multi-window-multi-burn': 'threshold' },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: 0,
  interval: hours(1),
  openAt: instant(6, 5),
  system,
  signals: incidentSignals,
  alerts: alertGroups,
  charts: [
    'slo.error_ratio',
    REMAINING,
    'slo.burn_rate.1h',
    'slo.burn_rate.5m',
    'slo.burn_rate.6h',
    'slo.burn_rate.30m',
    'slo.burn_rate.3d',
    'incident.active',
    'alert.firing',
    DETECTED,
    SLOW_DETECTED,
    PAGES,
    FALSE_PAGES,
    IDLE,
  ],
  expect: {
    threshold: [
      atMost(total(DETECTED), limits.detectedMost),
      atMost(total(SLOW_DETECTED), limits.slowMost),
      atMost(peak(DETECTION), limits.withAlerts('threshold', limits.detectionMost)),
      atLeast(total(FALSE_PAGES), limits.falseAtDeploys),
      atLeast(atEnd(SPENT), limits.spentLeast),
    ],
    'tight-threshold': [
      atLeast(total(FALSE_PAGES), limits.falseByNight),
      atMost(atEnd(SPENT), limits.withAlerts('threshold', limits.spentMost)),
    ],
    'silenced-deploys': [
      atMost(total(FALSE_PAGES), limits.withAlerts('threshold', limits.falseMost)),
      atMost(total(DETECTED), limits.detectedMost),
      atLeast(atEnd(SPENT), limits.spentLeast),
    ],
    'two-hours-left': [
      atMost(total(DETECTED), limits.detectedMost),
      atMost(total(SLOW_DETECTED), limits.slowMost),
      atMost(peak(DETECTION), limits.withAlerts('two-hours-left', limits.detectionMost)),
      atLeast(atEnd(SPENT), limits.spentLeast),
    ],
    'as-printed': [
      atMost(total(DETECTED), limits.detectedMost),
      atMost(total(SLOW_DETECTED), limits.slowMost),
      atMost(peak(DETECTION), limits.withAlerts('as-printed', limits.detectionMost)),
      atLeast(total(FALSE_PAGES), limits.falseAtDeploys),
      atLeast(atEnd(SPENT), limits.spentLeast),
      atLeast(total(IDLE), limits.withAlerts('as-printed', limits.idleLeast)),
    ],
    'single-window': [
      atLeast(total(SLOW_DETECTED), limits.withAlerts('single-window', limits.slowLeast)),
      guardrail(
        atLeast(total(DETECTED), limits.withAlerts('single-window', limits.detectedLeast)),
        'Whoever is woken at every deploy is told of as much: less noise must not be bought with incidents that nobody finds',
      ),
      guardrail(
        atMost(atEnd(SPENT), limits.withAlerts('single-window', limits.spentMost)),
        'Nor with more of the budget than those incidents cost that are not surely found',
      ),
      atMost(total(FALSE_PAGES), limits.withAlerts('single-window', limits.falseMost)),
      guardrail(
        atLeast(total(IDLE), limits.withAlerts('single-window', limits.idleLeast)),
        'The price: a long window forgets as slowly as it notices',
      ),
    ],
    'multi-window-multi-burn': [
      atLeast(total(DETECTED), limits.withAlerts('multi-window', limits.detectedLeast)),
      atLeast(total(SLOW_DETECTED), limits.withAlerts('multi-window', limits.slowLeast)),
      guardrail(atMost(peak(DETECTION), limits.withAlerts('multi-window', limits.detectionMost)), SLOWEST),
      atMost(total(FALSE_PAGES), limits.withAlerts('multi-window', limits.falseMost)),
      atMost(atEnd(SPENT), limits.withAlerts('multi-window', limits.spentMost)),
      guardrail(
        atMost(total(IDLE), limits.withAlerts('multi-window', limits.idleMost)),
        'The short windows: whoever was paged hears soon that it is over',
      ),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const book = new IncidentBook(sim, p, INCIDENTS);
  const api = new Api(sim, p, book);
  alerting(sim, p, api.windows, book);
}

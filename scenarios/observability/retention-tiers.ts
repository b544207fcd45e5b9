/**
 * Ninety days of telemetry: what keeping it costs, and what can still be asked of it.
 *
 *     services --> archive <-- analysts
 *
 * All variants get the same samples and logs, and are asked the same four questions. What an answer is worth is judged by what was.
 */
import {
  atEnd,
  atLeast,
  atMost,
  days,
  defineScenario,
  guardrail,
  hours,
  mean,
  minutes,
  peak,
  TelemetryArchive,
  uniform,
  type Simulation,
  type Tier,
} from '../../sim-core/index.ts';
import { DAY, History, HOUR, MINUTE } from './retention-tiers/history.ts';
import * as limits from './retention-tiers/limits.ts';
import { params, type Values } from './retention-tiers/params.ts';
import { Analysts, durationOf, errorOf, verdictOf } from './retention-tiers/questions.ts';

const METRICS = 'archive.metrics.size';
const METRICS_COST = 'archive.metrics.cost';
const LOGS_COST = 'archive.logs.cost';

const tiers = { rawKept: 7, fiveMinutesKept: 14, hoursKept: 90 } as const;

const STILL_ANSWERED = 'What the remedy must not spoil: the answer is as right as it was';

export default defineScenario({
  id: 'retention-tiers',
  section: '3.6',
  title: 'Retention tiers',
  pitfall: 'Retain raw high-card logs',
  question:
    'Telemetry is kept for ninety days, and most of it is never asked for. What can be let go of, and which question has no answer then?',
  params,
  variants: {
    'keep-raw': {},
    'tiered-downsampled': tiers,
    'cold-storage': { hotKept: 7 },
    'averages-only': { ...tiers, keeps: 'averages' },
    'downsampled-beside-raw': { fiveMinutesKept: 90, hoursKept: 90 },
    'short-retention': { rawKept: 30, hotKept: 30, logsKept: 30 },
  },
  roles: {
    'keep-raw': 'pitfall',
    'tiered-downsampled': 'remedy',
    'cold-storage': 'remedy',
    'averages-only': 'alternative',
    'downsampled-beside-raw': 'alternative',
    'short-retention': 'alternative',
  },
  seed: 1,
  duration: days(90) + hours(12),
  warmUp: days(1),
  interval: hours(6),
  openAt: days(80),
  system,
  charts: [
    METRICS,
    METRICS_COST,
    'archive.logs.hot.size',
    'archive.logs.cold.size',
    LOGS_COST,
    verdictOf('spike'),
    verdictOf('month_p99'),
    verdictOf('month_mean'),
    verdictOf('log_line'),
    durationOf('month_mean'),
    durationOf('log_line'),
  ],
  expect: {
    'keep-raw': [
      atLeast(peak(METRICS), limits.rawLeast),
      atLeast(peak(LOGS_COST), limits.hotLeast),
      atLeast(atEnd(verdictOf('spike')), limits.rawVerdict),
      atLeast(atEnd(verdictOf('month_p99')), limits.rawVerdict),
      atLeast(mean(durationOf('month_mean')), limits.rawMonth),
    ],
    'tiered-downsampled': [
      atMost(peak(METRICS), limits.tieredMost),
      atMost(mean(durationOf('month_mean')), limits.coarseMonth),
      guardrail(atMost(atEnd(errorOf('month_mean')), limits.EXACT), STILL_ANSWERED),
      guardrail(atMost(atEnd(errorOf('spike')), limits.spikeKept), STILL_ANSWERED),
      atMost(atEnd(verdictOf('month_p99')), limits.quantileDenied),
    ],
    'cold-storage': [
      atMost(peak(LOGS_COST), limits.coldMost),
      guardrail(atLeast(atEnd(verdictOf('log_line')), limits.lineKept), STILL_ANSWERED),
      atLeast(mean(durationOf('log_line')), limits.restoreLeast),
    ],
    'averages-only': [
      atMost(atEnd(verdictOf('spike')), limits.spikeDenied),
      atLeast(atEnd(errorOf('spike')), limits.spikeGone),
      atMost(atEnd(errorOf('month_mean')), limits.EXACT),
    ],
    'downsampled-beside-raw': [
      atLeast(peak(METRICS), limits.besideLeast),
      atMost(mean(durationOf('month_mean')), limits.coarseMonth),
      atLeast(atEnd(verdictOf('month_p99')), limits.quantileKept),
    ],
    'short-retention': [
      atMost(atEnd(verdictOf('log_line')), limits.lineGone),
      atMost(atEnd(verdictOf('spike')), limits.spikeForgotten),
    ],
  },
});

/** A coarser tier is made of the next finer after two days, or ten, as Thanos does, or as late as that is still there. */
function tiersOf(p: Values): Tier[] {
  const made: Tier[] = [{ width: MINUTE, after: 0, kept: p.rawKept * DAY }];
  const coarser = (width: number, after: number, kept: number): void => {
    const finer = made.at(-1)!;
    if (kept > 0)
      made.push({ width, after: Math.max(0, Math.min(after, finer.kept - width)), kept: Math.max(kept, 1) * DAY });
  };
  coarser(minutes(5), hours(40), p.fiveMinutesKept);
  coarser(HOUR, days(10), p.hoursKept);
  return made;
}

function system(sim: Simulation, p: Values): void {
  const archive = new TelemetryArchive(sim, {
    name: 'archive',
    metrics: { tiers: tiersOf(p), keeps: p.keeps },
    series: p.series,
    seriesRead: p.seriesRead,
    numberBytes: p.numberSize,
    numbersRead: limits.NUMBERS_READ,
    logsRead: limits.LOGS_READ,
    logs: { hot: p.hotKept * DAY, kept: Math.max(p.hotKept, p.logsKept) * DAY },
    restore: uniform(Math.min(p.restoreMin, p.restoreMax), p.restoreMax),
    prices: { disk: p.diskPrice, cold: p.coldPrice },
  });
  new Analysts(sim, p, archive, new History(sim, p, archive));
}

/**
 * The handbook's table of service-level objectives (section 3.5): the five indicators and their objectives, held against
 * a run. Availability is of all requests of the run, as an objective over 30 days is of all of theirs: a window may be
 * worse if others make up for it, and what is said of the worst one is how fast it burns the budget. The others name no
 * period and hold in every window. Percentiles of intervals are never averaged: that of an interval counts by itself,
 * where it has a hundred requests.
 *
 * What fires, and when, is for alerts to say; this table says whether the objective is met.
 */
import { readable } from '../../statistics/figures.ts';
import { RATIO_SAMPLES_MIN } from '../../statistics/signal.ts';
import { HIT_RATIO_LEAST } from './cache-checklist.ts';
import { found, percentText, timeText, watched, type Checklist, type ChecklistRow, type Printed } from './checklist.ts';
import { anySeen, seen, type RunEvidence } from './run-evidence.ts';
import { meansOver, windowsOf, type Windows } from './windows.ts';

const ERROR_BUDGET = 0.001;
const P99_SECONDS_MOST = 0.4;
/** Requests of an interval from which on its 99th percentile is one of them and not the slowest. */
const REQUESTS_LEAST = 100;
const LAG_MOST = 5000;
const REPLICA_SECONDS_MOST = 2;

export function sloChecklist(evidence: RunEvidence): Checklist {
  const windows = windowsOf(evidence);
  return {
    id: 'slo',
    title: 'Service-level objectives',
    rows: [
      availability(evidence, windows),
      slowest(evidence, windows),
      lag(evidence, windows),
      hitRate(evidence, windows),
      replicaLag(evidence, windows),
    ],
  };
}

function availability(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const printed: Printed = {
    item: 'API availability',
    threshold: '99.9% / 30d',
    signals: ['http.client.request.error_ratio'],
  };
  const errors = seen(evidence, printed.signals[0]);
  if (errors === undefined || Number.isNaN(errors.summary.mean)) {
    return found(printed, 'untold', 'no user of this run asked for anything');
  }
  const { mean } = errors.summary;
  const row = watched(printed, {
    windows,
    values: meansOver(windows, errors.columns.mean, errors.columns.samples, RATIO_SAMPLES_MIN),
    isBroken: (share) => share > ERROR_BUDGET,
    worst: 'highest',
    words: (share) => `the budget burnt ${readable(share / ERROR_BUDGET)} times as fast as it lasts`,
    overall: `${percentText(1 - mean)} available`,
    untold: `no window had ${RATIO_SAMPLES_MIN} requests`,
  });
  return row.verdict === 'untold' ? row : { ...row, verdict: mean <= ERROR_BUDGET ? 'good' : 'bad' };
}

function slowest(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const printed: Printed = { item: 'API p99', threshold: '<400ms', signals: ['http.client.request.duration'] };
  const durations = seen(evidence, printed.signals[0]);
  if (durations === undefined) return found(printed, 'untold', 'no user of this run asked for anything');
  const { count, p99 } = durations.columns;
  const values = new Float64Array(windows.to).fill(NaN);
  for (let row = windows.from; row < windows.to; row++) if (count[row] >= REQUESTS_LEAST) values[row] = p99[row];
  return watched(printed, {
    windows,
    values,
    isBroken: (seconds) => !(seconds < P99_SECONDS_MOST),
    worst: 'highest',
    words: timeText,
    overall: timeText(durations.summary.p99),
    untold: `no interval had the ${REQUESTS_LEAST} requests that a 99th percentile takes`,
  });
}

function lag(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const names = ['kafka.consumer_group.lag', 'redis.stream.lag', 'nats.consumer.pending'];
  const printed: Printed = { item: 'Consumer lag', threshold: '<5,000 msgs', signals: names.slice(0, 1) };
  const gauge = anySeen(evidence, names);
  if (gauge === undefined) return found(printed, 'untold', 'no consumer of this run has a lag');
  const values = gauge.columns.max.map((value, row) => (row >= windows.from && row < windows.to ? value : NaN));
  return watched(
    { ...printed, signals: [gauge.name] },
    {
      windows,
      values,
      isBroken: (messages) => !(messages < LAG_MOST),
      worst: 'highest',
      words: (messages) => `${readable(messages)} messages`,
      untold: 'nothing was published',
    },
  );
}

function hitRate(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const printed: Printed = { item: 'Cache hit rate', threshold: '>90%', signals: ['cache.hit_ratio'] };
  const ratio = seen(evidence, printed.signals[0]);
  if (ratio === undefined) return found(printed, 'untold', 'no cache of this run tells it');
  return watched(printed, {
    windows,
    values: meansOver(windows, ratio.columns.mean, ratio.columns.samples, RATIO_SAMPLES_MIN),
    isBroken: (share) => !(share > HIT_RATIO_LEAST),
    worst: 'lowest',
    words: percentText,
    overall: percentText(ratio.summary.mean),
    untold: `no window had ${RATIO_SAMPLES_MIN} lookups`,
  });
}

function replicaLag(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const printed: Printed = { item: 'DB replica lag', threshold: '<2s', signals: ['db.replication.lag'] };
  const lags = seen(evidence, printed.signals[0]);
  if (lags === undefined) return found(printed, 'untold', 'no database of this run has replicas');
  const values = lags.columns.max.map((value, row) => (row >= windows.from && row < windows.to ? value : NaN));
  return watched(printed, {
    windows,
    values,
    isBroken: (seconds) => !(seconds < REPLICA_SECONDS_MOST),
    worst: 'highest',
    words: timeText,
    overall: `${timeText(lags.summary.p99)} for 99 of 100 changes`,
    untold: 'no change reached a replica',
  });
}

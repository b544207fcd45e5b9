/**
 * The handbook's table of Kafka's health (quick tables), and what its words are taken to mean.
 *
 * - Lag: the slope of the line of least squares through the lag of three windows. It grows if it gains, in that time, more
 *   than 5 % of what was sent (a group that does less than nineteen twentieths of its work falls behind for good) and more
 *   than `RECORDS_LEAST`. A group that commits seldom has a lag like a saw, whose teeth are growth to a window shorter than one;
 *   Burrow, whose windows are counted in commits, has not (https://github.com/linkedin/Burrow/wiki/Consumer-Lag-Evaluation-Rules).
 * - In-sync sets shrink where a broker is stopped and at no other time, if all is well
 *   (https://kafka.apache.org/documentation/#monitoring): "occasional" is at most two of ten windows in a row with a shrink, which
 *   is what one such event makes, cut by a window's edge. A rebalance is counted alike: a member that comes or goes makes
 *   one, and consistent is what does not come again and again.
 * - Produce errors: of the records of a window, those that their producer gave up. One among fewer than a thousand is
 *   beyond 0.1 % already, and counts.
 */
import { readable } from '../../statistics/figures.ts';
import { RATIO_SAMPLES_MIN } from '../../statistics/signal.ts';
import { counted, found, percentText, watched, type Checklist, type ChecklistRow, type Printed } from './checklist.ts';
import { seen, type RunEvidence } from './run-evidence.ts';
import { slopesOver, sumsOver, windowsOf, type Windows } from './windows.ts';

const LAG = 'kafka.consumer_group.lag';
const SENT = 'messaging.client.sent.messages';
const SLOPE_WINDOWS = 3;
const GROWTH_SHARE = 0.05;
const RECORDS_LEAST = 50;
const ERROR_SHARE = 0.001;
const LOOK_BACK = 10;
const OCCASIONAL = 2;

export function kafkaChecklist(evidence: RunEvidence): Checklist {
  const windows = windowsOf(evidence);
  return {
    id: 'kafka',
    title: 'Kafka health',
    rows: [
      lagGrowth(evidence, windows),
      underReplicated(evidence, windows),
      occasional(evidence, windows, {
        printed: { item: 'ISR Shrink Events', threshold: 'Occasional only', signals: ['kafka.isr.shrinks'] },
        what: 'in-sync sets shrank',
      }),
      produceErrors(evidence, windows),
      occasional(evidence, windows, {
        printed: {
          item: 'Consumer Rebalance Frequency',
          threshold: 'Low consistent',
          signals: ['kafka.consumer_group.rebalances'],
        },
        what: 'the group was rebalanced',
      }),
    ],
  };
}

function lagGrowth(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const printed: Printed = { item: 'Lag Growth Derivative', threshold: 'Stable/negative', signals: [LAG] };
  const lag = seen(evidence, LAG);
  if (lag === undefined) return found(printed, 'untold', 'no consumer group of this run has a lag');
  const rows = Math.max(3, SLOPE_WINDOWS * windows.rows);
  const wide = { ...windows, rows };
  const slopes = slopesOver(wide, lag.columns.mean);
  const seconds = (rows * windows.interval) / 1e9;
  const sentSignal = seen(evidence, SENT);
  const sent = sentSignal === undefined ? undefined : sumsOver(wide, sentSignal.columns.count);
  return watched(sent === undefined ? printed : { ...printed, signals: [LAG, SENT] }, {
    windows,
    values: slopes,
    isBroken: (slope, row) => slope * seconds > Math.max(RECORDS_LEAST, GROWTH_SHARE * (sent?.[row] ?? 0)),
    worst: 'highest',
    words: (slope) => `${slope > 0 ? '+' : ''}${readable(slope)} records a second`,
    untold: 'the run is too short for a slope',
  });
}

function underReplicated(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const name = 'kafka.partition.under_replicated';
  const printed: Printed = { item: 'Under-replicated Partitions', threshold: '0', signals: [name] };
  const gauge = seen(evidence, name);
  if (gauge === undefined) return found(printed, 'untold', 'no cluster of this run replicates partitions');
  const values = gauge.columns.max.map((value, row) => (row >= windows.from && row < windows.to ? value : NaN));
  return watched(printed, {
    windows,
    values,
    isBroken: (partitions) => partitions > 0,
    worst: 'highest',
    words: (partitions) => counted(partitions, 'partition'),
    untold: 'no partition said how many replicas it has',
  });
}

/** Something that may happen now and then. */
interface Now {
  readonly printed: Printed;
  readonly what: string;
}

/** Held against so many windows as touch one event; looked at when a window is over, not while it lasts. */
function occasional(evidence: RunEvidence, windows: Windows, { printed, what }: Now): ChecklistRow {
  const counter = seen(evidence, printed.signals[0]);
  if (counter === undefined) return found(printed, 'untold', 'nothing of this run counts it');
  const { from, to, rows } = windows;
  const sums = sumsOver(windows, counter.columns.count);
  const values = new Float64Array(to).fill(NaN);
  for (let end = from + rows - 1; end < to; end += rows) {
    values[end] = 0;
    for (let back = 0; back < LOOK_BACK; back++) if (sums[end - back * rows] > 0) values[end] += 1;
  }
  return watched(printed, {
    windows,
    values,
    isBroken: (busy) => busy > OCCASIONAL,
    worst: 'highest',
    words: (busy) => `${what} in ${busy} of ${LOOK_BACK} windows`,
    overall: counted(counter.summary.total, 'event'),
    untold: 'the run is shorter than a window',
  });
}

function produceErrors(evidence: RunEvidence, windows: Windows): ChecklistRow {
  const name = 'kafka.producer.record_errors';
  const printed: Printed = { item: 'Produce Error Rate', threshold: '<0.1%', signals: [name, SENT] };
  const [errors, sent] = [seen(evidence, name), seen(evidence, SENT)];
  if (errors === undefined || sent === undefined) return found(printed, 'untold', 'no producer of this run counts it');
  const failed = sumsOver(windows, errors.columns.count);
  const acknowledged = sumsOver(windows, sent.columns.count);
  const values = failed.map((count, row) => {
    const all = count + acknowledged[row];
    return all >= RATIO_SAMPLES_MIN ? count / all : NaN;
  });
  const all = errors.summary.total + sent.summary.total;
  return watched(printed, {
    windows,
    values,
    isBroken: (share) => !(share < ERROR_SHARE),
    worst: 'highest',
    words: percentText,
    overall: all > 0 ? percentText(errors.summary.total / all) : undefined,
    untold: `no window had ${RATIO_SAMPLES_MIN} records that were acknowledged or given up`,
  });
}

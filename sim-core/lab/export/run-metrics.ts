/**
 * The signals of a run as metrics: a point an interval, told at its end. A counter is a cumulative sum; a histogram has the
 * buckets of its heat map, as far as they hold anything; a rate, a gauge and a ratio are gauges of their mean over the
 * interval. What else the recording knows of an interval stands beside it: the highest value of a gauge as `NAME.max` and its last as
 * `NAME.last`, the number of samples that a ratio is of as `NAME.samples`.
 *
 * `brownout.run.measured` counts the seconds since the warm-up, so that a rule can wait for its end. A recording's buckets
 * are [lower, upper) and OpenTelemetry's (lower, upper]: a value on a bound itself, a power of two or one and a half of it,
 * stands one bucket higher than it would there.
 */
import { SECOND, type Time } from '../../kernel/time.ts';
import type {
  Exemplar,
  HistogramPoint,
  MetricData,
  NumberPoint,
  Resource,
} from '../../observability/signals/telemetry.ts';
import type { HeatMap, RecordedSignal, Recording } from '../recording.ts';

/** Seconds since the warm-up, as a metric. */
export const MEASURED = 'brownout.run.measured';
/** The highest of an interval of a gauge, beside its mean. */
export const maxName = (gauge: string): string => `${gauge}.max`;
/** What a gauge said when an interval ended. */
export const lastName = (gauge: string): string => `${gauge}.last`;
/** How many samples a ratio of an interval is of. */
export const samplesName = (ratio: string): string => `${ratio}.samples`;

export function runMetrics(
  recording: Recording,
  exemplars: ReadonlyMap<string, readonly Exemplar[]>,
  resource: Resource,
): MetricData[] {
  const ends = rowEnds(recording);
  const measured = ends.map((end) => Math.max(0, end - recording.header.warmUp) / SECOND);
  const metrics = [
    gauge(resource, MEASURED, 's', 'Simulated time since the warm-up', ends, measured),
    ...recording.signals.flatMap((signal) => metricsOf(signal, resource, ends, exemplars.get(signal.name) ?? [])),
  ];
  // A ratio of which there never was a sample has nothing to tell.
  return metrics.filter(({ points }) => points.length > 0);
}

/** When each row that the run reached ends. */
function rowEnds({ header: { interval }, simulated }: Recording): Time[] {
  const rows = Math.max(1, Math.ceil(simulated / interval));
  return Array.from({ length: rows }, (_, row) => Math.min(simulated, (row + 1) * interval));
}

function metricsOf(
  signal: RecordedSignal,
  resource: Resource,
  ends: readonly Time[],
  exemplars: readonly Exemplar[],
): MetricData[] {
  const { name, kind, unit, help, columns } = signal;
  switch (kind) {
    case 'counter':
      return [sum(resource, signal, ends)];
    case 'rate':
      return [gauge(resource, name, unit, `${help}: mean over an interval`, ends, columns.mean)];
    case 'gauge':
      return [
        gauge(resource, name, unit, `${help}: mean over an interval`, ends, columns.mean),
        gauge(resource, maxName(name), unit, `${help}: highest in an interval`, ends, columns.max),
        gauge(resource, lastName(name), unit, `${help}: when an interval ended`, ends, columns.last),
      ];
    case 'ratio':
      return [
        gauge(resource, name, unit, `${help}: over an interval`, ends, columns.mean),
        gauge(resource, samplesName(name), '{sample}', `${help}: samples in an interval`, ends, columns.samples),
      ];
    case 'histogram':
      return [histogram(resource, signal, ends, exemplars)];
  }
}

/** Rows that hold NaN had nothing to tell. */
function gauge(
  resource: Resource,
  name: string,
  unit: string,
  description: string,
  ends: readonly Time[],
  column: ArrayLike<number>,
): MetricData {
  const points = ends.flatMap((time, row) => (Number.isNaN(column[row]) ? [] : [numberPoint(time, column[row])]));
  return { resource, name, unit, description, kind: 'gauge', points };
}

function sum(resource: Resource, { name, unit, help, columns }: RecordedSignal, ends: readonly Time[]): MetricData {
  let total = 0;
  const points = ends.map((time, row) => numberPoint(time, (total += columns.count[row])));
  return { resource, name, unit, description: help, kind: 'sum', isMonotonic: true, temporality: 'cumulative', points };
}

const numberPoint = (time: Time, value: number): NumberPoint => ({
  attributes: {},
  startTime: 0,
  time,
  exemplars: [],
  value,
});

function histogram(
  resource: Resource,
  { name, unit, help, columns, heat }: RecordedSignal,
  ends: readonly Time[],
  exemplars: readonly Exemplar[],
): MetricData {
  const [first, last] = usedBuckets(heat!);
  const bounds = Array.from(heat!.bounds.subarray(first + 1, last + 1));
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  let [count, total, exemplar] = [0, 0, 0];
  const points = ends.map((time, row): HistogramPoint => {
    for (let bucket = first; bucket <= last; bucket++)
      counts[bucket - first] += heat!.counts[row * heat!.buckets + bucket];
    count += columns.count[row];
    if (columns.count[row] > 0) total += columns.count[row] * columns.mean[row];
    const lately: Exemplar[] = [];
    for (; exemplar < exemplars.length && exemplars[exemplar].time <= time; exemplar++)
      lately.push(exemplars[exemplar]);
    const kept = lastOfBuckets(lately, bounds);
    return { attributes: {}, startTime: 0, time, exemplars: kept, count, sum: total, bounds, counts: [...counts] };
  });
  return { resource, name, unit, description: help, kind: 'histogram', temporality: 'cumulative', points };
}

/** The first and the last bucket that anything was ever in, and one empty one on either side where there is one. */
function usedBuckets({ buckets, counts }: HeatMap): [first: number, last: number] {
  let [first, last] = [buckets - 1, 0];
  for (let place = 0; place < counts.length; place++) {
    if (counts[place] === 0) continue;
    first = Math.min(first, place % buckets);
    last = Math.max(last, place % buckets);
  }
  return first > last ? [0, 0] : [Math.max(0, first - 1), Math.min(buckets - 1, last + 1)];
}

/** Of the observations of an interval the last in each bucket. */
function lastOfBuckets(exemplars: readonly Exemplar[], bounds: readonly number[]): Exemplar[] {
  const byBucket = new Map<number, Exemplar>();
  for (const exemplar of exemplars) byBucket.set(bucketOf(exemplar.value, bounds), exemplar);
  return [...byBucket].toSorted(([a], [b]) => a - b).map(([, exemplar]) => exemplar);
}

/** As the heat map puts them: a value on a bound is in the bucket above it. */
function bucketOf(value: number, bounds: readonly number[]): number {
  const place = bounds.findIndex((bound) => value < bound);
  return place < 0 ? bounds.length : place;
}

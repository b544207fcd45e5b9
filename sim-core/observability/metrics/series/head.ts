/**
 * The head of a metric backend: the series that it keeps in memory, the memory that they take, and how what is scraped or
 * written to it becomes series. A classic histogram is one series a bucket, one for the count and one for the sum; an
 * exponential one is a single series of native histograms.
 *
 * A series in the head of Prometheus 2 takes 732 bytes, 32 more for each of its labels, its name twice, and 120 for each label
 * value that is new; a sample takes 2 bytes in chunks half empty; and all of that twice, for the collector of garbage
 * (https://www.robustperception.io/how-much-ram-does-prometheus-2-x-need-for-cardinality-and-ingestion/, worst cases assumed).
 * A native histogram's sample is larger than that, by some bytes a bucket, which is left out.
 *
 * Points must be cumulative: what counts from export to export is refused, as Prometheus does.
 */
import type { Time } from '../../../kernel/time.ts';
import type { Attributes, HistogramPoint, MetricData } from '../../signals/telemetry.ts';
import type { Labels } from '../../signals/labels.ts';
import { ExemplarStore } from './exemplar-store.ts';
import { boundLabel } from './histogram-quantile.ts';
import { atScale, SCHEMA_MAX, type NativeHistogram } from './native-histogram.ts';
import { histogramLabels, prometheusName, seriesLabels } from './prometheus-names.ts';
import { labelsKey, NAME, SeriesStore, type Series } from './series-store.ts';
import type { Vector } from './vector.ts';

const SERIES_BYTES = 732;
const LABEL_BYTES = 32;
const VALUE_BYTES = 120;
const SAMPLE_BYTES = 2 * 1.5;
const GARBAGE = 2;

/** What a series takes, in bytes, but for its samples and the garbage; `newValues`: those of its labels' values that no other has had. */
export function seriesBytes(labels: Labels, newValues: number): number {
  let bytes = SERIES_BYTES + newValues * VALUE_BYTES;
  for (const label in labels) bytes += LABEL_BYTES + 2 * (label.length + labels[label].length);
  return bytes;
}

/** The memory that series and samples take. */
export const headBytes = (bytesOfSeries: number, samples: number): number =>
  GARBAGE * (bytesOfSeries + samples * SAMPLE_BYTES);

/** The series that a scrape has had a sample for, by which those that it no longer has are known. */
export type Appended = Set<Series<number> | Series<NativeHistogram>>;

export class Head {
  readonly floats: SeriesStore<number>;
  readonly natives: SeriesStore<NativeHistogram>;
  readonly exemplars: ExemplarStore;
  private bytesOfSeries = 0;
  private samples = 0;
  /** How many series have each value of a label. */
  private readonly values = new Map<string, Map<string, number>>();
  /** The series of the very attributes that were seen before, by name and target: most scrapes bring the same. */
  private readonly known = new Map<string, WeakMap<Attributes, readonly Series<number>[]>>();

  constructor(exemplars = new ExemplarStore()) {
    const created = (labels: Labels): void => this.account(labels, 1);
    const forgotten = (labels: Labels): void => this.account(labels, -1);
    this.floats = new SeriesStore(created, forgotten);
    this.natives = new SeriesStore(created, forgotten);
    this.exemplars = exemplars;
  }

  /** Series there are. */
  get series(): number {
    return this.floats.size + this.natives.size;
  }

  /** What they take of memory, in bytes. */
  get bytes(): number {
    return headBytes(this.bytesOfSeries, this.samples);
  }

  /** Series and samples that queries have looked at since the beginning. */
  get cost(): { readonly series: number; readonly samples: number } {
    const { floats, natives } = this;
    return { series: floats.cost.series + natives.cost.series, samples: floats.cost.samples + natives.cost.samples };
  }

  /** A sample by its labels. */
  append(labels: Labels, time: Time, value: number, appended?: Appended): void {
    this.take(this.floats.series(labels), time, value, appended);
  }

  /** All points of some metrics at an instant, as those of one target. */
  ingest(metrics: readonly MetricData[], target: Labels, time: Time, appended?: Appended): void {
    for (const metric of metrics) {
      if (metric.kind !== 'gauge' && metric.temporality !== 'cumulative') {
        throw new Error(`${metric.name}: ${metric.temporality} temporality; Prometheus takes cumulative only`);
      }
      const name = prometheusName(metric);
      const known = this.knownOf(name, target);
      if (metric.kind === 'exponential-histogram') {
        for (const point of metric.points) {
          const { count, sum, scale, zeroCount, zeroThreshold, positive, negative } = point;
          const labels = seriesLabels(name, target, point.attributes);
          const histogram = atScale({ count, sum, scale, zeroCount, zeroThreshold, positive, negative }, SCHEMA_MAX);
          this.take(this.natives.series(labels), time, histogram, appended);
          for (const exemplar of point.exemplars) this.exemplars.add(labels, exemplar);
        }
        continue;
      }
      for (const point of metric.points) {
        const histogram = 'bounds' in point ? point : undefined;
        let series = known.get(point.attributes);
        if (series === undefined) {
          series =
            histogram === undefined
              ? [this.floats.series(seriesLabels(name, target, point.attributes))]
              : this.histogramSeries(histogramLabels(name, target, point.attributes), histogram);
          known.set(point.attributes, series);
        }
        if ('bounds' in point) this.ingestHistogram(series, point, time, appended);
        else {
          this.take(series[0], time, point.value, appended);
          for (const exemplar of point.exemplars) this.exemplars.add(series[0].labels, exemplar);
        }
      }
    }
  }

  /** Keeps what was worked out of other series, under a name of its own. */
  record(name: string, results: Vector, time: Time): void {
    for (const { labels, value } of results)
      this.take(this.floats.series({ ...labels, [NAME]: name }), time, value, undefined);
  }

  /** Forgets samples older than an instant, and series without any. */
  forget(before: Time): void {
    this.known.clear();
    this.floats.forget(before);
    this.natives.forget(before);
    this.samples = 0;
    for (const series of this.floats.values()) this.samples += series.times.length;
    for (const series of this.natives.values()) this.samples += series.times.length;
  }

  private take<Value>(series: Series<Value>, time: Time, value: Value, appended: Appended | undefined): void {
    if (series.append(time, value)) this.samples++;
    appended?.add(series as never);
  }

  private ingestHistogram(
    series: readonly Series<number>[],
    { bounds, counts, count, sum, exemplars }: HistogramPoint,
    time: Time,
    appended: Appended | undefined,
  ): void {
    let cumulative = 0;
    for (let i = 0; i <= bounds.length; i++) {
      cumulative += counts[i];
      this.take(series[i], time, cumulative, appended);
    }
    this.take(series[bounds.length + 1], time, count, appended);
    this.take(series[bounds.length + 2], time, sum, appended);
    for (const exemplar of exemplars) {
      const bucket = bounds.findIndex((bound) => exemplar.value <= bound);
      this.exemplars.add(series[bucket < 0 ? bounds.length : bucket].labels, exemplar);
    }
  }

  /** What is known of a metric of a target. */
  private knownOf(name: string, target: Labels): WeakMap<Attributes, readonly Series<number>[]> {
    const place = `${name}\u0001${labelsKey(target)}`;
    let known = this.known.get(place);
    if (known === undefined) this.known.set(place, (known = new WeakMap()));
    return known;
  }

  /** Its buckets, then count and sum. */
  private histogramSeries(labels: Labels, histogram: HistogramPoint): readonly Series<number>[] {
    const { floats } = this;
    const name = labels[NAME];
    const bucket = `${name}_bucket`;
    return [
      ...histogram.bounds.map((bound) => floats.series({ ...labels, [NAME]: bucket, le: boundLabel(bound) })),
      floats.series({ ...labels, [NAME]: bucket, le: boundLabel(Infinity) }),
      floats.series({ ...labels, [NAME]: `${name}_count` }),
      floats.series({ ...labels, [NAME]: `${name}_sum` }),
    ];
  }

  private account(labels: Labels, sign: 1 | -1): void {
    let newValues = 0;
    for (const label in labels) {
      const value = labels[label];
      let having = this.values.get(label);
      if (having === undefined) this.values.set(label, (having = new Map()));
      const before = having.get(value) ?? 0;
      if (before === 0 || before + sign === 0) newValues++;
      if (before + sign === 0) having.delete(value);
      else having.set(value, before + sign);
    }
    this.bytesOfSeries += sign * seriesBytes(labels, newValues);
  }
}

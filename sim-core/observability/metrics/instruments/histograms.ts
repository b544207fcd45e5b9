/**
 * Histograms: with buckets that somebody has chosen, and with exponential ones that choose themselves. What is kept of a value
 * is the bucket that it was in, the count and the sum.
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#histogram
 */
import type {
  Attributes,
  ExponentialHistogramPoint,
  HistogramPoint,
  MetricData,
  SpanContext,
} from '../../signals/telemetry.ts';
import { bucketIn, checkedBounds, OTEL_DEFAULT_BOUNDS } from './bucket-layouts.ts';
import { AlignedHistogramBucketReservoir, SimpleFixedSizeReservoir } from './exemplar-reservoirs.ts';
import { EXPONENTIAL_BUCKETS_MAX, ExponentialHistogram, type ExponentialCounts } from './exponential-histogram.ts';
import {
  Recorder,
  type InstrumentContext,
  type InstrumentDescription,
  type PointHead,
  type Starts,
} from './instrument.ts';

interface BucketCounts {
  readonly count: number;
  readonly sum: number;
  readonly counts: readonly number[];
}

class Buckets {
  private readonly bounds: readonly number[];
  private readonly counts: number[];
  private count = 0;
  private sum = 0;
  /** What was read last, as long as it still holds: of many streams few are told something between two collections. */
  private last: BucketCounts | undefined = undefined;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  record(value: number): void {
    this.counts[bucketIn(this.bounds, value)]++;
    this.count++;
    this.sum += value;
    this.last = undefined;
  }

  read(): BucketCounts {
    this.last ??= { count: this.count, sum: this.sum, counts: [...this.counts] };
    return this.last;
  }
}

export interface HistogramDescription extends InstrumentDescription {
  /** Upper bounds, ascending, in the unit; OpenTelemetry's default without them. */
  readonly bounds?: readonly number[];
}

export class Histogram extends Recorder<BucketCounts> {
  private readonly bounds: readonly number[];

  constructor(context: InstrumentContext, description: HistogramDescription) {
    const bounds = checkedBounds(description.name, description.bounds ?? OTEL_DEFAULT_BOUNDS);
    super(
      context,
      description,
      () => new Buckets(bounds),
      () => new AlignedHistogramBucketReservoir((value) => bucketIn(bounds, value), context.random),
      { buckets: bounds.length + 1 },
    );
    this.bounds = bounds;
  }

  record(value: number, attributes: Attributes, span?: SpanContext): void {
    this.measure(value, attributes, span);
  }

  collect(starts: Starts): MetricData | undefined {
    const { bounds } = this;
    const { temporality } = this.context;
    const points = this.points(starts, temporality, (head, { count, sum, counts }): HistogramPoint => ({
      attributes: head.attributes,
      startTime: head.startTime,
      time: head.time,
      exemplars: head.exemplars,
      count,
      sum,
      counts,
      bounds,
    }));
    return points.length === 0 ? undefined : { ...this.head(), kind: 'histogram', temporality, points };
  }
}

export interface ExponentialHistogramDescription extends InstrumentDescription {
  /** Buckets on either side of zero at most; OpenTelemetry's 160 without it. */
  readonly size?: number;
  /** The finest scale; 20 without it. Prometheus' native histograms end at 8. */
  readonly scaleMax?: number;
}

/** Exemplars of a stream at most. */
const EXPONENTIAL_EXEMPLARS = 20;

export class ExponentialHistogramInstrument extends Recorder<ExponentialCounts> {
  constructor(context: InstrumentContext, description: ExponentialHistogramDescription) {
    const { size = EXPONENTIAL_BUCKETS_MAX, scaleMax } = description;
    super(
      context,
      description,
      () => new ExponentialHistogram(size, scaleMax),
      () => new SimpleFixedSizeReservoir(Math.min(EXPONENTIAL_EXEMPLARS, size), context.random),
      'exponential',
    );
  }

  record(value: number, attributes: Attributes, span?: SpanContext): void {
    this.measure(value, attributes, span);
  }

  collect(starts: Starts): MetricData | undefined {
    const { temporality } = this.context;
    const pointOf = (head: PointHead, counted: ExponentialCounts): ExponentialHistogramPoint => ({
      ...head,
      ...counted,
    });
    const points = this.points(starts, temporality, pointOf);
    return points.length === 0 ? undefined : { ...this.head(), kind: 'exponential-histogram', temporality, points };
  }
}

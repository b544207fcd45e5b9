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
  type Collected,
  type InstrumentContext,
  type InstrumentDescription,
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

export class Histogram implements Collected {
  readonly description: InstrumentDescription;
  private readonly context: InstrumentContext;
  private readonly bounds: readonly number[];
  private readonly recorder: Recorder<BucketCounts>;

  constructor(context: InstrumentContext, description: HistogramDescription) {
    const bounds = checkedBounds(description.name, description.bounds ?? OTEL_DEFAULT_BOUNDS);
    this.context = context;
    this.description = description;
    this.bounds = bounds;
    this.recorder = new Recorder(
      context,
      description,
      () => new Buckets(bounds),
      () => new AlignedHistogramBucketReservoir((value) => bucketIn(bounds, value), context.random),
    );
  }

  record(value: number, attributes: Attributes, span?: SpanContext): void {
    this.recorder.measure(value, attributes, span);
  }

  get streams(): number {
    return this.recorder.streams;
  }

  reset(): void {
    this.recorder.reset();
  }

  collect(starts: Starts): MetricData | undefined {
    const { bounds, context } = this;
    const { temporality } = context;
    const points = this.recorder.points(starts, temporality, (head, { count, sum, counts }): HistogramPoint => ({
      attributes: head.attributes,
      startTime: head.startTime,
      time: head.time,
      exemplars: head.exemplars,
      count,
      sum,
      counts,
      bounds,
    }));
    if (points.length === 0) return undefined;
    const { name, unit, description } = this.description;
    return { resource: context.process.resource, name, unit, description, kind: 'histogram', temporality, points };
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

export class ExponentialHistogramInstrument implements Collected {
  readonly description: InstrumentDescription;
  private readonly context: InstrumentContext;
  private readonly recorder: Recorder<ExponentialCounts>;

  constructor(context: InstrumentContext, description: ExponentialHistogramDescription) {
    const { size = EXPONENTIAL_BUCKETS_MAX, scaleMax } = description;
    this.context = context;
    this.description = description;
    this.recorder = new Recorder(
      context,
      description,
      () => new ExponentialHistogram(size, scaleMax),
      () => new SimpleFixedSizeReservoir(Math.min(EXPONENTIAL_EXEMPLARS, size), context.random),
    );
  }

  record(value: number, attributes: Attributes, span?: SpanContext): void {
    this.recorder.measure(value, attributes, span);
  }

  get streams(): number {
    return this.recorder.streams;
  }

  reset(): void {
    this.recorder.reset();
  }

  collect(starts: Starts): MetricData | undefined {
    const { temporality, process } = this.context;
    const points = this.recorder.points(starts, temporality, (head, counted): ExponentialHistogramPoint => ({
      ...head,
      ...counted,
    }));
    if (points.length === 0) return undefined;
    const { name, unit, description } = this.description;
    return { resource: process.resource, name, unit, description, kind: 'exponential-histogram', temporality, points };
  }
}

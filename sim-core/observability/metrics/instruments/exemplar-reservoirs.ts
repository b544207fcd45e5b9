/**
 * Which of the measurements are kept as exemplars, beside the numbers that they went into. A filter says which may be, by the
 * span in which they were taken; a reservoir which of those are: a fixed number of all, each with the same chance (Vitter's
 * algorithm R), or one of each bucket of a histogram. Both begin anew whenever they have been collected.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplar
 */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Time } from '../../../kernel/time.ts';
import type { Attributes, Exemplar, SpanContext } from '../../signals/telemetry.ts';

export type ExemplarFilter = (context: SpanContext | undefined) => boolean;

/** The values of `OTEL_METRICS_EXEMPLAR_FILTER`; the first is the default. */
export const exemplarFilters = {
  'trace-based': (context: SpanContext | undefined): boolean => context !== undefined && context.isSampled,
  'always-on': (): boolean => true,
  'always-off': (): boolean => false,
} satisfies Record<string, ExemplarFilter>;

export type ExemplarFilterName = keyof typeof exemplarFilters;

/** A measurement that a filter has let through; `left` are the attributes that its stream does not have. */
export interface Offer {
  readonly value: number;
  readonly time: Time;
  readonly context: SpanContext | undefined;
  readonly left: () => Attributes;
}

export interface ExemplarReservoir {
  offer(offer: Offer): void;
  /** Those kept since it was last asked. */
  collect(): readonly Exemplar[];
}

export class SimpleFixedSizeReservoir implements ExemplarReservoir {
  private readonly size: number;
  private readonly random: RandomStream;
  private kept: Exemplar[] = [];
  private offered = 0;

  /** `size`: an integer of at least 1. */
  constructor(size: number, random: RandomStream) {
    this.size = size;
    this.random = random;
  }

  offer(offer: Offer): void {
    this.offered++;
    const place = this.kept.length < this.size ? this.kept.length : this.random.integer(this.offered);
    if (place < this.size) this.kept[place] = exemplarOf(offer);
  }

  collect(): readonly Exemplar[] {
    const { kept } = this;
    if (kept.length === 0) return NONE;
    this.kept = [];
    this.offered = 0;
    return kept;
  }
}

export class AlignedHistogramBucketReservoir implements ExemplarReservoir {
  private readonly bucketOf: (value: number) => number;
  private readonly random: RandomStream;
  private readonly buckets = new Map<number, SimpleFixedSizeReservoir>();

  constructor(bucketOf: (value: number) => number, random: RandomStream) {
    this.bucketOf = bucketOf;
    this.random = random;
  }

  offer(offer: Offer): void {
    const bucket = this.bucketOf(offer.value);
    let one = this.buckets.get(bucket);
    if (one === undefined) this.buckets.set(bucket, (one = new SimpleFixedSizeReservoir(1, this.random)));
    one.offer(offer);
  }

  collect(): readonly Exemplar[] {
    if (this.buckets.size === 0) return NONE;
    return [...this.buckets.values()].flatMap((bucket) => bucket.collect());
  }
}

const NONE: readonly Exemplar[] = [];

function exemplarOf({ value, time, context, left }: Offer): Exemplar {
  return { value, time, traceId: context?.traceId ?? '', spanId: context?.spanId ?? '', attributes: left() };
}

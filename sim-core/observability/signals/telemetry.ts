/**
 * What the instruments of a real team write down: spans, log records and metrics, in the shapes of OpenTelemetry's data
 * model (https://opentelemetry.io/docs/specs/otel/). Times are simulated nanoseconds. These are what a service's own
 * instruments saw and kept; what is true of a run the experimenter's signals say (`statistics/signal.ts`).
 *
 * Leaves out schema URLs, instrumentation scopes' versions and attributes that are arrays or maps.
 */
import type { Time } from '../../kernel/time.ts';

export type AttributeValue = string | number | boolean;
/** Names by OpenTelemetry's semantic conventions: `http.response.status_code`. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Who wrote it: at least `service.name` and `service.instance.id`. https://opentelemetry.io/docs/specs/semconv/resource/ */
export type Resource = Attributes & { readonly 'service.name': string; readonly 'service.instance.id': string };

/** What of a span travels to others. Ids are lower-case hexadecimal: 32 digits of a trace, 16 of a span, never all zeros. */
export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  /** Whether the right half of the trace id was drawn at random, as level 2 of W3C Trace Context has it; false without it. */
  readonly isRandom?: boolean;
  /** The header `tracestate`, empty without one. */
  readonly traceState: string;
}

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type SpanStatus = 'unset' | 'ok' | 'error';

export interface SpanLink {
  readonly context: SpanContext;
  readonly attributes: Attributes;
}

/** Something told at an instant within a span. */
export interface SpanEvent {
  readonly name: string;
  readonly time: Time;
  readonly attributes: Attributes;
}

/** How much of a span was not kept, since its instruments take only so much. */
export interface DroppedCounts {
  readonly attributes: number;
  readonly events: number;
  readonly links: number;
}

/** A span that has ended. */
export interface SpanData {
  readonly resource: Resource;
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  readonly start: Time;
  readonly end: Time;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Undefined where all was kept. */
  readonly dropped?: DroppedCounts;
}

/** The least number of each severity's range. https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
export const SEVERITIES = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 } as const;
export type Severity = keyof typeof SEVERITIES;

export interface LogRecord {
  readonly resource: Resource;
  readonly time: Time;
  readonly severity: Severity;
  /** The line, or the fixed text of a structured record. */
  readonly body: string;
  readonly attributes: Attributes;
  /** Empty where it is not known for what it was written. */
  readonly traceId: string;
  readonly spanId: string;
}

/** An observation kept beside the numbers it went into, by which they lead to a trace. */
export interface Exemplar {
  readonly value: number;
  readonly time: Time;
  readonly traceId: string;
  readonly spanId: string;
  /** Attributes that the series has no room for. */
  readonly attributes: Attributes;
}

interface PointBase {
  readonly attributes: Attributes;
  /** From when on it counts: the start of its process, or of the stretch since the last export. */
  readonly startTime: Time;
  readonly time: Time;
  readonly exemplars: readonly Exemplar[];
}

export interface NumberPoint extends PointBase {
  readonly value: number;
}

/** Buckets are (lower, upper]; counts are not cumulative and one more than the bounds. */
export interface HistogramPoint extends PointBase {
  readonly count: number;
  readonly sum: number;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** Bucket `i` of an offset `o` covers (base^(o+i), base^(o+i+1)] with base = 2^(2^-scale). */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface ExponentialHistogramPoint extends PointBase {
  readonly count: number;
  readonly sum: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

export type Temporality = 'cumulative' | 'delta';

interface MetricBase {
  readonly resource: Resource;
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  readonly description: string;
}

export type MetricData = MetricBase &
  (
    | { readonly kind: 'gauge'; readonly points: readonly NumberPoint[] }
    | {
        readonly kind: 'sum';
        readonly isMonotonic: boolean;
        readonly temporality: Temporality;
        readonly points: readonly NumberPoint[];
      }
    | { readonly kind: 'histogram'; readonly temporality: Temporality; readonly points: readonly HistogramPoint[] }
    | {
        readonly kind: 'exponential-histogram';
        readonly temporality: Temporality;
        readonly points: readonly ExponentialHistogramPoint[];
      }
  );

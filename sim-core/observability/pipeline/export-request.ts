/**
 * What one telemetry process asks another: to take a batch of what was written down, as an OTLP export does. Whoever takes
 * it answers when it has it, and is then responsible for it; whoever cannot take it refuses the call: as `overloaded` or
 * `unavailable`, after which OTLP's clients ask again, or as `error`, after which they do not
 * (https://opentelemetry.io/docs/specs/otlp/#failures).
 */
import type { Time } from '../../kernel/time.ts';
import type { LogRecord, MetricData, Resource, SpanData } from '../signals/telemetry.ts';

/** What may be exported, by the name of its kind. */
export interface Telemetry {
  readonly traces: SpanData;
  readonly logs: LogRecord;
  readonly metrics: MetricData;
}

export type TelemetryKind = keyof Telemetry;

/** So many of one process, told by their number alone: where there are many and nobody looks into them. */
export interface TelemetryBundle {
  readonly resource: Resource;
  /** When the latest of them was written down. */
  readonly time: Time;
  readonly count: number;
  readonly bytes: number;
}

export interface ExportRequest<Kind extends TelemetryKind = TelemetryKind> {
  readonly kind: Kind;
  readonly items: readonly Telemetry[Kind][];
  /** What comes beside the items; nothing without it. */
  readonly bundles?: readonly TelemetryBundle[];
  /** Size of the encoded request. */
  readonly bytes: number;
}

export interface ExportResponse {
  /** Items that were taken and thrown away, for good: OTLP's partial success. */
  readonly rejected: number;
}

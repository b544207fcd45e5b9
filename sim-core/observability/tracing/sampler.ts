/**
 * Head sampling: whether a span is recorded, decided when it begins and by what is known then.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampler
 */
import type { SpanContext, SpanLink } from '../signals/telemetry.ts';

export interface Sampler {
  /** `parent` is undefined at the root of a trace; `links` are those that the span begins with. */
  isSampled(traceId: string, name: string, parent: SpanContext | undefined, links?: readonly SpanLink[]): boolean;
}

export interface SamplerOptions {
  /** The share of traces that is kept, 0 to 1; asked only by those whose name says so. */
  readonly ratio: number;
}

export type SamplerFactory = (options: SamplerOptions) => Sampler;

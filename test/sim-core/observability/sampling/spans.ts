/** Spans as tests of sampling write them down: what is not said of one is plain. */
import { ms } from '../../../../sim-core/kernel/time.ts';
import { spanSize } from '../../../../sim-core/observability/pipeline/otlp-size.ts';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';

interface Said extends Partial<Omit<SpanData, 'context' | 'resource'>> {
  /** A number that the trace's id is made of. */
  readonly trace?: number;
  readonly span?: number;
  readonly traceState?: string;
  readonly isSampled?: boolean;
  readonly service?: string;
}

export const idOf = (trace: number): string => trace.toString(16).padStart(32, '0');

export function spanOf({
  trace = 1,
  span = 1,
  traceState = '',
  isSampled = true,
  service,
  ...said
}: Said = {}): SpanData {
  return {
    resource: { 'service.name': service ?? 'orders', 'service.instance.id': 'orders-1' },
    name: 'HTTP GET /orders',
    kind: 'server',
    context: { traceId: idOf(trace), spanId: span.toString(16).padStart(16, '0'), isSampled, traceState },
    parentSpanId: '',
    start: 0,
    end: ms(1),
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    ...said,
  };
}

/** A span from one instant to another, in milliseconds. */
export const spanFrom = (from: number, until: number): SpanData => spanOf({ start: ms(from), end: ms(until) });

/** Encoded. */
export const SPAN_BYTES = spanSize(spanOf());

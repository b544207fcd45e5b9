/** Telemetry for tests of a pipeline: spans that are alike, and bundles of so many. */
import fc from 'fast-check';
import type {
  ExportRequest,
  TelemetryBundle,
  TelemetryKind,
} from '../../../../sim-core/observability/pipeline/export-request.ts';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';

export const resource = { 'service.name': 'orders', 'service.instance.id': 'orders-1' };

export const aSpan: SpanData = {
  resource,
  name: 'HTTP GET /orders',
  kind: 'server',
  context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), isSampled: true, traceState: '' },
  parentSpanId: '',
  start: 0,
  end: 1,
  status: 'unset',
  attributes: {},
  events: [],
  links: [],
};

/** Each of 100 bytes an item. */
export const bundlesOf = (counts: readonly number[]): TelemetryBundle[] =>
  counts.map((count) => ({ resource, time: 0, count, bytes: 100 * count }));

/** So many items of 100 bytes. */
export const loadOf = (count: number, kind: TelemetryKind = 'traces'): ExportRequest => ({
  kind,
  items: [],
  bundles: bundlesOf([count]),
  bytes: 100 * count,
});

export const requests: fc.Arbitrary<ExportRequest> = fc
  .tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([spans, counts, bytes]) => ({
    kind: 'traces',
    items: Array.from({ length: spans }, (_, i) => ({ ...aSpan, start: i })),
    bundles: bundlesOf(counts),
    bytes: (spans === 0 ? 0 : bytes) + counts.reduce((sum, count) => sum + 100 * count, 0),
  }));

/**
 * Sizes of what is exported, against the bytes that OpenTelemetry's own serializer writes. It is here for being the code that real
 * exporters of JavaScript use, from the registry and without further installation.
 */
import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requestSize } from '../../../../sim-core/observability/pipeline/otlp-size.ts';
import {
  SEVERITIES,
  type Attributes,
  type LogRecord,
  type MetricData,
  type Resource,
  type SpanContext,
  type SpanData,
  type SpanKind,
  type SpanStatus,
} from '../../../../sim-core/observability/signals/telemetry.ts';
import { contexts } from '../context/contexts.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ minLength: 100, maxLength: 200 }));
const value = fc.oneof(
  text,
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.nat(300),
);
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  value,
  { maxKeys: 4 },
);
const resources: fc.Arbitrary<Resource> = attributes.map((more) => ({
  ...more,
  'service.name': 'orders',
  'service.instance.id': 'orders-1',
}));
const time = fc.integer({ min: 1, max: 2 ** 50 });
const hrTime = (at: number): [number, number] => [Math.floor(at / 1e9), at % 1e9];
const count = fc.oneof(fc.nat(300), fc.nat(2 ** 31 - 1));
const list = <T>(of: fc.Arbitrary<T>, maxLength = 4): fc.Arbitrary<T[]> => fc.array(of, { maxLength });

/** Their instrumentation scope: ours is named after the service. */
const instrumentationScope = { name: 'orders' };
const theirContext = ({ traceState, isSampled, ...ids }: SpanContext) => ({
  ...ids,
  traceFlags: isSampled ? 1 : 0,
  traceState: { serialize: () => traceState },
});
/** One object each, as processes have it; theirs are objects as well, and tell resources apart by that. */
function theirResources(): (resource: Resource) => { attributes: Resource } {
  const known = new Map<Resource, { attributes: Resource }>();
  return (resource) => {
    if (!known.has(resource)) known.set(resource, { attributes: resource });
    return known.get(resource)!;
  };
}
const KINDS: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES: readonly SpanStatus[] = ['unset', 'ok', 'error'];

const withState = fc
  .tuple(contexts, fc.constantFrom('', 'vendor=abc'))
  .map(([context, traceState]): SpanContext => ({ ...context, traceState }));
const spansOf = (resource: Resource): fc.Arbitrary<SpanData> =>
  fc.oneof(
    wholeSpansOf(resource).map(({ dropped: _dropped, ...span }) => span),
    wholeSpansOf(resource),
  );
const wholeSpansOf = (resource: Resource) =>
  fc.record({
    resource: fc.constant(resource),
    name: text,
    kind: fc.constantFrom(...KINDS),
    context: withState,
    parentSpanId: fc.constantFrom('', 'b7ad6b7169203331'),
    start: time,
    end: time,
    status: fc.constantFrom(...STATUSES),
    attributes,
    events: list(fc.record({ name: text, time, attributes })),
    links: list(fc.record({ context: withState, attributes })),
    dropped: fc.record({ attributes: count, events: count, links: count }),
  });

/** Items of up to three resources, mixed. */
const batchesOf = <T>(itemsOf: (resource: Resource) => fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc
    .array(resources, { minLength: 1, maxLength: 3 })
    .chain((all) => list(fc.oneof(...all.map((resource) => itemsOf(resource))), 8));

it('of spans', () => {
  fc.assert(
    fc.property(batchesOf(spansOf), (spans) => {
      const resourceOf = theirResources();
      const theirs = spans.map((span) => ({
        ...span,
        resource: resourceOf(span.resource),
        instrumentationScope,
        kind: KINDS.indexOf(span.kind),
        spanContext: () => theirContext(span.context),
        parentSpanContext: span.parentSpanId === '' ? undefined : { spanId: span.parentSpanId },
        startTime: hrTime(span.start),
        endTime: hrTime(span.end),
        status: { code: STATUSES.indexOf(span.status) },
        events: span.events.map((event) => ({ ...event, time: hrTime(event.time) })),
        links: span.links.map((link) => ({ ...link, context: theirContext(link.context) })),
        droppedAttributesCount: span.dropped?.attributes ?? 0,
        droppedEventsCount: span.dropped?.events ?? 0,
        droppedLinksCount: span.dropped?.links ?? 0,
      }));
      const bytes = ProtobufTraceSerializer.serializeRequest(theirs as never)!;
      expect(requestSize('traces', spans)).toBe(bytes.length);
    }),
  );
});

it('of log records', () => {
  const recordsOf = (resource: Resource): fc.Arbitrary<LogRecord> =>
    fc.record({
      resource: fc.constant(resource),
      time,
      severity: fc.constantFrom(...(Object.keys(SEVERITIES) as (keyof typeof SEVERITIES)[])),
      body: text,
      attributes,
      traceId: fc.constantFrom('', '0af7651916cd43dd8448eb211c80319c'),
      spanId: fc.constantFrom('', 'b7ad6b7169203331'),
    });
  fc.assert(
    fc.property(batchesOf(recordsOf), (records) => {
      const resourceOf = theirResources();
      const theirs = records.map(({ severity, traceId, spanId, ...record }) => ({
        ...record,
        resource: resourceOf(record.resource),
        instrumentationScope,
        hrTime: hrTime(record.time),
        hrTimeObserved: hrTime(record.time),
        severityNumber: SEVERITIES[severity],
        severityText: severity,
        spanContext: { traceId, spanId, traceFlags: 0 },
        droppedAttributesCount: 0,
      }));
      const bytes = ProtobufLogsSerializer.serializeRequest(theirs as never)!;
      expect(requestSize('logs', records)).toBe(bytes.length);
    }),
  );
});

it('of metrics', () => {
  const base = { attributes, startTime: time, time, exemplars: fc.constant([]) };
  const number = fc.record({ ...base, value: fc.double({ noNaN: true }) });
  const histogram = fc.record({
    ...base,
    count,
    sum: fc.double({ noNaN: true }),
    bounds: list(fc.double({ noNaN: true }), 20),
    counts: list(count, 21),
  });
  const buckets = fc.record({ offset: fc.integer({ min: -5000, max: 5000 }), counts: list(count, 20) });
  const exponential = fc.record({
    ...base,
    count,
    sum: fc.double({ noNaN: true }),
    scale: fc.integer({ min: -10, max: 20 }),
    zeroCount: count,
    zeroThreshold: fc.constant(0),
    positive: buckets,
    negative: buckets,
  });
  const temporality = fc.constantFrom('cumulative' as const, 'delta' as const);
  const metricsOf = (resource: Resource): fc.Arbitrary<MetricData> => {
    const named = { resource: fc.constant(resource), name: text, unit: text, description: text };
    return fc.oneof(
      fc.record({ ...named, kind: fc.constant('gauge' as const), points: list(number) }),
      fc.record({
        ...named,
        kind: fc.constant('sum' as const),
        isMonotonic: fc.boolean(),
        temporality,
        points: list(number),
      }),
      fc.record({ ...named, kind: fc.constant('histogram' as const), temporality, points: list(histogram) }),
      fc.record({
        ...named,
        kind: fc.constant('exponential-histogram' as const),
        temporality,
        points: list(exponential),
      }),
    );
  };
  const TYPES = { histogram: 0, 'exponential-histogram': 1, gauge: 2, sum: 3 } as const;
  const theirPoint = (point: MetricData['points'][number]) => ({
    attributes: point.attributes,
    startTime: hrTime(point.startTime),
    endTime: hrTime(point.time),
    value:
      'value' in point
        ? point.value
        : 'bounds' in point
          ? { ...point, buckets: { boundaries: point.bounds, counts: point.counts } }
          : {
              ...point,
              positive: { offset: point.positive.offset, bucketCounts: point.positive.counts },
              negative: { offset: point.negative.offset, bucketCounts: point.negative.counts },
            },
  });
  // Theirs has one resource a request.
  const batch = resources.chain((resource) => fc.array(metricsOf(resource), { minLength: 1, maxLength: 6 }));
  fc.assert(
    fc.property(batch, (metrics) => {
      const theirs = {
        resource: { attributes: metrics[0].resource },
        scopeMetrics: [
          {
            scope: instrumentationScope,
            metrics: metrics.map((metric) => ({
              descriptor: { ...metric, valueType: 1 },
              dataPointType: TYPES[metric.kind],
              aggregationTemporality: 'temporality' in metric && metric.temporality === 'delta' ? 0 : 1,
              isMonotonic: 'isMonotonic' in metric && metric.isMonotonic,
              dataPoints: metric.points.map(theirPoint),
            })),
          },
        ],
      };
      const bytes = ProtobufMetricsSerializer.serializeRequest(theirs as never)!;
      expect(requestSize('metrics', metrics)).toBe(bytes.length);
    }),
  );
});

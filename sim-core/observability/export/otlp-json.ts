/**
 * Telemetry as OTLP/JSON, the file form of OpenTelemetry's protocol: `TracesData`, `MetricsData` and `LogsData` of
 * opentelemetry-proto by protobuf's JSON mapping, with OTLP's exceptions to it: names in lowerCamelCase, ids as hexadecimal
 * digits, enums as numbers, 64-bit integers as decimal strings
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). A text is one line, as the collector's file
 * exporter writes it and its `otlpjsonfile` receiver, Jaeger and Tempo read it.
 *
 * Leaves out fields that hold their default, as protobuf does, and schema URLs.
 */
import { traceFlags } from '../context/traceparent.ts';
import {
  SEVERITIES,
  type Attributes,
  type AttributeValue,
  type Exemplar,
  type ExponentialBuckets,
  type LogRecord,
  type MetricData,
  type Resource,
  type SpanContext,
  type SpanData,
  type SpanKind,
  type SpanStatus,
  type Temporality,
} from '../signals/telemetry.ts';
import { unixNanos } from './wall-time.ts';

const SPAN_KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const STATUS_CODES: Readonly<Record<SpanStatus, number>> = { unset: 0, ok: 1, error: 2 };
const TEMPORALITIES: Readonly<Record<Temporality, number>> = { delta: 1, cumulative: 2 };
/** The trace flag `sampled`, of W3C's trace context. */
const SAMPLED = 1;

/** What wrote it down: the instrumentation's name and version. */
export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
}

/** `TracesData`. */
export function otlpTraces(spans: readonly SpanData[], scope: InstrumentationScope): string {
  const resourceSpans = byResource(spans).map(([resource, own]) => ({
    resource: resourceOf(resource),
    scopeSpans: [{ scope, spans: own.map(spanOf) }],
  }));
  return JSON.stringify({ resourceSpans });
}

/** `MetricsData`. */
export function otlpMetrics(metrics: readonly MetricData[], scope: InstrumentationScope): string {
  const resourceMetrics = byResource(metrics).map(([resource, own]) => ({
    resource: resourceOf(resource),
    scopeMetrics: [{ scope, metrics: own.map(metricOf) }],
  }));
  return JSON.stringify({ resourceMetrics });
}

/** `LogsData`. */
export function otlpLogs(records: readonly LogRecord[], scope: InstrumentationScope): string {
  const resourceLogs = byResource(records).map(([resource, own]) => ({
    resource: resourceOf(resource),
    scopeLogs: [{ scope, logRecords: own.map(logRecordOf) }],
  }));
  return JSON.stringify({ resourceLogs });
}

/** What each process wrote down, in the order in which the processes come. */
function byResource<Item extends { readonly resource: Resource }>(items: readonly Item[]): [Resource, Item[]][] {
  const groups = new Map<string, [Resource, Item[]]>();
  const keys = new Map<Resource, string>();
  for (const item of items) {
    const { resource } = item;
    let key = keys.get(resource);
    if (key === undefined) keys.set(resource, (key = JSON.stringify(resource)));
    const group = groups.get(key);
    if (group) group[1].push(item);
    else groups.set(key, [resource, [item]]);
  }
  return [...groups.values()];
}

const resourceOf = (resource: Resource): object => ({ attributes: attributesOf(resource) });

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: double(value) };
}

/** JSON has no word for these; protobuf's mapping writes them as strings. */
const double = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** `attributes` if there are any. */
function noted(attributes: Attributes, name = 'attributes'): object {
  const list = attributesOf(attributes);
  return list.length > 0 ? { [name]: list } : {};
}

/** `flags` if any is set. */
function flagsOf(context: SpanContext): object {
  const flags = traceFlags(context);
  return flags === 0 ? {} : { flags };
}

function spanOf(span: SpanData): object {
  const { context, parentSpanId, name, kind, start, end, status, attributes, events, links, dropped } = span;
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(context.traceState && { traceState: context.traceState }),
    ...(parentSpanId && { parentSpanId }),
    ...flagsOf(context),
    name,
    kind: SPAN_KINDS[kind],
    startTimeUnixNano: unixNanos(start),
    endTimeUnixNano: unixNanos(end),
    ...noted(attributes),
    ...(dropped && dropped.attributes > 0 && { droppedAttributesCount: dropped.attributes }),
    ...(events.length > 0 && {
      events: events.map((event) => ({
        timeUnixNano: unixNanos(event.time),
        name: event.name,
        ...noted(event.attributes),
      })),
    }),
    ...(dropped && dropped.events > 0 && { droppedEventsCount: dropped.events }),
    ...(links.length > 0 && {
      links: links.map((link) => ({
        traceId: link.context.traceId,
        spanId: link.context.spanId,
        ...(link.context.traceState && { traceState: link.context.traceState }),
        ...noted(link.attributes),
        ...flagsOf(link.context),
      })),
    }),
    ...(dropped && dropped.links > 0 && { droppedLinksCount: dropped.links }),
    ...(status !== 'unset' && { status: { code: STATUS_CODES[status] } }),
  };
}

function metricOf(metric: MetricData): object {
  const { name, description, unit } = metric;
  const common = { name, ...(description && { description }), ...(unit && { unit }) };
  switch (metric.kind) {
    case 'gauge':
      return { ...common, gauge: { dataPoints: metric.points.map((point) => numberPoint(point)) } };
    case 'sum': {
      const dataPoints = metric.points.map((point) => numberPoint(point));
      const aggregationTemporality = TEMPORALITIES[metric.temporality];
      return {
        ...common,
        sum: { dataPoints, aggregationTemporality, ...(metric.isMonotonic && { isMonotonic: true }) },
      };
    }
    case 'histogram': {
      const dataPoints = metric.points.map((point) => ({
        ...pointOf(point),
        count: String(point.count),
        sum: double(point.sum),
        bucketCounts: point.counts.map(String),
        ...(point.bounds.length > 0 && { explicitBounds: point.bounds.map(double) }),
      }));
      return { ...common, histogram: { dataPoints, aggregationTemporality: TEMPORALITIES[metric.temporality] } };
    }
    case 'exponential-histogram': {
      const dataPoints = metric.points.map((point) => ({
        ...pointOf(point),
        count: String(point.count),
        sum: double(point.sum),
        scale: point.scale,
        zeroCount: String(point.zeroCount),
        positive: bucketsOf(point.positive),
        negative: bucketsOf(point.negative),
        zeroThreshold: double(point.zeroThreshold),
      }));
      const aggregationTemporality = TEMPORALITIES[metric.temporality];
      return { ...common, exponentialHistogram: { dataPoints, aggregationTemporality } };
    }
  }
}

type AnyPoint = MetricData['points'][number];

function pointOf({ attributes, startTime, time, exemplars }: AnyPoint): object {
  return {
    ...noted(attributes),
    startTimeUnixNano: unixNanos(startTime),
    timeUnixNano: unixNanos(time),
    ...(exemplars.length > 0 && { exemplars: exemplars.map(exemplarOf) }),
  };
}

const numberPoint = (point: AnyPoint & { readonly value: number }): object => ({
  ...pointOf(point),
  asDouble: double(point.value),
});

const exemplarOf = ({ attributes, time, value, spanId, traceId }: Exemplar): object => ({
  timeUnixNano: unixNanos(time),
  asDouble: double(value),
  ...(spanId && { spanId }),
  ...(traceId && { traceId }),
  ...noted(attributes, 'filteredAttributes'),
});

const bucketsOf = ({ offset, counts }: ExponentialBuckets): object => ({ offset, bucketCounts: counts.map(String) });

function logRecordOf({ time, severity, body, attributes, traceId, spanId }: LogRecord): object {
  return {
    timeUnixNano: unixNanos(time),
    observedTimeUnixNano: unixNanos(time),
    severityNumber: SEVERITIES[severity],
    severityText: severity,
    body: { stringValue: body },
    ...noted(attributes),
    ...(traceId && { traceId, flags: SAMPLED }),
    ...(spanId && { spanId }),
  };
}

/**
 * How many bytes spans, log records and metrics take as OTLP's protobuf, without encoding them: exactly those that the exporters
 * of OpenTelemetry's JavaScript SDK write, counts of zero included (`@opentelemetry/otlp-transformer`; the test compares them).
 * Exemplars and a histogram's threshold of zero, which that one leaves out, as the protocol has them.
 * https://github.com/open-telemetry/opentelemetry-proto
 *
 * Items of one resource object stand together below it, in a scope that is named after the service. Of a log record's context
 * the ids are written, not the flags.
 */
import {
  SEVERITIES,
  type Attributes,
  type AttributeValue,
  type Exemplar,
  type ExponentialBuckets,
  type ExponentialHistogramPoint,
  type HistogramPoint,
  type LogRecord,
  type MetricData,
  type NumberPoint,
  type Resource,
  type SpanContext,
  type SpanData,
} from '../signals/telemetry.ts';
import type { Telemetry, TelemetryKind } from './export-request.ts';
import { FIXED64_FIELD, lengthField, textField, varintSize, zigzagSize } from './protobuf-size.ts';

const TRACE_ID_FIELD = lengthField(16);
const SPAN_ID_FIELD = lengthField(8);
/** Field 16, whose tag has two bytes, with a number of 4. */
const SPAN_FLAGS_FIELD = 6;
const LINK_FLAGS_FIELD = 5;
const STATUS_FIELD = lengthField(2);
/** A small number in a field below 16: an enumeration, a flag, a count of none. */
const SMALL_FIELD = 2;
const INT64 = 9_223_372_036_854_775_808;

/** The size of a request that exports these. */
export function requestSize<Kind extends TelemetryKind>(kind: Kind, items: readonly Telemetry[Kind][]): number {
  const sizeOf = SIZES[kind] as (item: Telemetry[Kind]) => number;
  const scopes = new Map<Resource, number>();
  for (const item of items) {
    const { resource } = item;
    const before = scopes.get(resource) ?? lengthField(textField(resource['service.name']));
    scopes.set(resource, before + lengthField(sizeOf(item)));
  }
  let size = 0;
  for (const [resource, scope] of scopes) {
    size += lengthField(lengthField(attributesSize(resource) + SMALL_FIELD) + lengthField(scope));
  }
  return size;
}

/** The size of a span's message. */
export function spanSize(span: SpanData): number {
  const { context, dropped } = span;
  let size = TRACE_ID_FIELD + SPAN_ID_FIELD + optionalText(context.traceState) + textField(span.name);
  if (span.parentSpanId !== '') size += SPAN_ID_FIELD;
  size += SMALL_FIELD + 2 * FIXED64_FIELD + STATUS_FIELD + SPAN_FLAGS_FIELD + attributesSize(span.attributes);
  size += countField(dropped?.attributes) + countField(dropped?.events) + countField(dropped?.links);
  for (const { name, attributes } of span.events) {
    size += lengthField(FIXED64_FIELD + textField(name) + attributesSize(attributes) + SMALL_FIELD);
  }
  for (const link of span.links) size += lengthField(linkSize(link.context, link.attributes));
  return size;
}

function linkSize({ traceState }: SpanContext, attributes: Attributes): number {
  const ids = TRACE_ID_FIELD + SPAN_ID_FIELD + optionalText(traceState);
  return ids + attributesSize(attributes) + SMALL_FIELD + LINK_FLAGS_FIELD;
}

/** The size of a log record's message. */
export function logRecordSize(record: LogRecord): number {
  let size = 2 * FIXED64_FIELD + 1 + varintSize(SEVERITIES[record.severity]) + textField(record.severity);
  size += lengthField(valueSize(record.body)) + attributesSize(record.attributes) + SMALL_FIELD;
  if (record.traceId !== '') size += TRACE_ID_FIELD;
  if (record.spanId !== '') size += SPAN_ID_FIELD;
  return size;
}

/** The size of a metric's message, all its points in it. */
export function metricSize(metric: MetricData): number {
  const names = textField(metric.name) + optionalText(metric.description) + optionalText(metric.unit);
  return names + lengthField(pointsSize(metric));
}

function pointsSize(metric: MetricData): number {
  let size = 0;
  switch (metric.kind) {
    case 'gauge':
      for (const point of metric.points) size += lengthField(numberPointSize(point));
      return size;
    case 'sum':
      for (const point of metric.points) size += lengthField(numberPointSize(point));
      return size + SMALL_FIELD + (metric.isMonotonic ? SMALL_FIELD : 0);
    case 'histogram':
      for (const point of metric.points) size += lengthField(histogramPointSize(point));
      return size + SMALL_FIELD;
    case 'exponential-histogram':
      for (const point of metric.points) size += lengthField(exponentialPointSize(point));
      return size + SMALL_FIELD;
  }
}

function numberPointSize({ attributes, exemplars }: NumberPoint): number {
  return 3 * FIXED64_FIELD + attributesSize(attributes) + exemplarsSize(exemplars);
}

function histogramPointSize({ bounds, counts, attributes, exemplars }: HistogramPoint): number {
  const buckets = optionalList(8 * counts.length) + optionalList(8 * bounds.length);
  return 4 * FIXED64_FIELD + buckets + attributesSize(attributes) + exemplarsSize(exemplars);
}

function exponentialPointSize(point: ExponentialHistogramPoint): number {
  const { scale, zeroThreshold, positive, negative } = point;
  let size = 5 * FIXED64_FIELD + attributesSize(point.attributes) + exemplarsSize(point.exemplars);
  if (scale !== 0) size += 1 + zigzagSize(scale);
  if (zeroThreshold !== 0) size += FIXED64_FIELD;
  return size + lengthField(bucketsSize(positive)) + lengthField(bucketsSize(negative));
}

function bucketsSize({ offset, counts }: ExponentialBuckets): number {
  let varints = 0;
  for (const count of counts) varints += varintSize(count);
  return (offset === 0 ? 0 : 1 + zigzagSize(offset)) + optionalList(varints);
}

function exemplarsSize(exemplars: readonly Exemplar[]): number {
  let size = 0;
  for (const { attributes } of exemplars) {
    size += lengthField(2 * FIXED64_FIELD + TRACE_ID_FIELD + SPAN_ID_FIELD + attributesSize(attributes));
  }
  return size;
}

/** Of attributes as a repeated field below 16. */
function attributesSize(attributes: Attributes): number {
  let size = 0;
  for (const key of Object.keys(attributes)) {
    size += lengthField(textField(key) + lengthField(valueSize(attributes[key])));
  }
  return size;
}

function valueSize(value: AttributeValue): number {
  if (typeof value === 'string') return textField(value);
  if (typeof value === 'boolean') return SMALL_FIELD;
  const isInt64 = Number.isInteger(value) && value >= -INT64 && value < INT64;
  return isInt64 ? 1 + varintSize(value) : FIXED64_FIELD;
}

const optionalText = (text: string): number => (text === '' ? 0 : textField(text));
const optionalList = (content: number): number => (content === 0 ? 0 : lengthField(content));
const countField = (count = 0): number => 1 + varintSize(count);

const SIZES: { readonly [Kind in TelemetryKind]: (item: Telemetry[Kind]) => number } = {
  traces: spanSize,
  logs: logRecordSize,
  metrics: metricSize,
};

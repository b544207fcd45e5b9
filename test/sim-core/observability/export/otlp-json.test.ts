/** OTLP/JSON of what no run of the catalogue exports: the published definitions take it and give it back all the same. */
import { expect, it } from 'vitest';
import { otlpLogs, otlpMetrics, otlpTraces } from '../../../../sim-core/observability/export/otlp-json.ts';
import type { LogRecord, MetricData, SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { LogsData, MetricsData, throughProtobuf, TracesData } from '../../../otlp-definitions.ts';

const SCOPE = { name: 'brownout', version: '0' };
const resource = { 'service.name': 'shop', 'service.instance.id': 'shop-1', isCanary: true, share: 0.25 };
const metric = { resource, name: 'thing', unit: '1', description: '' };
const point = { attributes: { 'error.type': 'timeout', attempt: 2 }, startTime: 0, time: 1_500_000_001, exemplars: [] };
const exemplar = { value: 0.5, time: 7, traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

const metrics: MetricData[] = [
  { ...metric, kind: 'gauge', points: [-Infinity, Infinity, NaN, 1e-300].map((value) => ({ ...point, value })) },
  { ...metric, kind: 'sum', isMonotonic: false, temporality: 'delta', points: [{ ...point, value: 3 }] },
  {
    ...metric,
    kind: 'histogram',
    temporality: 'cumulative',
    points: [{ ...point, count: 0, sum: 0, bounds: [], counts: [0] }],
  },
  {
    ...metric,
    kind: 'exponential-histogram',
    temporality: 'cumulative',
    points: [
      {
        ...point,
        exemplars: [{ ...exemplar, attributes: { user: 'u-1' } }],
        count: 6,
        sum: 12.5,
        scale: 3,
        zeroCount: 1,
        zeroThreshold: 1e-9,
        positive: { offset: -4, counts: [1, 0, 2] },
        negative: { offset: 2, counts: [2] },
      },
    ],
  },
];

const context = { traceId: exemplar.traceId, spanId: exemplar.spanId, isSampled: true, traceState: 'vendor=1' };
const link = { context: { ...context, isSampled: false, traceState: '' }, attributes: {} };
const span: SpanData = {
  resource,
  name: 'charge',
  kind: 'consumer',
  context,
  parentSpanId: '',
  start: 0,
  end: 1,
  status: 'ok',
  attributes: {},
  events: [],
  links: [link, { context, attributes: { kind: 'batch' } }],
  dropped: { attributes: 3, events: 0, links: 1 },
};
const record: LogRecord = {
  resource,
  time: 3,
  severity: 'FATAL',
  body: '"quoted"\n☃',
  attributes: {},
  traceId: '',
  spanId: '',
};

it.each([
  ['metrics of every kind and value', MetricsData, otlpMetrics(metrics, SCOPE)],
  ['spans with links and a trace state', TracesData, otlpTraces([span], SCOPE)],
  ['a log record of no trace', LogsData, otlpLogs([record], SCOPE)],
])('%s', (_, type, text) => {
  expect(throughProtobuf(type, text)).toEqual(JSON.parse(text));
});

it.each([
  [{ ...context, isRandom: true }, 3],
  [context, 1],
  [{ ...context, isSampled: false, isRandom: true }, 2],
  [{ ...context, isSampled: false }, undefined],
])('a span has the flags of its context: %o', (of, flags) => {
  const { resourceSpans } = JSON.parse(otlpTraces([{ ...span, context: of }], SCOPE)) as {
    resourceSpans: { scopeSpans: { spans: { flags?: number }[] }[] }[];
  };
  expect(resourceSpans[0].scopeSpans[0].spans[0].flags).toBe(flags);
});

it('a span says what of it was not kept', () => {
  expect(otlpTraces([span], SCOPE)).toMatch(/"droppedAttributesCount":3,.*"droppedLinksCount":1/);
});

it('a process stands once, whoever else writes in between', () => {
  const other = { ...span, resource: { ...resource, 'service.instance.id': 'shop-2' } };
  const { resourceSpans } = JSON.parse(otlpTraces([span, other, { ...span }], SCOPE)) as {
    resourceSpans: { scopeSpans: { spans: unknown[] }[] }[];
  };
  expect(resourceSpans.map(({ scopeSpans: [scope] }) => scope.spans.length)).toEqual([2, 1]);
});

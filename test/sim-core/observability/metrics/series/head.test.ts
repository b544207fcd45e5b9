/** Histograms of which an attribute is called as the bounds of buckets are: each has series of its own, in the head and in a text. */
import { expect, it } from 'vitest';
import { s } from '../../../../../sim-core/kernel/time.ts';
import { openMetrics } from '../../../../../sim-core/observability/export/openmetrics.ts';
import { Head } from '../../../../../sim-core/observability/metrics/series/head.ts';
import { targetLabels } from '../../../../../sim-core/observability/metrics/series/prometheus-names.ts';
import type { Attributes, MetricData } from '../../../../../sim-core/observability/signals/telemetry.ts';

const resource = { 'service.name': 'orders', 'service.instance.id': 'orders-1' };
const target = targetLabels(resource);

const histogramOf = (points: readonly Attributes[]): MetricData => ({
  resource,
  name: 'size',
  unit: '',
  description: '',
  kind: 'histogram',
  temporality: 'cumulative',
  points: points.map((attributes, i) => ({
    attributes,
    startTime: 0,
    time: s(1),
    bounds: [1],
    counts: [i, 1],
    count: i + 1,
    sum: i,
    exemplars: [],
  })),
});

it('histograms that differ in an attribute le alone are different series, whose buckets have their bounds', () => {
  const metric = histogramOf([{ le: 'a' }, { le: 'b' }, { le: 'a', exported_le: 'c' }, {}]);
  const head = new Head();
  head.ingest([metric], target, s(1));
  const labels = [...head.floats.values()].map((series) => series.labels);
  expect(labels).toHaveLength(4 * 4);
  expect(labels).toContainEqual({ ...target, __name__: 'size_bucket', exported_le: 'b', le: '+Inf' });
  expect(labels).toContainEqual({ ...target, __name__: 'size_count', exported_le: 'b' });
  expect(labels).toContainEqual({ ...target, __name__: 'size_sum', exported_le: 'c', exported_exported_le: 'a' });
  const samples = openMetrics([metric]).split('\n');
  const heads = samples.filter((line) => line.startsWith('size_')).map((line) => line.split('} ')[0]);
  expect(new Set(heads).size).toBe(4 * 4);
  expect(heads).toContain('size_bucket{job="orders",instance="orders-1",exported_le="a",le="1"');
});

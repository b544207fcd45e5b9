/**
 * Metrics as an OpenMetrics 1.0 text, every sample with its timestamp, so that Prometheus can be filled with a past
 * (`promtool tsdb create-blocks-from openmetrics`). Names and labels follow OpenTelemetry's rules for Prometheus
 * (`metrics/series/prometheus-names.ts`); a sum that only grows is a counter, any other a gauge, and exemplars stand on counters
 * and buckets. https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 *
 * Leaves out exponential histograms, which the text has no form for, and sums that count since the last export.
 */
import type { Exemplar, HistogramPoint, MetricData, NumberPoint, Resource } from '../signals/telemetry.ts';
import { NAME } from '../metrics/series/series-store.ts';
import {
  histogramLabels,
  labelName,
  prometheusName,
  seriesLabels,
  targetInfo,
  targetLabels,
} from '../metrics/series/prometheus-names.ts';
import { unixSeconds } from './wall-time.ts';

/** Exemplars may have so many characters of labels; attributes for which there is no room are left out. */
const EXEMPLAR_LABELS_MAX = 128;

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: string;
  readonly help: string;
  readonly metrics: MetricData[];
}

export function openMetrics(metrics: readonly MetricData[]): string {
  const families = [...familiesOf(metrics).values()].flatMap((family) => [
    `# TYPE ${family.name} ${family.type}`,
    ...(family.unit === '' ? [] : [`# UNIT ${family.name} ${family.unit}`]),
    `# HELP ${family.name} ${escaped(family.help)}`,
    ...family.metrics.flatMap((metric) => samplesOf(metric, family.name)),
  ]);
  return `${[...targetLines(metrics), ...families, '# EOF'].join('\n')}\n`;
}

/** What is known of each target but its name, at every time at which it tells something; first, as the specification wants it. */
function targetLines(metrics: readonly MetricData[]): string[] {
  const times = new Map<Resource, Set<number>>();
  for (const { resource, points } of metrics) {
    if (Object.keys(targetInfo(resource)).length === 0) continue;
    const known = times.get(resource) ?? new Set();
    for (const { time } of points) known.add(time);
    times.set(resource, known);
  }
  if (times.size === 0) return [];
  const samples = [...times].flatMap(([resource, known]) => {
    const { [NAME]: _, ...labels } = seriesLabels('target_info', targetLabels(resource), targetInfo(resource));
    const inBraces = Object.entries(labels).map(labelText).join(',');
    return [...known].toSorted((a, b) => a - b).map((time) => `target_info{${inBraces}} 1 ${unixSeconds(time)}`);
  });
  return ['# TYPE target info', '# HELP target What is known of the targets', ...samples];
}

/** A family's samples stand together, whoever told them. */
function familiesOf(metrics: readonly MetricData[]): Map<string, Family> {
  const families = new Map<string, Family>();
  for (const metric of metrics) {
    if (metric.kind === 'exponential-histogram' || (metric.kind !== 'gauge' && metric.temporality === 'delta'))
      continue;
    const isCounter = metric.kind === 'sum' && metric.isMonotonic;
    const name = prometheusName(metric).replace(/_total$/, isCounter ? '' : '_total');
    const type = metric.kind === 'histogram' ? 'histogram' : isCounter ? 'counter' : 'gauge';
    const family = families.get(name);
    if (family) family.metrics.push(metric);
    else families.set(name, { name, type, unit: unitOf(name), help: metric.description, metrics: [metric] });
  }
  return families;
}

/** The words of a name that are a unit, as the line `UNIT` must have them: those that the name ends with. */
function unitOf(name: string): string {
  return /_(seconds|bytes|ratio)$/.exec(name)?.[1] ?? '';
}

function samplesOf(metric: MetricData, name: string): string[] {
  const target = targetLabels(metric.resource);
  const inBraces = (attributes: MetricData['points'][number]['attributes']): string => {
    const labelsOf = metric.kind === 'histogram' ? histogramLabels : seriesLabels;
    const { [NAME]: _, ...labels } = labelsOf(name, target, attributes);
    return Object.entries(labels).map(labelText).join(',');
  };
  switch (metric.kind) {
    case 'gauge':
      return metric.points.map((point) => sample(name, inBraces(point.attributes), point));
    case 'sum':
      return metric.points.map((point) =>
        metric.isMonotonic
          ? `${sample(`${name}_total`, inBraces(point.attributes), point)}${exemplarText(point.exemplars.at(-1))}`
          : sample(name, inBraces(point.attributes), point),
      );
    case 'histogram':
      return metric.points.flatMap((point) => histogramSamples(name, inBraces(point.attributes), point));
    case 'exponential-histogram':
      return [];
  }
}

const sample = (name: string, labels: string, { value, time }: NumberPoint): string =>
  `${name}{${labels}} ${numberText(value)} ${unixSeconds(time)}`;

function histogramSamples(name: string, labels: string, point: HistogramPoint): string[] {
  const { bounds, counts, count, sum, exemplars, time } = point;
  const at = unixSeconds(time);
  let below = 0;
  const buckets = counts.map((own, bucket) => {
    below += own;
    const [lower, upper] = [bounds[bucket - 1] ?? -Infinity, bounds[bucket] ?? Infinity];
    const exemplar = exemplars.findLast(({ value }) => value > lower && value <= upper);
    return `${name}_bucket{${labels},le="${numberText(upper)}"} ${below} ${at}${exemplarText(exemplar)}`;
  });
  return [...buckets, `${name}_sum{${labels}} ${numberText(sum)} ${at}`, `${name}_count{${labels}} ${count} ${at}`];
}

function exemplarText(exemplar: Exemplar | undefined): string {
  if (exemplar === undefined) return '';
  const { traceId, spanId, value, time, attributes } = exemplar;
  const ids = Object.entries({ trace_id: traceId, span_id: spanId }).filter(([, id]) => id !== '');
  const further = Object.entries(attributes).map(([name, own]) => [labelName(name), String(own)] as const);
  const labels = new Map<string, string>();
  let room = EXEMPLAR_LABELS_MAX;
  for (const [name, text] of [...ids, ...further]) {
    const length = name.length + escaped(text).length;
    if (labels.has(name) || length > room) continue;
    labels.set(name, text);
    room -= length;
  }
  return ` # {${[...labels].map(labelText).join(',')}} ${numberText(value)} ${unixSeconds(time)}`;
}

const labelText = ([name, value]: readonly [string, string]): string => `${name}="${escaped(value)}"`;

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/** Bounds are written as floating-point numbers. */
function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Number.isNaN(value)) return 'NaN';
  return String(value);
}

/**
 * What OpenTelemetry's metrics are called in Prometheus: words joined by `_`, then the unit, then what it is. Resources
 * become the labels `job` and `instance`.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
import type { Attributes, MetricData, Resource } from '../../signals/telemetry.ts';
import type { Labels } from '../../signals/labels.ts';
import { NAME } from './series-store.ts';

const UNITS: Readonly<Record<string, string>> = {
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  min: 'minutes',
  h: 'hours',
  d: 'days',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  Hz: 'hertz',
  Cel: 'celsius',
  '%': 'percent',
};

/** `http.server.request.duration` in `s` is `http_server_request_duration_seconds`. */
export function prometheusName(
  metric: Pick<MetricData, 'name' | 'unit' | 'kind'> & { readonly isMonotonic?: boolean },
): string {
  const { name, unit, kind, isMonotonic = false } = metric;
  const words = [metricName(name), ...unitWords(unit, kind)];
  const total = kind === 'sum' && isMonotonic ? 'total' : '';
  return withSuffixes(words[0], [...words.slice(1), total]);
}

function unitWords(unit: string, kind: MetricData['kind']): string[] {
  if (unit === '1') return kind === 'gauge' ? ['ratio'] : [];
  const [amount, per] = unit.replaceAll(/\{[^}]*\}/g, '').split('/');
  const words = amount === '' || amount === '1' ? [] : [UNITS[amount] ?? metricName(amount)];
  return per === undefined || per === ''
    ? words
    : [...words, `per_${per === 's' ? 'second' : (UNITS[per] ?? metricName(per))}`];
}

/** A suffix that the name has already is not written twice. */
function withSuffixes(name: string, suffixes: readonly string[]): string {
  return suffixes.reduce((full, suffix) => {
    if (suffix === '' || full.endsWith(`_${suffix}`)) return full;
    return `${full}_${suffix}`;
  }, name);
}

/** Letters, digits, `_` and `:`, no digit first. */
const metricName = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_:]+/g, '_').replace(/^(?=\d)/, '_');
/** The same without the colon. */
export const labelName = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]+/g, '_').replace(/^(?=\d)/, '_');

/** Whose series it is. */
export function targetLabels(resource: Resource): Labels {
  return { job: resource['service.name'], instance: resource['service.instance.id'] };
}

/** The labels of a series of these attributes. */
export function seriesLabels(name: string, target: Labels, attributes: Attributes, further: Labels = {}): Labels {
  const labels: Record<string, string> = { [NAME]: name, ...target };
  for (const [attribute, value] of Object.entries(attributes)) labels[labelName(attribute)] = String(value);
  return { ...labels, ...further };
}

/**
 * The same of a classic histogram, whose buckets have their bounds in `le`. An attribute of that name, which Prometheus' own clients
 * refuse as reserved, is called `exported_le`, as Prometheus calls labels of a scrape that it has another use for (`honor_labels`).
 */
export function histogramLabels(name: string, target: Labels, attributes: Attributes): Labels {
  const { le, ...labels } = seriesLabels(name, target, attributes);
  if (le === undefined) return labels;
  let free = 'exported_le';
  while (Object.hasOwn(labels, free)) free = `exported_${free}`;
  return { ...labels, [free]: le };
}

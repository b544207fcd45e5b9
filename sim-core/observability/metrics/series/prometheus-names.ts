/**
 * What OpenTelemetry's metrics are called in Prometheus: words joined by `_`, then the unit, then what it is. Resources
 * become the labels `job` and `instance`, and what else is said of them those of `target_info`.
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
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  Hz: 'hertz',
  Cel: 'celsius',
  '%': 'percent',
};

/** What stands behind a stroke is one of it. */
const PER: Readonly<Record<string, string>> = {
  s: 'second',
  min: 'minute',
  h: 'hour',
  d: 'day',
  wk: 'week',
  mo: 'month',
  a: 'year',
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
  return per === undefined || per === '' ? words : [...words, `per_${PER[per] ?? UNITS[per] ?? metricName(per)}`];
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

/** Whose series it is: `job` is the service, behind its namespace if it has one. */
export function targetLabels(resource: Resource): Labels {
  const { 'service.namespace': namespace, 'service.name': name, 'service.instance.id': instance } = resource;
  return { job: namespace === undefined ? name : `${String(namespace)}/${name}`, instance };
}

/** What else is known of a resource: the labels of its `target_info`, empty where nothing is. */
export function targetInfo(resource: Resource): Attributes {
  const { 'service.namespace': _, 'service.name': __, 'service.instance.id': ___, ...further } = resource;
  return further;
}

/**
 * The labels of a series of these attributes. Attributes that come to one label's name are one label, their values in the order of the
 * attributes' names with `;` between. One whose label is the target's own, such as `job`, or the series' name, is called `exported_job`,
 * as Prometheus calls labels of a scrape that it has another use for (`honor_labels: false`, `scrape/scrape.go`).
 */
export function seriesLabels(name: string, target: Labels, attributes: Attributes, further: Labels = {}): Labels {
  const own: Record<string, string> = { [NAME]: name, ...target };
  const told = new Map<string, string>();
  for (const attribute of Object.keys(attributes).toSorted()) {
    const label = labelName(attribute);
    const value = String(attributes[attribute]);
    told.set(label, told.has(label) ? `${told.get(label)};${value}` : value);
  }
  const labels = { ...own };
  for (const [label, value] of told) {
    const free = Object.hasOwn(own, label) ? exported(label, (taken) => told.has(taken) || taken in labels) : label;
    labels[free] = value;
  }
  return { ...labels, ...further };
}

function exported(label: string, isTaken: (label: string) => boolean): string {
  let free = `exported_${label}`;
  while (isTaken(free)) free = `exported_${free}`;
  return free;
}

/**
 * The same of a classic histogram, whose buckets have their bounds in `le`: an attribute of that name, which Prometheus' own clients
 * refuse as reserved, is `exported_le`.
 */
export function histogramLabels(name: string, target: Labels, attributes: Attributes): Labels {
  const { le, ...labels } = seriesLabels(name, target, attributes);
  return le === undefined ? labels : { ...labels, [exported('le', (taken) => Object.hasOwn(labels, taken))]: le };
}

/**
 * Exemplars that lead nowhere. An SDK keeps one by what it knows at the measurement, which is whether the span is sampled
 * (`TraceBased`, https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplarfilter); that a tail sampler dropped the trace later, or
 * that its spans were lost, it never hears. Nor does Prometheus or Mimir, which keep exemplars and have no traces: whoever follows
 * such a one in Grafana is told that there is no such trace. So none is taken out here. Each whose trace is not among the exported spans
 * says so, for whoever would look for it.
 */
import type { Exemplar, MetricData } from '../../observability/signals/telemetry.ts';

/** Of an exemplar: `false` where its trace did not arrive where the team looks, or is not in the sample of what did. */
const TRACE_EXPORTED = 'brownout.trace.exported';

/** `traces`: ids of the exported ones, asked for if there is any exemplar. */
export function withDeadEnds(metrics: readonly MetricData[], traces: () => ReadonlySet<string>): readonly MetricData[] {
  const isLed = ({ traceId }: Exemplar): boolean => traceId !== '';
  if (!metrics.some(({ points }) => points.some(({ exemplars }) => exemplars.some(isLed)))) return metrics;
  const exported = traces();
  const marked = (exemplar: Exemplar): Exemplar =>
    !isLed(exemplar) || exported.has(exemplar.traceId)
      ? exemplar
      : { ...exemplar, attributes: { [TRACE_EXPORTED]: false, ...exemplar.attributes } };
  return metrics.map((metric) => ({
    ...metric,
    points: metric.points.map((point) => ({ ...point, exemplars: point.exemplars.map(marked) })),
  })) as MetricData[];
}

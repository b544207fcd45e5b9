/** What a run's own instruments wrote down, as exported: that which arrived where the team looks, and no more. */
import { describe, expect, it } from 'vitest';
import stampede from '../../../../scenarios/caching/stampede.ts';
import cardinality from '../../../../scenarios/observability/cardinality.ts';
import fivePillars from '../../../../scenarios/observability/five-pillars.ts';
import latencyPercentiles from '../../../../scenarios/observability/latency-percentiles.ts';
import logPipeline from '../../../../scenarios/observability/log-pipeline.ts';
import traceSampling from '../../../../scenarios/observability/trace-sampling.ts';
import {
  decodeRecording,
  encodeRecording,
  ExportedRun,
  exportForms,
  Run,
  type ParameterValues,
  type Scenario,
} from '../../../../sim-core/index.ts';
import { otlpLogs, otlpMetrics, otlpTraces } from '../../../../sim-core/observability/export/otlp-json.ts';
import type { Exemplar } from '../../../../sim-core/observability/signals/telemetry.ts';
import { LogsData, MetricsData, throughProtobuf, TracesData } from '../../../otlp-definitions.ts';
import { openMetricsProblem } from '../../../openmetrics-grammar.ts';

const SCOPE = { name: 'brownout', version: '0' };

function begun(scenario: Scenario, variant: string, events: number, params: ParameterValues = {}): ExportedRun {
  const run = new Run(scenario, { variant, params });
  run.advance(events);
  return new ExportedRun(run.finish(), scenario);
}

const stateOf = ({ recording }: ExportedRun, name: string): Readonly<Record<string, number>> =>
  recording.components.find((component) => component.name === name)!.state as never;

const observers = (items: readonly { readonly resource: object }[]): unknown[] => [
  ...new Set(items.map(({ resource }) => (resource as Record<string, unknown>)['brownout.observer'])),
];

describe('traces', () => {
  const run = begun(traceSampling, 'head-ratio', 60_000);

  it('are the spans that the backend has, by the services that wrote them, each once', () => {
    const { spans, doubles } = stateOf(run, 'backend');
    expect(run.spans.length).toBeGreaterThan(100);
    expect(run.spans).toHaveLength(spans - doubles);
    expect(new Set(run.spans.map(({ context }) => context.spanId)).size).toBe(run.spans.length);
    expect(observers(run.spans)).toEqual(['instruments']);
    const services = new Set(run.spans.map(({ resource }) => resource['service.name']));
    expect([...services].toSorted()).toEqual(['auth', 'gateway', 'orders', 'payments']);
  });

  it('are of requests that were sampled, and not of the others', () => {
    const [sampled, served] = [new Set(run.spans.map(({ context }) => context.traceId)).size, run.chosen.of];
    expect(sampled / served).toBeLessThan(0.3);
    expect(run.spans.every(({ context }) => context.isSampled)).toBe(true);
  });

  it('have no exemplars beside them that lead to other traces', () => {
    const ids = new Set(run.spans.map(({ context }) => context.traceId));
    const led = run.metrics.flatMap(({ points }) => points.flatMap(({ exemplars }) => exemplars));
    expect(led.filter(({ traceId }) => !ids.has(traceId))).toEqual([]);
  });

  it('are none where somebody keeps them and none has arrived', () => {
    const lost = begun(traceSampling, 'tail-error-or-slow', 200);
    expect(lost.traces.length).toBeGreaterThan(0);
    expect(lost.spans).toEqual([]);
  });
});

describe('log records', () => {
  it.each(['structured', 'sampled-info', 'redacted-by-agent'])('are the lines that the store has: %s', (variant) => {
    const run = begun(logPipeline, variant, 30_000);
    const { lines } = stateOf(run, run.recording.components.find(({ state }) => 'chunks' in state)!.name);
    expect(lines).toBeGreaterThan(20);
    expect(run.logs).toHaveLength(lines);
    expect(observers(run.logs)).toEqual(['instruments']);
    const text = exportForms['log-lines'].write(run);
    expect(text.trimEnd().split('\n')).toHaveLength(lines);
  });
});

describe('metrics', () => {
  const run = begun(latencyPercentiles, 'percentiles-histogram', 60_000);
  const own = run.metrics.filter(({ resource }) => resource['brownout.observer'] === 'instruments');

  it('are the points that scrapes brought, cumulative, beside the experimenter’s', () => {
    expect(observers(run.metrics)).toEqual(['instruments', 'experimenter']);
    const histogram = own.find(({ kind }) => kind === 'histogram')!;
    const counts = histogram.points.map((point) => (point as { count: number }).count);
    expect(counts.length).toBeGreaterThan(3);
    expect(counts.toSorted((a, b) => a - b)).toEqual(counts);
    // A scrape comes after what it tells of, and knows nothing of what came later.
    expect(counts.at(-1)).toBeLessThanOrEqual(run.chosen.of);
  });

  it('are an OpenMetrics text, and OTLP, with the experimenter’s', () => {
    expect(openMetricsProblem(exportForms.openmetrics.write(run))).toBeUndefined();
    const text = otlpMetrics(run.metrics, SCOPE);
    expect(throughProtobuf(MetricsData, text)).toEqual(JSON.parse(text));
  });

  it('are not there of a scrape that was refused', () => {
    const [all, limited] = ['user-id-label', 'sample-limit'].map((variant) => begun(cardinality, variant, 20_000));
    const totals = [all, limited].map(({ recording }) => recording.telemetry!.metrics!.total);
    expect(totals[1]).toBeLessThan(totals[0]);
  });
});

describe('exemplars', () => {
  const led = (run: ExportedRun): Exemplar[] =>
    run.metrics.flatMap(({ points }) => points.flatMap(({ exemplars }) => exemplars));

  it('whose trace did not arrive stay, and say so, in OTLP and in OpenMetrics', () => {
    // Any measurement may be an exemplar, and one in five is of a trace that is sampled.
    const run = begun(cardinality, 'aggregated-with-exemplars', 10_000, { exemplars: 'always-on' });
    const arrived = new Set(run.spans.map(({ context }) => context.traceId));
    const exemplars = led(run);
    const lost = exemplars.filter(({ traceId }) => !arrived.has(traceId));
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(exemplars.length);
    expect(exemplars.filter(({ attributes }) => attributes['brownout.trace.exported'] === false)).toEqual(lost);
    const line = `trace_id="${lost[0].traceId}",span_id="${lost[0].spanId}",brownout_trace_exported="false"`;
    expect(exportForms.openmetrics.write(run)).toContain(line);
    const text = otlpMetrics(run.metrics, SCOPE);
    expect(text).toContain('"brownout.trace.exported"');
    expect(throughProtobuf(MetricsData, text)).toEqual(JSON.parse(text));
  });
});

it('all three are of one incident, and lead from one to the other', () => {
  const run = begun(fivePillars, 'with-events', 40_000);
  const spans = new Set(run.spans.map(({ context }) => context.spanId));
  expect(run.logs.filter(({ spanId }) => spans.has(spanId)).length).toBeGreaterThan(10);
  const [traces, logs] = [otlpTraces(run.spans, SCOPE), otlpLogs(run.logs, SCOPE)];
  expect(throughProtobuf(TracesData, traces)).toEqual(JSON.parse(traces));
  expect(throughProtobuf(LogsData, logs)).toEqual(JSON.parse(logs));
  const read = new ExportedRun(decodeRecording(encodeRecording(run.recording)), fivePillars);
  expect(read.spans).toEqual(run.spans);
  expect(read.metrics).toEqual(run.metrics);
});

it('a run without instruments says that it is the experimenter’s', () => {
  const run = begun(stampede, 'none', 1500);
  expect(run.recording.telemetry).toBeUndefined();
  for (const items of [run.spans, run.logs, run.metrics]) expect(observers(items)).toEqual(['experimenter']);
});

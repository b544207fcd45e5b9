/**
 * Expectations as alerts: Prometheus takes the file, and comes to the lab's verdicts on a pitfall's run and on a remedy's, from the
 * series that are exported of them.
 */
import { expect, it, test } from 'vitest';
import stampede from '../../../../scenarios/caching/stampede.ts';
import burnRate from '../../../../scenarios/observability/burn-rate.ts';
import {
  atEnd,
  difference,
  mean,
  peak,
  ratio,
  Run,
  run,
  s,
  summary,
  total,
  type Recording,
} from '../../../../sim-core/index.ts';
import { alertRules, claimAlerts } from '../../../../sim-core/lab/export/alert-rules.ts';
import { ExportedRun } from '../../../../sim-core/lab/export/exported-run.ts';
import { Resources } from '../../../../sim-core/lab/export/resources.ts';
import { RunQueries } from '../../../../sim-core/lab/export/promql.ts';
import { runMetrics } from '../../../../sim-core/lab/export/run-metrics.ts';
import {
  prometheusName,
  seriesLabels,
  targetLabels,
} from '../../../../sim-core/observability/metrics/series/prometheus-names.ts';
import { ruleFile, type AlertRule } from '../../../../sim-core/observability/export/rule-file.ts';
import type { MetricData, Resource } from '../../../../sim-core/observability/signals/telemetry.ts';
import { promtool, promtoolIsLeftOut, type PromtoolAnswer } from '../../../promtool.ts';

/** One expiry of the hot key under load, a second before the end. */
const [pitfall, remedy] = ['none', 'single-flight'].map((variant) =>
  run(stampede, { variant, params: { length: s(11) } }),
);
const { header, signals } = pitfall;
const file = alertRules(new ExportedRun(pitfall, stampede));
const { alerts, unsaid } = claimAlerts(stampede, header, signals);

/** Whether the lab finds a claim refuted by a run, with the limits of the pitfall's parameters. */
const isRefuted = (recording: Recording, { expectation }: (typeof alerts)[number]): boolean =>
  !expectation.judge({ header, signals: recording.signals }).pass;

it('are the claims of the remedies that repair the pitfall, each once, and what cannot be said is said', () => {
  const remedies = ['mutex', 'single-flight', 'coalescing', 'early-expiration'];
  expect(new Set(alerts.map(({ rule }) => rule.labels.claim_of))).toEqual(new Set(remedies));
  const claims = new Set(
    remedies.flatMap((variant) => stampede.expect[variant].map(({ claim }) => claim?.measure.text)),
  );
  expect(alerts.length).toBeGreaterThanOrEqual(claims.size - unsaid.length);
  for (const claim of unsaid) expect(file).toContain(`# Not said by what is exported: ${claim}.`);
  expect(new Set(alerts.map(({ rule }) => rule.alert + rule.labels.claim_of)).size).toBe(alerts.length);
  const own = claimAlerts(stampede, remedy.header, remedy.signals);
  expect(new Set(own.alerts.map(({ rule }) => rule.labels.claim_of))).toEqual(new Set(['single-flight']));
});

it('stand after the team’s own, with a remark how often those are evaluated, and once how far samples are apart', () => {
  const begun = new Run(burnRate, { variant: 'multi-window-multi-burn' });
  begun.advance(1000);
  const text = alertRules(new ExportedRun(begun.finish(), burnRate));
  const remarks = text.split('\n').filter((line) => line.startsWith('#'));
  const own = remarks.filter((line) => line.includes('has itself'));
  const intervals = Array.from(
    text.matchAll(/^- name: "?([^"\n]+)"?\n {2}interval: (\S+)$/gm),
    ([, ...found]) => found,
  );
  const row = intervals.pop();
  expect(own).toEqual(
    intervals.map(([name, every]) => `# ${name}: what the team has itself; Prometheus evaluates it every ${every}.`),
  );
  expect(own.length).toBeGreaterThan(0);
  expect(remarks.filter((line) => line.includes('apart'))).toEqual([
    `# Samples of this run's export are ${row![1]} apart, a row: a rate needs two, which a window of less than two rows need not have.`,
  ]);
  expect(file).not.toMatch(/has itself|apart/);
});

test.skipIf(promtoolIsLeftOut)('fire where the lab finds a claim refuted, and nowhere else', async () => {
  const checked = await promtool(['check', 'rules', 'rules.yml'], { 'rules.yml': file });
  expect(checked).toEqual({ ok: true, output: expect.stringContaining(`${alerts.length} rules found`) });

  const firing = [pitfall, remedy].flatMap((recording) =>
    alerts.filter((alert) => isRefuted(recording, alert)).map(({ rule }) => ({ rule, recording })),
  );
  const refuted = (recording: Recording): number => firing.filter((one) => one.recording === recording).length;
  expect(refuted(pitfall)).toBeGreaterThan(refuted(remedy));
  const own = alerts.filter(({ rule }) => rule.labels.claim_of === 'single-flight');
  expect(own.filter((alert) => isRefuted(pitfall, alert)).length).toBeGreaterThan(1);
  expect(own.filter((alert) => isRefuted(remedy, alert))).toEqual([]);

  const expected = firing.map(({ rule: { alert, labels }, recording }) => ({
    alertname: alert,
    claim_of: labels.claim_of,
    instance: resourceOf(recording)['service.instance.id'],
  }));
  expect(await tested(file, [pitfall, remedy], expected)).toMatchObject({ ok: true });
  expect(await tested(file, [pitfall, remedy], expected.slice(1))).toMatchObject({ ok: false });
});

test.skipIf(promtoolIsLeftOut)('measure what the lab sums up, to within a hundredth, or a bucket', async () => {
  const queries = new RunQueries(header);
  const rules: AlertRule[] = [];
  const expected: Record<string, string>[] = [];
  const ofEachKind = new Map(
    signals.filter(({ summary }) => Object.values(summary).every((value) => value > 0)).map((one) => [one.kind, one]),
  );
  const simple = Array.from(ofEachKind.values(), ({ name, kind, summary: fields }) => {
    return [...Object.keys(fields).map((field) => summary(name, field)), ...(kind === 'gauge' ? [atEnd(name)] : [])];
  }).flat();
  const [counter, gauge, histogram] = (['counter', 'gauge', 'histogram'] as const).map((kind) => ofEachKind.get(kind)!);
  const composed = [
    ratio(total(counter.name), summary(histogram.name, 'count')),
    difference(peak(gauge.name), difference(mean(gauge.name), total(counter.name))),
  ];
  const said = [...simple, ...composed].filter((measure) => {
    const value = measure.of({ header, signals });
    const off = Math.max(Math.abs(value) * (/^p\d/.test(measure.subject?.field ?? '') ? 0.5 : 0.01), 1e-6);
    const asked = (['above', 'below'] as const).flatMap((bound) => [
      { bound, limit: value - off, fires: bound === 'above' },
      { bound, limit: value + off, fires: bound === 'below' },
    ]);
    return asked.every(({ bound, limit, fires }) => {
      const expr = queries.beyond(measure, signals, bound, limit);
      const alert = `${measure.text} ${bound} ${limit}`;
      if (expr === undefined) return false;
      rules.push({ alert, expr, for: 0, labels: { claim_of: '' } });
      if (fires) expected.push({ alertname: alert, instance: 'none-1' });
      return true;
    });
  });
  // Of a counter 1, of a rate 2, a gauge 3, a ratio 3; of a histogram all but its highest; and two that are composed.
  expect(said).toHaveLength(1 + 2 + 3 + 3 + 7 + 2);
  const measures = ruleFile([{ name: 'measures', interval: header.interval, rules }]);
  expect(await tested(measures, [pitfall], expected)).toEqual({ ok: true, output: expect.any(String) });
});

/** Whether Prometheus, given these runs' series, fires just these alerts by the end. */
async function tested(
  rules: string,
  recordings: readonly Recording[],
  expected: readonly Readonly<Record<string, string>>[],
): Promise<PromtoolAnswer> {
  const fired = {
    expr: 'group by (alertname, claim_of, instance) (count_over_time(ALERTS{alertstate="firing"}[1m]))',
    eval_time: '11s',
    exp_samples: expected.map((labels) => ({
      labels: `{${Object.entries(labels)
        .map(([name, value]) => `${name}="${value}"`)
        .join()}}`,
      value: 1,
    })),
  };
  const input_series = recordings.flatMap((recording) =>
    runMetrics(recording, new Map(), resourceOf(recording)).flatMap((metric) =>
      inputSeries(metric, recording.header.interval, rules),
    ),
  );
  const tests = [{ interval: `${header.interval / 1e6}ms`, input_series, promql_expr_test: [fired] }];
  // JSON is YAML.
  const file = JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '250ms', tests });
  return promtool(['test', 'rules', 'test.yml'], { 'rules.yml': rules, 'test.yml': file });
}

const resourceOf = (recording: Recording): Resource => new Resources(recording).run;

/** The series of a metric that rules ask for as promtool's tests take them: a value a row, `_` where there is none, the first at the very start. */
function inputSeries(metric: MetricData, interval: number, rules: string): { series: string; values: string }[] {
  const name = prometheusName(metric);
  if (!rules.includes(name)) return [];
  const target = targetLabels(metric.resource);
  const series = (
    part: string,
    values: ReadonlyMap<number, number>,
    further = {},
  ): { series: string; values: string } => {
    const { __name__, ...labels } = seriesLabels(name + part, target, {}, further);
    const rows = Math.max(...values.keys());
    const inBraces = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return {
      series: `${__name__}{${inBraces.join(',')}}`,
      values: Array.from({ length: rows + 1 }, (_, row) => values.get(row) ?? '_').join(' '),
    };
  };
  const rowsOf = <Point extends { readonly time: number }>(
    points: readonly Point[],
    value: (point: Point) => number,
  ): Map<number, number> => new Map(points.map((point) => [Math.round(point.time / interval), value(point)]));
  if (metric.kind === 'gauge' || metric.kind === 'sum') {
    return metric.points.length === 0
      ? []
      : [
          series(
            '',
            rowsOf(metric.points, ({ value }) => value),
          ),
        ];
  }
  if (metric.kind !== 'histogram') throw new Error(`${name} is a ${metric.kind}`);
  const { points } = metric;
  return [
    series(
      '_count',
      rowsOf(points, ({ count }) => count),
    ),
    series(
      '_sum',
      rowsOf(points, ({ sum }) => sum),
    ),
    ...[...points[0].bounds, Infinity].map((bound, bucket) => {
      const upTo = rowsOf(points, ({ counts }) => counts.slice(0, bucket + 1).reduce((sum, count) => sum + count, 0));
      return series('_bucket', upTo, { le: bound === Infinity ? '+Inf' : String(bound) });
    }),
  ];
}

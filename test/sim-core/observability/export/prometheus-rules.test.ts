/** Rules of alerts on burn rates, for Prometheus: the file, and when a real Prometheus' evaluation of it fires. */
import { describe, expect, it } from 'vitest';
import { days, HOUR, MINUTE, SECOND } from '../../../../sim-core/kernel/time.ts';
import { inPromql, prometheusRules } from '../../../../sim-core/observability/export/prometheus-rules.ts';
import { AlertingRule } from '../../../../sim-core/observability/slo/alerting-rule.ts';
import {
  burnsTooFast,
  longestWindow,
  MULTI_WINDOW_MULTI_BURN_RATE,
  type BurnRateAlert,
} from '../../../../sim-core/observability/slo/burn-rate-alerts.ts';
import { ErrorWindows } from '../../../../sim-core/observability/slo/error-windows.ts';
import { promtoolTest, type MinuteCounters } from '../../../promtool-rules.ts';
import { promtool, promtoolIsLeftOut } from '../../../promtool.ts';

const objective = { target: 0.999, period: days(30) };
const threshold: BurnRateAlert = {
  name: 'ErrorRatio',
  severity: 'page',
  burnRate: 15,
  windows: [5 * MINUTE],
  for: 5 * MINUTE,
};
const exported = {
  service: 'api',
  objective,
  alerts: [threshold],
  bad: 'api_bad_total',
  valid: 'api_requests_total',
  interval: MINUTE,
  labels: { service: 'api' },
};

describe('rules for Prometheus', () => {
  it('record each window once and alert on what is recorded', () => {
    expect(prometheusRules(exported)).toBe(`groups:
- name: api-slo
  interval: 1m
  rules:
  - record: api:slo_errors_per_request:ratio_rate5m
    expr: sum(rate(api_bad_total[5m])) / sum(rate(api_requests_total[5m]))
  - alert: ErrorRatio
    expr: api:slo_errors_per_request:ratio_rate5m > (15 * 0.001)
    for: 5m
    labels:
      service: "api"
      severity: "page"
`);
    const both = prometheusRules({ ...exported, alerts: [threshold, ...MULTI_WINDOW_MULTI_BURN_RATE] });
    expect(both.match(/record: .*ratio_rate5m$/gm)).toHaveLength(1);
    expect(both).toContain('ratio_rate3d > (1 * 0.001) and api:slo_errors_per_request:ratio_rate6h > (1 * 0.001)');
  });

  it('name durations as PromQL does, and refuse what has no name there', () => {
    expect([30 * SECOND, 90 * SECOND, 5 * MINUTE, 6 * HOUR, 72 * HOUR].map(inPromql)).toEqual([
      '30s',
      '90s',
      '5m',
      '6h',
      '3d',
    ]);
    expect(() => inPromql(1)).toThrow('duration: 1 ns is no whole number of seconds');
    expect(() => prometheusRules({ ...exported, bad: 'api.bad' })).toThrow("bad: 'api.bad' is no name of a metric");
  });
});

/** In which minutes each alert fires, by the model. */
function firingIn(series: MinuteCounters, alerts: readonly BurnRateAlert[]): Map<string, number[]> {
  const windows = new ErrorWindows(MINUTE, longestWindow(alerts));
  const rules = alerts.map((alert) => ({
    alert,
    rule: new AlertingRule({ name: alert.name, labels: {}, for: alert.for }),
    minutes: [] as number[],
  }));
  for (const [minute, valid] of series.valid.entries()) {
    windows.sample({ bad: series.bad[minute], valid });
    for (const { alert, rule, minutes } of rules) {
      const holds = burnsTooFast(objective, alert, (window) => windows.ratio(window));
      rule.evaluate(minute * MINUTE, holds ? [{}] : []);
      if (rule.count('firing') > 0) minutes.push(minute);
    }
  }
  return new Map(rules.map(({ alert, minutes }) => [alert.name, minutes]));
}

/** Counters of a service: an outage of ten minutes, ratios that rise and fall about every threshold, minutes without anybody. */
function counters(minutes: number): MinuteCounters {
  const [bad, valid]: [number[], number[]] = [[0], [0]];
  for (let minute = 0; minute < minutes; minute++) {
    const comes = minute % 400 < 30 ? 0 : 300 + ((minute * 7919) % 211);
    const share = minute >= 120 && minute < 130 ? 1 : minute > 500 ? (0.02 * ((minute >> 4) % 5)) / 4 : 0.0002;
    bad.push(bad[minute] + Math.round(comes * share));
    valid.push(valid[minute] + comes);
  }
  return { bad, valid };
}

it.skipIf(promtoolIsLeftOut)(
  'fires in the minutes in which promtool says that a Prometheus would, all of them',
  async () => {
    const alerts = [threshold, ...MULTI_WINDOW_MULTI_BURN_RATE];
    const rules = { ...exported, alerts };
    const series = counters(900);
    const firing = firingIn(series, alerts);
    for (const { name } of alerts) expect(firing.get(name)!.length, name).toBeGreaterThan(0);
    const files = { 'rules.yml': prometheusRules(rules), 'test.yml': promtoolTest('rules.yml', rules, series, firing) };
    expect(await promtool(['test', 'rules', 'test.yml'], files)).toEqual({ ok: true, output: expect.any(String) });
    // One that is told a minute less must notice.
    firing.set('FastBurn', firing.get('FastBurn')!.slice(1));
    const wrong = { ...files, 'test.yml': promtoolTest('rules.yml', rules, series, firing) };
    expect((await promtool(['test', 'rules', 'test.yml'], wrong)).ok).toBe(false);
  },
);

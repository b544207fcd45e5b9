/** Rules of alerts on burn rates, for Prometheus: the file. That a Prometheus fires on it when the model does, burn-rate's test has promtool say. */
import { describe, expect, it } from 'vitest';
import { days, HOUR, MINUTE, SECOND } from '../../../../sim-core/kernel/time.ts';
import { burnRateGroup } from '../../../../sim-core/observability/export/prometheus-rules.ts';
import { inPromql, ruleFile } from '../../../../sim-core/observability/export/rule-file.ts';
import {
  MULTI_WINDOW_MULTI_BURN_RATE,
  type BurnRateAlert,
} from '../../../../sim-core/observability/slo/burn-rate-alerts.ts';

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
    expect(ruleFile([burnRateGroup(exported)])).toBe(`groups:
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
    const both = ruleFile([burnRateGroup({ ...exported, alerts: [threshold, ...MULTI_WINDOW_MULTI_BURN_RATE] })]);
    expect(both.match(/record: .*ratio_rate5m$/gm)).toHaveLength(1);
    expect(both).toContain('ratio_rate3d > (1 * 0.001) and api:slo_errors_per_request:ratio_rate6h > (1 * 0.001)');
  });

  it('name durations as PromQL does, and refuse what has no name there', () => {
    expect([30 * SECOND, SECOND / 4, 90 * SECOND, 5 * MINUTE, 6 * HOUR, 72 * HOUR].map(inPromql)).toEqual([
      '30s',
      '250ms',
      '90s',
      '5m',
      '6h',
      '3d',
    ]);
    expect(() => inPromql(1)).toThrow('duration: 1 ns is no whole number of milliseconds');
    expect(() => burnRateGroup({ ...exported, bad: 'api.bad' })).toThrow("bad: 'api.bad' is no name of a metric");
  });
});

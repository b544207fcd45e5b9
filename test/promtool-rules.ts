/** A test for `promtool test rules`: two counters by the minute, and the minutes in which each alert has to fire by a model. */
import type { BurnRateRules } from '../sim-core/observability/export/prometheus-rules.ts';

/** The counters at each minute from 0 on. */
export interface MinuteCounters {
  readonly bad: readonly number[];
  readonly valid: readonly number[];
}

/**
 * At each minute in which an alert begins or ceases to fire, and at the one before, promtool has to say the same; and over all of it the
 * alert has to fire in as many minutes, so that nothing happens between those.
 */
export function promtoolTest(
  file: string,
  { bad, valid, labels, alerts }: Pick<BurnRateRules, 'bad' | 'valid' | 'labels' | 'alerts'>,
  series: MinuteCounters,
  firing: ReadonlyMap<string, readonly number[]>,
): string {
  const last = series.valid.length - 1;
  const alertTests: string[] = [];
  const counts: string[] = [];
  for (const { name: alert, severity } of alerts) {
    const fires = new Set(firing.get(alert));
    const all = Object.entries({ ...labels, severity });
    const expected = `[{exp_labels: {${all.map(([name, value]) => `${name}: ${value}`).join(', ')}}}]`;
    for (let minute = 0; minute <= last; minute++) {
      const now = fires.has(minute);
      if (minute < last && now === fires.has(minute + 1) && now === fires.has(minute - 1)) continue;
      alertTests.push(`  - {alertname: ${alert}, eval_time: ${minute}m, exp_alerts: ${now ? expected : '[]'}}`);
    }
    counts.push(
      `  - expr: count_over_time(ALERTS{alertname="${alert}",alertstate="firing"}[${last + 1}m]) or vector(0)`,
      `    eval_time: ${last}m`,
      // The series is named by all its labels where there is one.
      fires.size === 0
        ? `    exp_samples: [{labels: '{}', value: 0}]`
        : `    exp_samples: [{labels: '{${[...all, ['alertname', alert], ['alertstate', 'firing']]
            .map(([name, value]) => `${name}="${value}"`)
            .join(',')}}', value: ${fires.size}}, {labels: '{}', value: 0}]`,
    );
  }
  return [
    `rule_files: [${file}]`,
    'evaluation_interval: 1m',
    'tests:',
    '- interval: 1m',
    '  input_series:',
    `  - {series: '${bad}', values: '${series.bad.join(' ')}'}`,
    `  - {series: '${valid}', values: '${series.valid.join(' ')}'}`,
    '  alert_rule_test:',
    ...alertTests,
    '  promql_expr_test:',
    ...counts,
    '',
  ].join('\n');
}

/**
 * Alerts on burn rates as a group of Prometheus rules: what `burn-rate-alerts.ts` evaluates, for a real Prometheus to evaluate over two
 * counters, of bad and of valid events. Error ratios are recorded once a window and named by the convention level:metric:operations
 * (https://prometheus.io/docs/practices/rules/); a recorded ratio is of the same evaluation as the alerts that stand after it.
 */
import type { Duration } from '../../kernel/time.ts';
import type { AlertLabels } from '../slo/alerting-rule.ts';
import type { BurnRateAlert } from '../slo/burn-rate-alerts.ts';
import { errorBudget, type Objective } from '../slo/objective.ts';
import { inPromql, type RuleGroup } from './rule-file.ts';

export interface BurnRateRules {
  /** Name of the group, and what recorded series begin with: letters, digits and underscores. */
  readonly service: string;
  readonly objective: Objective;
  readonly alerts: readonly BurnRateAlert[];
  /** The counters, without label matchers: `api_requests_bad_total`. */
  readonly bad: string;
  readonly valid: string;
  readonly interval: Duration;
  /** Labels of all alerts beside their severity. */
  readonly labels: AlertLabels;
}

export function burnRateGroup({ service, objective, alerts, bad, valid, interval, labels }: BurnRateRules): RuleGroup {
  for (const [field, name] of Object.entries({ service, bad, valid })) {
    if (!/^[a-zA-Z_]\w*$/.test(name)) {
      throw new RangeError(`${field}: '${name}' is no name of a metric; give letters, digits and underscores`);
    }
  }
  const budget = errorBudget(objective);
  const windows = [...new Set(alerts.flatMap((alert) => alert.windows))].sort((a, b) => a - b);
  const recorded = (window: Duration): string => `${service}:slo_errors_per_request:ratio_rate${inPromql(window)}`;
  return {
    name: `${service}-slo`,
    interval,
    rules: [
      ...windows.map((window) => ({
        record: recorded(window),
        expr: `sum(rate(${bad}[${inPromql(window)}])) / sum(rate(${valid}[${inPromql(window)}]))`,
      })),
      ...alerts.map((alert) => ({
        alert: alert.name,
        expr: alert.windows.map((window) => `${recorded(window)} > (${alert.burnRate} * ${budget})`).join(' and '),
        for: alert.for,
        labels: { ...labels, severity: alert.severity },
      })),
    ],
  };
}

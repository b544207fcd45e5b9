/**
 * Inhibition: while a source alert fires, target alerts with the same values of some labels are not told of. An alert that matches
 * both sides is not inhibited by another one that does. https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule and
 * `inhibit/inhibit.go` of Alertmanager 0.25. Matchers are equalities.
 */
import type { Time } from '../../kernel/time.ts';
import type { AlertLabels } from './alerting-rule.ts';
import { isResolved, type ReceivedAlert } from './received-alert.ts';

export interface InhibitRule {
  readonly source: AlertLabels;
  readonly target: AlertLabels;
  /** Labels in which both have to agree; where neither has one, they do. */
  readonly equal: readonly string[];
}

/** Whether labels have all these values; a label that is missing is empty. */
export const matches = (matchers: AlertLabels, labels: AlertLabels): boolean =>
  Object.entries(matchers).every(([name, value]) => (labels[name] ?? '') === value);

/** Whether some alert that fires now inhibits one of these labels. */
export function isInhibited(
  labels: AlertLabels,
  rules: readonly InhibitRule[],
  alerts: Iterable<ReceivedAlert>,
  now: Time,
): boolean {
  const concerned = rules.filter(({ target }) => matches(target, labels));
  if (concerned.length === 0) return false;
  for (const alert of alerts) {
    if (!isResolved(alert, now) && concerned.some((rule) => inhibits(rule, alert, labels))) return true;
  }
  return false;
}

const inhibits = ({ source, target, equal }: InhibitRule, alert: ReceivedAlert, labels: AlertLabels): boolean =>
  matches(source, alert.labels) &&
  !(matches(source, labels) && matches(target, alert.labels)) &&
  equal.every((name) => (alert.labels[name] ?? '') === (labels[name] ?? ''));

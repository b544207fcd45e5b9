/**
 * A Prometheus alerting rule's state machine, without a clock: each evaluation is given the series for which the rule's expression
 * holds, and moves one alert a label set between inactive, pending and firing.
 *
 *     inactive --holds--> pending --held at every evaluation for `for`--> firing --no longer, for `keepFiringFor`--> resolved
 *
 * A pending alert that does not hold once is forgotten; a series that is gone (stale) no longer holds. Firing alerts are told to the
 * Alertmanager again and again, and resolved ones for a quarter of an hour, since the Alertmanager may have missed it.
 * https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ and `rules/alerting.go` of Prometheus 2.42.
 * Leaves out annotations, templates and the restoring of pending alerts after a restart.
 */
import { MINUTE, type Duration, type Time } from '../../kernel/time.ts';

export type AlertLabels = Readonly<Record<string, string>>;

export type AlertState = 'inactive' | 'pending' | 'firing';

/** An alert whose state changed at an evaluation; `inactive` for one that was pending or firing before. */
export interface AlertChange {
  /** Its labels in one text. */
  readonly id: string;
  readonly to: AlertState;
}

export interface AlertingRuleOptions {
  /** The label `alertname`. */
  readonly name: string;
  /** Added to those of each series. */
  readonly labels: AlertLabels;
  /** How long the expression has to hold before an alert fires; 0 to fire at once. */
  readonly for: Duration;
  /** How long an alert goes on firing once it does not hold any more; 0 without it. */
  readonly keepFiringFor?: Duration;
}

/** What the Alertmanager is told of an alert. */
export interface SentAlert {
  /** Its labels in one text: whose alert it is. */
  readonly id: string;
  readonly labels: AlertLabels;
  readonly startsAt: Time;
  /** When it is over: in the past if it is resolved, else until when it counts unless it is told of again. */
  readonly endsAt: Time;
}

interface Alert {
  readonly id: string;
  readonly labels: AlertLabels;
  readonly activeAt: Time;
  /** Whether it began at this evaluation. */
  isNew: boolean;
  state: AlertState;
  firedAt: Time;
  keepsFiringSince: Time | undefined;
  resolvedAt: Time | undefined;
  sentAt: Time;
}

const NO_CHANGES: readonly AlertChange[] = [];

/** How long resolved alerts are still told of. */
const RESOLVED_RETENTION = 15 * MINUTE;

/** Labels as one text, in the order of their names. */
export const labelsInWords = (labels: AlertLabels): string =>
  Object.keys(labels)
    .sort()
    .map((name) => `${name}="${labels[name]}"`)
    .join(',');

export class AlertingRule {
  readonly options: AlertingRuleOptions;
  private readonly alerts = new Map<string, Alert>();
  private lastEvaluation: Time = -Infinity;

  constructor(options: AlertingRuleOptions) {
    for (const field of ['for', 'keepFiringFor'] as const) {
      const time = options[field] ?? 0;
      if (!(time >= 0 && Number.isFinite(time))) throw new RangeError(`${field}: ${time} is no duration of 0 or more`);
    }
    this.options = options;
  }

  /** Whether there is no alert: none active, and none resolved of which the Alertmanager is still told. */
  get isIdle(): boolean {
    return this.alerts.size === 0;
  }

  /** One evaluation: for which series, by their labels, the expression holds now. Times of evaluations must not run backwards. */
  evaluate(now: Time, holding: readonly AlertLabels[]): readonly AlertChange[] {
    if (now < this.lastEvaluation)
      throw new RangeError(`now: ${now} is before the evaluation at ${this.lastEvaluation}`);
    this.lastEvaluation = now;
    if (holding.length === 0 && this.isIdle) return NO_CHANGES;
    const { name, labels: own } = this.options;
    const held = new Set<string>();
    for (const series of holding) {
      const labels = { ...series, ...own, alertname: name };
      const id = labelsInWords(labels);
      if (held.has(id)) throw new RangeError(`${name}: two series have the labels ${id}`);
      held.add(id);
      const known = this.alerts.get(id);
      if (known === undefined || known.state === 'inactive') this.alerts.set(id, beginning(id, labels, now));
    }
    const changes: AlertChange[] = [];
    for (const alert of this.alerts.values()) {
      const before = alert.isNew ? 'inactive' : alert.state;
      this.move(alert, held.has(alert.id), now);
      alert.isNew = false;
      if (alert.state !== before) changes.push({ id: alert.id, to: alert.state });
    }
    return changes;
  }

  /** Its process is gone, and with it all that was known of alerts. */
  forget(): void {
    this.alerts.clear();
  }

  /** Alerts in a state, at the last evaluation. */
  count(state: AlertState): number {
    let count = 0;
    for (const alert of this.alerts.values()) if (alert.state === state) count++;
    return count;
  }

  /**
   * Alerts that the Alertmanager is to be told of now: those that fire and those resolved, if the last time was more than
   * `resendDelay` ago or they were resolved since. They count for as long as four evaluations or resends take.
   */
  due(now: Time, resendDelay: Duration, interval: Duration): SentAlert[] {
    const due: SentAlert[] = [];
    for (const alert of this.alerts.values()) {
      const { id, labels, state, firedAt, resolvedAt, sentAt } = alert;
      if (state === 'pending') continue;
      if (!((resolvedAt !== undefined && resolvedAt > sentAt) || sentAt + resendDelay < now)) continue;
      alert.sentAt = now;
      due.push({ id, labels, startsAt: firedAt, endsAt: resolvedAt ?? now + 4 * Math.max(resendDelay, interval) });
    }
    return due;
  }

  private move(alert: Alert, holds: boolean, now: Time): void {
    const { keepFiringFor = 0 } = this.options;
    if (holds) {
      alert.keepsFiringSince = undefined;
    } else {
      if (alert.state === 'firing' && keepFiringFor > 0) {
        alert.keepsFiringSince ??= now;
        if (now - alert.keepsFiringSince < keepFiringFor) return;
      }
      const { resolvedAt } = alert;
      if (alert.state === 'pending' || (resolvedAt !== undefined && now - resolvedAt > RESOLVED_RETENTION)) {
        this.alerts.delete(alert.id);
      }
      if (alert.state !== 'inactive') {
        alert.state = 'inactive';
        alert.resolvedAt = now;
      }
      return;
    }
    if (alert.state === 'pending' && now - alert.activeAt >= this.options.for) {
      alert.state = 'firing';
      alert.firedAt = now;
    }
  }
}

const beginning = (id: string, labels: AlertLabels, now: Time): Alert => ({
  id,
  labels,
  activeAt: now,
  isNew: true,
  state: 'pending',
  firedAt: now,
  keepsFiringSince: undefined,
  resolvedAt: undefined,
  sentAt: -Infinity,
});

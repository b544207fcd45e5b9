/**
 * A group of alerts, for which the Alertmanager sends one notification, and when it sends one: `group_wait` after the first alert,
 * and from then on at every `group_interval` if something has to be said: an alert that was not told of, one that was resolved since,
 * or nothing new but `repeat_interval` gone by since the last time. So what is repeated comes on the grid of `group_interval`.
 * `dispatch/dispatch.go` and `notify/notify.go` (DedupStage) of Alertmanager 0.25. A class without a clock: `alertmanager.ts` has one.
 *
 * Leaves out that the notification log forgets a group of which it has had nothing to write for two repeat intervals.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { AlertLabels } from './alerting-rule.ts';
import { isResolved, type ReceivedAlert } from './received-alert.ts';

/** What a receiver is sent. */
export interface Notification {
  /** The group's labels in one text, with those of its route: receivers tell by it what belongs together. */
  readonly groupKey: string;
  readonly groupLabels: AlertLabels;
  /** `resolved` if nothing in it fires. */
  readonly status: 'firing' | 'resolved';
  readonly firing: readonly ReceivedAlert[];
  readonly resolved: readonly ReceivedAlert[];
}

/** What was last told of a group, by the alerts' ids: the notification log has one for each group and outlives it. */
export interface LogEntry {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  readonly at: Time;
}

/** What a look at a group came to. */
export interface Flush {
  /** If something is to be told. */
  readonly notification: Notification | undefined;
  /** Alerts that were over; the group forgets them when this flush is done with. */
  readonly over: readonly ReceivedAlert[];
}

export class AlertGroup {
  readonly key: string;
  readonly labels: AlertLabels;
  private readonly alerts = new Map<string, ReceivedAlert>();

  constructor(key: string, labels: AlertLabels) {
    this.key = key;
    this.labels = labels;
  }

  get size(): number {
    return this.alerts.size;
  }

  insert(alert: ReceivedAlert): void {
    this.alerts.set(alert.id, alert);
  }

  /**
   * What is to be told now, given what was told last. Muted alerts are as if they were not there; where all are muted nothing is
   * told, not even that nothing fires any more (`MultiStage.Exec` in `notify/notify.go`).
   */
  flush(
    now: Time,
    last: LogEntry | undefined,
    repeatInterval: Duration,
    isMuted: (labels: AlertLabels) => boolean,
  ): Flush {
    const all = [...this.alerts.values()];
    const over = all.filter((alert) => isResolved(alert, now));
    const heard = all.filter(({ labels }) => !isMuted(labels));
    const firing = heard.filter((alert) => !isResolved(alert, now));
    const resolved = heard.filter((alert) => isResolved(alert, now));
    if (heard.length === 0 || !isWorthTelling(firing, resolved, last, now, repeatInterval))
      return { notification: undefined, over };
    const status = firing.length > 0 ? 'firing' : 'resolved';
    return {
      notification: { groupKey: this.key, groupLabels: this.labels, status, firing, resolved },
      over,
    };
  }

  /** The flush is done with: what was over is forgotten, unless there was word of it since. */
  settle({ over }: Flush): void {
    for (const alert of over) {
      if (this.alerts.get(alert.id)?.updatedAt === alert.updatedAt) this.alerts.delete(alert.id);
    }
  }
}

/** What the log says of a notification that was sent. */
export const logEntryOf = ({ firing, resolved }: Notification, at: Time): LogEntry => ({
  firing: new Set(firing.map(({ id }) => id)),
  resolved: new Set(resolved.map(({ id }) => id)),
  at,
});

function isWorthTelling(
  firing: readonly ReceivedAlert[],
  resolved: readonly ReceivedAlert[],
  last: LogEntry | undefined,
  now: Time,
  repeatInterval: Duration,
): boolean {
  if (last === undefined) return firing.length > 0;
  if (firing.some(({ id }) => !last.firing.has(id))) return true;
  if (firing.length === 0) return last.firing.size > 0;
  if (resolved.some(({ id }) => !last.resolved.has(id))) return true;
  return last.at < now - repeatInterval;
}

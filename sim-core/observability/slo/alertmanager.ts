/**
 * An Alertmanager: takes alerts from rule evaluators, sorts them into groups by its routes, and sends each group's notifications
 * to the receiver of its route. When something is sent is the rule of `alert-group.ts`, what inhibits what that of
 * `inhibition.ts`, what is silenced that of `silence.ts`. A notification that fails is sent again, 0.5 s later and then after half
 * as long again each time, until the group's next flush. Groups that are empty are put away every 30 s; an alert that comes before
 * that waits for the group's next flush, one that comes after it for `group_wait`.
 * https://prometheus.io/docs/alerting/latest/configuration/, `dispatch/dispatch.go` of 0.25.
 *
 * A crash takes the alerts and their groups, which are in memory alone: whoever told of them tells again
 * (https://github.com/prometheus/alertmanager/issues/2370). Silences and the notification log are on disk, written every quarter of
 * an hour (`--data.maintenance-interval`): what was told since is told again.
 *
 * Groups and alerts are as many as there are label sets: neither has another bound. Leaves out times of muting, trees of
 * routes, clusters and the jitter of retries.
 */
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { MILLISECOND, MINUTE, SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { AlertGroup, logEntryOf, type Flush, type LogEntry, type Notification } from './alert-group.ts';
import { labelsInWords, type AlertLabels } from './alerting-rule.ts';
import { isInhibited, matches, type InhibitRule } from './inhibition.ts';
import { isResolved, received, type PostedAlert, type ReceivedAlert } from './received-alert.ts';
import { alertmanagerSignals, notificationSent } from './signals.ts';
import { isSilenced, type Silence } from './silence.ts';

export interface Route {
  /** Labels that an alert has to have; the first route that an alert fits has it. */
  readonly matches: AlertLabels;
  readonly receiver: Link<Notification, void>;
  readonly groupBy: readonly string[];
  readonly groupWait: Duration;
  readonly groupInterval: Duration;
  readonly repeatInterval: Duration;
}

/** What Alertmanager does unless it is told otherwise. */
export const ROUTE_DEFAULTS = { groupWait: 30 * SECOND, groupInterval: 5 * MINUTE, repeatInterval: 240 * MINUTE };

export interface AlertmanagerOptions {
  readonly name: string;
  /** At least one; alerts that fit none are nobody's. */
  readonly routes: readonly Route[];
  readonly inhibitRules: readonly InhibitRule[];
  /** Those that there are from the beginning; none without it. */
  readonly silences?: readonly Silence[];
  /** How long alerts count whose clients name no end; 5 minutes without it. */
  readonly resolveTimeout?: Duration;
}

/** A group, its route and its timer. */
interface Dispatched {
  readonly group: AlertGroup;
  readonly route: Route;
  timer: EventHandle;
  hasFlushed: boolean;
  sending: Process | undefined;
}

/** From one snapshot of the notification log to the next: the default of `--data.maintenance-interval`. */
const SNAPSHOT_EVERY = 15 * MINUTE;
/** From one look for empty groups to the next. */
const CLEANUP = 30 * SECOND;
const FIRST_RETRY = 500 * MILLISECOND;
const RETRY_GROWTH = 1.5;

export class Alertmanager implements Endpoint<readonly PostedAlert[], void>, Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = alertmanagerSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: AlertmanagerOptions;
  private readonly requests: BackgroundRequests;
  private readonly alerts = new Map<string, ReceivedAlert>();
  private silences: readonly Silence[];
  private readonly groups = new Map<string, Dispatched>();
  /** The notification log: what each group's receiver was last told. */
  private readonly log = new Map<string, LogEntry>();
  /** The log as it is on disk. */
  private snapshot: ReadonlyMap<string, LogEntry> = new Map();
  private snapshotAt: Time = 0;
  private downUntil: Time = 0;
  private readonly sent: FactChannel<Fact<typeof notificationSent>>;
  private readonly flushKind: number;
  private readonly cleanupKind: number;

  constructor(sim: Simulation, options: AlertmanagerOptions) {
    for (const [i, { groupWait, groupInterval, repeatInterval }] of options.routes.entries()) {
      if (!(groupWait >= 0)) throw new RangeError(`routes[${i}].groupWait: ${groupWait} ns is less than 0`);
      if (!(groupInterval > 0)) throw new RangeError(`routes[${i}].groupInterval: ${groupInterval} ns is not above 0`);
      if (!(repeatInterval > 0))
        throw new RangeError(`routes[${i}].repeatInterval: ${repeatInterval} ns is not above 0`);
    }
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = 'Groups alerts and sends notifications of them to receivers';
    this.silences = options.silences ?? [];
    for (const [i, { startsAt, endsAt }] of this.silences.entries()) {
      if (!(endsAt > startsAt))
        throw new RangeError(`silences[${i}].endsAt: ${endsAt} ns is not after startsAt, ${startsAt} ns`);
    }
    this.interventions = { silence: this.silencing(), crash: this.crashing() };
    this.requests = new BackgroundRequests(sim);
    this.sent = sim.facts.channel(notificationSent);
    this.flushKind = sim.eventKind(`${options.name} looks at a group`);
    this.cleanupKind = sim.eventKind(`${options.name} puts empty groups away`);
    register(sim, this);
  }

  get isUp(): boolean {
    return this.sim.now >= this.downUntil;
  }

  receive(call: Call<readonly PostedAlert[], void>): void {
    const { now } = this.sim;
    if (!this.isUp) return call.refuse('unavailable');
    for (const posted of call.query) {
      const known = this.alerts.get(labelsInWords(posted.labels));
      const alert = received(posted, known, now, this.options.resolveTimeout ?? 5 * MINUTE);
      this.alerts.set(alert.id, alert);
      const route = this.options.routes.find((candidate) => matches(candidate.matches, alert.labels));
      if (route !== undefined) this.dispatch(alert, route);
    }
    call.reply();
  }

  /** The process dies with its alerts and groups, and is up again after `downtime` with its silences and the log's last snapshot. */
  crash(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const { timer, sending } of this.groups.values()) {
      this.sim.cancel(timer);
      sending?.cancel();
    }
    this.groups.clear();
    this.alerts.clear();
    this.takeSnapshot();
    this.log.clear();
    for (const [key, entry] of this.snapshot) this.log.set(key, entry);
  }

  state(): Readonly<Record<string, number | string>> {
    let firing = 0;
    for (const alert of this.alerts.values()) if (!isResolved(alert, this.sim.now)) firing++;
    const state = { 'alerts firing': firing, groups: this.groups.size };
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    const idle = [...this.groups.values()].filter(({ group, timer }) => group.size > 0 && timer < 0);
    return idle.map(({ group }) => `${this.name}: group ${group.key} has alerts and no timer`);
  }

  /** Puts an alert into its group. A new alert's group is looked at at once if the alert has been firing for long enough. */
  private dispatch(alert: ReceivedAlert, route: Route): void {
    const { sim, groups } = this;
    const labels = Object.fromEntries(route.groupBy.map((name) => [name, alert.labels[name] ?? '']));
    const key = `${this.options.routes.indexOf(route)}:{${labelsInWords(labels)}}`;
    let entry = groups.get(key);
    if (entry === undefined) {
      entry = { group: new AlertGroup(key, labels), route, timer: -1, hasFlushed: false, sending: undefined };
      groups.set(key, entry);
      this.lookIn(route.groupWait, entry);
    }
    entry.group.insert(alert);
    if (!entry.hasFlushed && alert.startsAt + route.groupWait < sim.now) {
      sim.cancel(entry.timer);
      this.lookIn(0, entry);
    }
  }

  private lookIn(wait: Duration, entry: Dispatched): void {
    entry.timer = this.sim.schedule(wait, Alertmanager.flush, { manager: this as Alertmanager, entry }, this.flushKind);
  }

  private flush(entry: Dispatched): void {
    const { sim } = this;
    const { group, route } = entry;
    entry.hasFlushed = true;
    // What was still being sent has had its time.
    entry.sending?.cancel();
    entry.sending = undefined;
    this.lookIn(route.groupInterval, entry);
    const flush = group.flush(
      sim.now,
      this.log.get(group.key),
      route.repeatInterval,
      (labels) =>
        isInhibited(labels, this.options.inhibitRules, this.alerts.values(), sim.now) ||
        isSilenced(labels, this.silences, sim.now),
    );
    const { notification } = flush;
    if (notification === undefined) this.settle(entry, flush);
    else entry.sending = spawn(sim, `${this.name} notifies`, this.notify(entry, flush, notification));
  }

  private *notify(entry: Dispatched, flush: Flush, notification: Notification): Behaviour {
    const { receiver } = entry.route;
    for (let wait = FIRST_RETRY; ; wait = Math.round(wait * RETRY_GROWTH)) {
      const hasFailed = yield* this.failed(receiver, notification);
      if (this.sent.heard) {
        const { status, firing, resolved } = notification;
        const counts = { firing: firing.length, resolved: resolved.length };
        this.sent.emit({ receiver: receiver.to, group: notification.groupKey, status, ...counts, failed: hasFailed });
      }
      if (!hasFailed) break;
      yield wait;
    }
    this.takeSnapshot();
    this.log.set(notification.groupKey, logEntryOf(notification, this.sim.now));
    this.settle(entry, flush);
    entry.sending = undefined;
  }

  private *failed(receiver: Link<Notification, void>, notification: Notification): Behaviour<boolean> {
    try {
      yield* receiver.call(notification, this.requests.next());
      return false;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return true;
    }
  }

  private settle(entry: Dispatched, flush: Flush): void {
    const { sim } = this;
    entry.group.settle(flush);
    if (entry.group.size > 0) return;
    const next: Time = (Math.floor(sim.now / CLEANUP) + 1) * CLEANUP;
    sim.scheduleAt(next, Alertmanager.putAway, { manager: this as Alertmanager, entry }, this.cleanupKind);
  }

  /** Before the log changes, and before it is lost: what was written at the last whole interval, if that is since the one before. */
  private takeSnapshot(): void {
    const due = Math.floor(this.sim.now / SNAPSHOT_EVERY) * SNAPSHOT_EVERY;
    if (due <= this.snapshotAt) return;
    this.snapshotAt = due;
    this.snapshot = new Map(this.log);
  }

  private crashing(): Intervention {
    return {
      help: 'Kills it with its alerts and groups; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 300 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }

  private silencing(): Intervention {
    return {
      help: 'Silences all alerts for so many minutes',
      arguments: [{ name: 'minutes', help: 'how long', min: 0.1, max: 100_000, default: 60 }],
      apply: ([lasts]) => {
        const { now } = this.sim;
        const left = this.silences.filter(({ endsAt }) => endsAt > now);
        this.silences = [...left, { matches: {}, startsAt: now, endsAt: now + Math.round(lasts * MINUTE) }];
      },
    };
  }

  private static flush({ manager, entry }: { manager: Alertmanager; entry: Dispatched }): void {
    manager.flush(entry);
  }

  private static putAway({ manager, entry }: { manager: Alertmanager; entry: Dispatched }): void {
    const { group, timer } = entry;
    if (group.size > 0 || manager.groups.get(group.key) !== entry) return;
    manager.sim.cancel(timer);
    manager.groups.delete(group.key);
  }
}

/**
 * A dead man's switch: whoever is told again and again by an alert that always fires, and wakes somebody when that stops. It stands
 * outside of what it watches, so that it is heard when rules are evaluated by nobody, when there is no Alertmanager, or no way from the
 * one to the other. The alert `Watchdog` of kube-prometheus is made for it (https://runbooks.prometheus-operator.dev/runbooks/general/watchdog/);
 * a notification that something is over is no sign of life.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { toSeconds, type Duration, type Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { Notification } from './alert-group.ts';
import { pagerClosed, pagerOpened, pagerSignals } from './signals.ts';

export interface HeartbeatOptions {
  readonly name: string;
  /** How long it may be without a sign of life, from the start of the run on. */
  readonly patience: Duration;
}

export class Heartbeat implements Endpoint<Notification, void>, Component {
  readonly name: string;
  readonly kind = 'client';
  readonly help: string;
  readonly signals = pagerSignals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly patience: Duration;
  private readonly opened: FactChannel<Fact<typeof pagerOpened>>;
  private readonly closed: FactChannel<Fact<typeof pagerClosed>>;
  private readonly missedKind: number;
  private alarm: EventHandle = -1;
  /** Since when somebody is awake for it. */
  private openSince: Time | undefined = undefined;

  constructor(sim: Simulation, { name, patience }: HeartbeatOptions) {
    if (!(patience > 0)) throw new RangeError(`patience: ${patience} ns is not above 0`);
    this.sim = sim;
    this.name = name;
    this.patience = patience;
    this.help = `Wakes somebody when it has had no sign of life for ${toSeconds(patience)} s`;
    this.opened = sim.facts.channel(pagerOpened);
    this.closed = sim.facts.channel(pagerClosed);
    this.missedKind = sim.eventKind(`${name} misses a sign of life`);
    register(sim, this);
    this.wait();
  }

  receive(call: Call<Notification, void>): void {
    if (call.query.status === 'firing') this.beat();
    call.reply();
  }

  state(): Readonly<Record<string, number | string>> {
    return { open: this.openSince === undefined ? 0 : 1 };
  }

  violations(): readonly string[] {
    return [];
  }

  private beat(): void {
    const { sim, openSince: since } = this;
    this.openSince = undefined;
    if (since !== undefined && this.closed.heard) {
      this.closed.emit({ pager: this.name, group: this.name, open: 0, duration: sim.now - since });
    }
    if (this.alarm >= 0) sim.cancel(this.alarm);
    this.wait();
  }

  private wait(): void {
    this.alarm = this.sim.schedule(this.patience, Heartbeat.miss, this as Heartbeat, this.missedKind);
  }

  private static miss(heartbeat: Heartbeat): void {
    heartbeat.alarm = -1;
    heartbeat.openSince = heartbeat.sim.now;
    if (heartbeat.opened.heard) {
      heartbeat.opened.emit({ pager: heartbeat.name, group: heartbeat.name, open: 1 });
    }
  }
}

/**
 * Whoever is told by an Alertmanager: a pager, or a queue of tickets. What belongs to one group is one matter, opened by the first
 * notification that something fires and closed by the one that nothing does any more; what comes between bothers nobody anew, as
 * PagerDuty and its like hold it (https://developer.pagerduty.com/docs/events-api-v2-overview, `dedup_key`).
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import type { Notification } from './alert-group.ts';
import { pagerClosed, pagerOpened, pagerSignals } from './signals.ts';

export interface PagerOptions {
  readonly name: string;
  readonly help: string;
  /** Called when something is opened, with what was sent. */
  readonly onOpen?: (notification: Notification) => void;
  /** Called when that is closed. */
  readonly onClose?: (groupKey: string) => void;
}

export class Pager implements Endpoint<Notification, void>, Component {
  readonly name: string;
  readonly kind = 'client';
  readonly help: string;
  readonly signals = pagerSignals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: PagerOptions;
  private readonly opened: FactChannel<Fact<typeof pagerOpened>>;
  private readonly closed: FactChannel<Fact<typeof pagerClosed>>;
  /** Since when each group's matter is open. */
  private readonly open = new Map<string, Time>();

  constructor(sim: Simulation, options: PagerOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.opened = sim.facts.channel(pagerOpened);
    this.closed = sim.facts.channel(pagerClosed);
    register(sim, this);
  }

  receive(call: Call<Notification, void>): void {
    const { sim, options, open } = this;
    const { groupKey, status } = call.query;
    const since = open.get(groupKey);
    if (status === 'firing' && since === undefined) {
      open.set(groupKey, sim.now);
      if (this.opened.heard) this.opened.emit({ pager: this.name, group: groupKey, open: open.size });
      options.onOpen?.(call.query);
    } else if (status === 'resolved' && since !== undefined) {
      open.delete(groupKey);
      if (this.closed.heard) {
        this.closed.emit({ pager: this.name, group: groupKey, open: open.size, duration: sim.now - since });
      }
      options.onClose?.(groupKey);
    }
    call.reply();
  }

  state(): Readonly<Record<string, number | string>> {
    return { open: this.open.size };
  }

  violations(): readonly string[] {
    return [];
  }
}

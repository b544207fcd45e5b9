/**
 * A watchdog over sagas: looks into an orchestrator's log every so often, and has taken up again what has not moved for a while
 * and nobody is at. With an audit it does not believe what participants said either: compensations of sagas that ended so are
 * asked for once more, which whoever has done them only confirms.
 *
 * It reads the database in which the log is, and is not down with the orchestrator; while that is, it finds nobody to tell.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { register, type Component } from '../../network/component.ts';
import type { Orchestrator } from './orchestrator.ts';

export interface WatchdogOptions {
  readonly name: string;
  readonly orchestrator: Orchestrator;
  /** Time from one look to the next. */
  readonly every: Duration;
  /** How long a saga may stand still. */
  readonly stillMax: Duration;
  readonly audits: boolean;
}

export class Watchdog implements Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help: string;
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: WatchdogOptions;
  private readonly lookKind: number;
  private readonly done = { looks: 0, 'taken up': 0, audited: 0 };

  constructor(sim: Simulation, options: WatchdogOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = `Has sagas taken up again that stand still${options.audits ? ', and audits what was compensated' : ''}`;
    this.lookKind = sim.eventKind(`${options.name} looks`);
    register(sim, this);
    this.wait();
  }

  state(): Readonly<Record<string, number | string>> {
    return { ...this.done };
  }

  violations(): readonly string[] {
    return [];
  }

  private wait(): void {
    this.sim.schedule(this.options.every, (watchdog) => watchdog.look(), this as Watchdog, this.lookKind);
  }

  private look(): void {
    const { orchestrator, stillMax, audits } = this.options;
    this.done.looks++;
    this.done['taken up'] += orchestrator.takeUpStuck(this.sim.now - stillMax);
    if (audits) this.done.audited += orchestrator.audit();
    this.wait();
  }
}

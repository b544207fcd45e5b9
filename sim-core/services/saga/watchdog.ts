/**
 * A watchdog over sagas: has an orchestrator look into its log every so often, and take up again what has not moved for a while
 * and nobody is at. It believes the log, and so what participants said; `auditor.ts` does not.
 *
 * It is a process of its own, as a job that a clock starts: while the orchestrator is down it is refused, and tries again at its
 * next look.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { register, type Component } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import type { Inspection, Orchestrator } from './orchestrator.ts';

export interface WatchdogOptions {
  readonly name: string;
  readonly orchestrator: Orchestrator;
  /** One-way delay between the two, in nanoseconds. */
  readonly delay: Distribution;
  /** Time from one look to the next. */
  readonly every: Duration;
  /** How long a saga may stand still. */
  readonly stillMax: Duration;
}

export class Watchdog implements Component {
  readonly name: string;
  readonly kind = 'coordinator';
  readonly help = 'Has sagas taken up again that stand still';
  readonly signals = [];
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: WatchdogOptions;
  private readonly link: Link<Inspection, void>;
  private readonly requests: BackgroundRequests;
  private readonly lookKind: number;
  private looks = 0;

  constructor(sim: Simulation, options: WatchdogOptions) {
    const { name, orchestrator, delay } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.lookKind = sim.eventKind(`${name} looks`);
    this.requests = new BackgroundRequests(sim);
    register(sim, this);
    this.link = new Link(sim, orchestrator.inspections, { from: name, delay });
    this.wait();
  }

  state(): Readonly<Record<string, number | string>> {
    return { looks: this.looks };
  }

  violations(): readonly string[] {
    return [];
  }

  private wait(): void {
    this.sim.schedule(this.options.every, (watchdog) => watchdog.look(), this as Watchdog, this.lookKind);
  }

  private look(): void {
    this.looks++;
    this.link.send({ stillMax: this.options.stillMax }, this.requests.next());
    this.wait();
  }
}

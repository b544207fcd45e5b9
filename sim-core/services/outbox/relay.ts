/**
 * A relay: a process that publishes what a database holds for it. How it finds that is its work (`polling.ts`,
 * `log-tailing.ts`). Killed, it loses what it knew and its producer with all that was not sent; up again it begins anew, from what is
 * durable.
 *
 * Several of them, for one to go on where another dies, need to agree on who publishes what: `polling.ts` has two ways.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { PublishedEvent } from './outbox-table.ts';
import { Publication } from './publication.ts';

/** What a relay publishes by: the way to its producer, which dies with it. */
export interface EventPublisher {
  readonly link: Link<number, void>;
  kill(): void;
}

export interface RelayWork {
  /** Works without end. `publish` waits, and gives how many of the first ones are acknowledged. */
  run(publish: (events: readonly PublishedEvent[]) => Publication): Behaviour;
  state(): Readonly<Record<string, number | string>>;
}

export interface RelayOptions {
  readonly name: string;
  readonly help: string;
  readonly publisher: EventPublisher;
  readonly work: RelayWork;
}

export class Relay implements Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: RelayOptions;
  private process: Process | undefined = undefined;
  private restart: EventHandle = -1;
  private downUntil: Time = 0;
  private published = 0;
  private readonly restartKind: number;

  constructor(sim: Simulation, options: RelayOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.interventions = { kill: this.killing() };
    this.restartKind = sim.eventKind(`${this.name} is up again`);
    register(sim, this);
    this.start();
  }

  kill(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.process?.cancel();
    this.process = undefined;
    this.options.publisher.kill();
    if (this.restart >= 0) this.sim.cancel(this.restart);
    this.restart = this.sim.scheduleAt(this.downUntil, () => this.start(), undefined, this.restartKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { 'events given to its producer': this.published, ...this.options.work.state() };
    return this.process === undefined ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return [];
  }

  private start(): void {
    this.restart = -1;
    const { publisher, work } = this.options;
    const publish = (events: readonly PublishedEvent[]): Publication => {
      this.published += events.length;
      return new Publication(publisher.link, events);
    };
    this.process = new Process(this.sim, this.name, work.run(publish)).start(0);
  }

  private killing(): Intervention {
    return {
      help: 'Kills the relay with all that it knows and has not sent; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 3 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }
}

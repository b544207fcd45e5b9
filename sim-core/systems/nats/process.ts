/**
 * What the subscriber processes of NATS have in common, of core subscriptions and of a stream's consumers: a connection that
 * comes back, workers (`messaging/consuming/workers.ts`), and a death after which the process starts again. What it has taken
 * in stays with it when the connection is lost, and goes with the process.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { DeliveryReports } from '../../messaging/consuming/delivery-reports.ts';
import { consumerSignals } from '../../messaging/consuming/facts.ts';
import {
  outcomeOf,
  type DeliveryObserver,
  type Handler,
  type HandlingFailure,
  type Received,
} from '../../messaging/consuming/received.ts';
import { Workers, type WorkerBound } from '../../messaging/consuming/workers.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type ComponentPart, type Intervention } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import { DEFAULT_RECONNECT, Reconnection, type ReconnectOptions } from './reconnection.ts';
import type { NatsClient, NatsServer } from './server.ts';

export interface NatsProcessOptions {
  readonly name: string;
  readonly help: string;
  readonly server: NatsServer;
  /** Messages that it works at at once. */
  readonly concurrency: number;
  /** One-way delay between it and the server, in nanoseconds. */
  readonly delay: Distribution;
  readonly reconnect?: ReconnectOptions;
  readonly keyOf: (message: Message) => number;
  readonly handler: Handler;
  readonly observers?: readonly DeliveryObserver[];
  /** The code that it runs: shown as a part of it. */
  readonly inside?: ComponentPart;
}

/** A message in the process's hands, and of which of its lives. */
export interface NatsJob {
  readonly message: Message;
  readonly received: Received;
  readonly life: number;
}

interface Ended {
  readonly failure: HandlingFailure | undefined;
}

export abstract class NatsProcess<Job extends NatsJob> implements Endpoint<Job, void>, NatsClient, Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  protected readonly sim: Simulation;
  protected readonly server: NatsServer;
  protected readonly toProcess: Link<Job, void>;
  protected readonly reports: DeliveryReports;
  protected isConnected = false;
  private readonly options: NatsProcessOptions;
  private readonly workers: Workers<Job, Ended>;
  private readonly reconnection: Reconnection;
  private readonly restartKind: number;
  private life = 0;
  private downUntil: Time = 0;

  /** `bound`: what it has in hand at most, if anything says so. */
  constructor(sim: Simulation, options: NatsProcessOptions, bound?: WorkerBound) {
    const { name, server, concurrency, inside } = options;
    this.sim = sim;
    this.server = server;
    this.options = options;
    this.name = name;
    this.help = options.help;
    this.reports = new DeliveryReports(sim, options);
    this.signals = inside === undefined ? consumerSignals : [...consumerSignals, ...inside.signals];
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.workers = new Workers(sim, {
      name,
      concurrency,
      ...(bound && { bound }),
      *handle({ received }) {
        return { failure: yield* outcomeOf(options.handler, received) };
      },
      ended: (job, ended, since) => this.ended(job, ended, since),
    });
    this.interventions = { kill: this.killing(), ...this.workers.interventions, ...inside?.interventions };
    register(sim, this);
    this.toProcess = new Link(sim, this, { from: server.name, delay: options.delay, isOrdered: true });
    this.reconnection = new Reconnection(sim, server, name, options.reconnect ?? DEFAULT_RECONNECT, () => {
      if (!this.isDown && !this.isConnected) this.connect();
    });
    server.attach(this);
  }

  abstract offered(): void;

  /** What it had taken in it goes on with. */
  connectionLost(): void {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.disconnected();
    if (!this.isDown) this.reconnection.begin();
  }

  receive({ query: job }: Call<Job, void>): void {
    if (job.life === this.life) this.workers.add(job);
    else this.letGo(job);
  }

  /** Dies with all that it has taken in, and is up again after so long; killed again meanwhile, at the later end. */
  kill(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.life++;
    this.connectionLost();
    for (const job of this.workers.dropWaiting()) this.letGo(job);
    this.workers.breakOff();
    this.sim.scheduleAt(this.downUntil, NatsProcess.restart, this as unknown as NatsProcess<never>, this.restartKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { ...this.workers.state(), ...this.options.inside?.state() };
    if (this.isDown) return { ...state, down: 'yes' };
    return this.isConnected ? state : { ...state, connected: 'no' };
  }

  violations(): readonly string[] {
    return [...this.workers.violations(), ...(this.options.inside?.violations() ?? [])];
  }

  /** Takes up its connection, which is there: call it at the end of the constructor. */
  protected connect(): void {
    this.isConnected = true;
    this.connected();
  }

  /** The connection is there: the server is to know what is wanted. */
  protected abstract connected(): void;

  protected abstract disconnected(): void;

  /** The handler has ended, whatever came of it. */
  protected abstract handled(job: Job, failure: HandlingFailure | undefined): void;

  /** The process has a message no more that it did not handle. */
  protected abstract dropped(job: Job): void;

  protected jobOf(message: Message): NatsJob {
    return { message, received: this.reports.begun(message), life: this.life };
  }

  private get isDown(): boolean {
    return this.sim.now < this.downUntil;
  }

  private ended(job: Job, ended: Ended | undefined, since: Time): void {
    const { received, message } = job;
    if (ended === undefined) {
      this.reports.brokenOff(received, since);
      this.reports.unsettled(received);
      this.letGo(job);
      return;
    }
    this.reports.processed(message, this.server.name, ended.failure === undefined ? 'ack' : 'requeue', since);
    this.handled(job, ended.failure);
    this.reports.ended(received);
  }

  private letGo(job: Job): void {
    this.dropped(job);
    this.reports.ended(job.received);
  }

  private killing(): Intervention {
    return {
      help: 'Kills the process with all that it has taken in; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }

  /** A process that starts looks for its server at once. */
  private static restart(process: NatsProcess<never>): void {
    if (process.isDown || process.isConnected) return;
    if (process.server.isUp) process.connect();
    else process.reconnection.begin();
  }
}

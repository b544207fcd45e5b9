/**
 * Takes dead letters out of their queue and publishes them to be tried again, one at a time and no faster than its rate, as a
 * shovel or SQS's `StartMessageMoveTask` does. It publishes first and acknowledges then: a crash in between doubles a
 * message and loses none.
 *
 * Each message carries how often it was redriven, and when last. Its own limits: one that was redriven as often as it may be
 * is set aside in another queue; and when too large a share of what it took out last had come back from it since it last
 * began, it stops for a while: what it sends is still poison, and sending it is load that brings nothing. What came back
 * before a stop says nothing about now, and is tried again after it.
 *
 * Its way to the node takes no time, and it does nothing while the node is down.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { deadLetterRedriven, redriveStopped } from '../../messaging/dead-letter/signals.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { Connection } from './connection.ts';
import type { RabbitMq } from './rabbitmq.ts';

const REDRIVES = 'x-redrives';
const REDRIVEN_AT = 'x-redriven-at';

export interface RedriverOptions {
  readonly name: string;
  readonly help: string;
  readonly node: RabbitMq;
  /** The dead-letter queue, and where its messages are tried again. */
  readonly from: string;
  readonly to: string;
  /** Messages a second. */
  readonly rate: number;
  /** Times that a message is redriven at most, and the queue for those that were; Infinity for no limit. */
  readonly redrivesMax: number;
  readonly parking: string;
  /** Stops for `pause` when of the last `samples` messages a larger share than this had come back from it. */
  readonly stop?: { readonly share: number; readonly samples: number; readonly pause: Duration };
  /** Whether it runs from the start, or is started by hand and ends when the queue is empty. */
  readonly isAutomatic: boolean;
}

export class Redriver implements Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals = [];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: RedriverOptions;
  private readonly interval: Duration;
  private readonly turnKind: number;
  private readonly redriven: FactChannel<Fact<typeof deadLetterRedriven>>;
  private readonly stopped: FactChannel<Fact<typeof redriveStopped>>;
  private isRunning = false;
  private stoppedUntil: Time = 0;
  /** When it began, or began anew after a stop. */
  private since: Time = 0;
  /** Of the last messages: whether each had come back from it since. */
  private samples: boolean[] = [];
  private done = 0;

  constructor(sim: Simulation, options: RedriverOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.interval = Math.max(1, Math.round(SECOND / options.rate));
    this.turnKind = sim.eventKind(`${options.name} takes the next dead letter`);
    this.redriven = sim.facts.channel(deadLetterRedriven);
    this.stopped = sim.facts.channel(redriveStopped);
    this.interventions = {
      start: {
        help: 'Redrives what is in the dead-letter queue, at its rate, until that is empty',
        arguments: [],
        apply: () => this.start(),
      },
      stop: { help: 'Stops it', arguments: [], apply: () => void (this.isRunning = false) },
    };
    register(sim, this);
    if (options.isAutomatic) this.start();
  }

  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.since = this.sim.now;
    this.sim.schedule(0, Redriver.turn, this as Redriver, this.turnKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const isPaused = this.sim.now < this.stoppedUntil;
    return { redriven: this.done, state: !this.isRunning ? 'off' : isPaused ? 'stopped itself' : 'running' };
  }

  violations(): readonly string[] {
    return [];
  }

  private redriveOne(): boolean {
    const { node, from, to, parking, redrivesMax } = this.options;
    if (!node.isUp) return true;
    const connection = new Connection(node.broker);
    const channel = connection.open();
    const delivery = channel.get(from, false);
    if (delivery !== undefined) {
      const times = redrivesOf(delivery.message);
      const { [REDRIVEN_AT]: at } = delivery.message.headers;
      this.sample(typeof at === 'number' && at >= this.since);
      if (this.sim.now < this.stoppedUntil) channel.reject(delivery.tag, false, true);
      else {
        const isParked = times >= redrivesMax;
        const queue = isParked ? parking : to;
        channel.publish(this.addressed(delivery.message, queue, isParked ? times : times + 1));
        channel.acknowledge(delivery.tag, false);
        this.done++;
        const request = delivery.message.request.id;
        if (this.redriven.heard) this.redriven.emit({ queue: from, request, to: queue, times: times + 1, isParked });
      }
    }
    connection.close();
    return delivery !== undefined;
  }

  private addressed(message: Message, queue: string, redrives: number): Message {
    const headers = { ...message.headers, [REDRIVES]: redrives, [REDRIVEN_AT]: this.sim.now };
    return { ...message, exchange: '', routingKey: queue, headers };
  }

  private sample(cameBack: boolean): void {
    const { stop, from } = this.options;
    if (stop === undefined) return;
    this.samples.push(cameBack);
    if (this.samples.length < stop.samples) return;
    const share = this.samples.filter(Boolean).length / this.samples.length;
    this.samples.shift();
    if (share <= stop.share) return;
    this.samples = [];
    this.stoppedUntil = this.sim.now + stop.pause;
    this.since = this.stoppedUntil;
    if (this.stopped.heard) this.stopped.emit({ queue: from, share });
  }

  private static turn(redriver: Redriver): void {
    const { sim, interval, stoppedUntil, options } = redriver;
    if (!redriver.isRunning) return;
    if (sim.now >= stoppedUntil && !redriver.redriveOne() && !options.isAutomatic) {
      redriver.isRunning = false;
      return;
    }
    sim.scheduleAt(Math.max(sim.now + interval, redriver.stoppedUntil), Redriver.turn, redriver, redriver.turnKind);
  }
}

const redrivesOf = ({ headers }: Message): number => (typeof headers[REDRIVES] === 'number' ? headers[REDRIVES] : 0);

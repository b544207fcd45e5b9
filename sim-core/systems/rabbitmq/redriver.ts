/**
 * Takes dead letters out of their queue and publishes them to be tried again, one at a time and no faster than its rate, as a
 * shovel or SQS's `StartMessageMoveTask` does. It acknowledges a message when the queue that it was published to has taken it.
 * When that queue is full and refuses it, or is none, it gives the message back to the dead-letter queue, counts that, and
 * tries again at its next turn. Giving back counts as a return: a quorum queue has a limit of these.
 *
 * Each message carries how often it was redriven, and when last. Its own limits: one that was redriven as often as it may be
 * is set aside in another queue; and when too much of what it took out last had come back, it stops for a while
 * (`messaging/dead-letter/redrive-stop.ts`).
 *
 * Its way to the node takes no time: taking, publishing and acknowledging are one instant, and no crash comes in between. (A
 * real shovel that crashes between the last two doubles the message.) It does nothing while the node is down.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { RedriveStop, type RedriveStopOptions } from '../../messaging/dead-letter/redrive-stop.ts';
import { deadLetterRedriven, redriveRefused, redriveStopped } from '../../messaging/dead-letter/signals.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Channel } from './channel.ts';
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
  readonly stop?: RedriveStopOptions;
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
  private readonly gaveBack: FactChannel<Fact<typeof redriveRefused>>;
  private readonly stopped: FactChannel<Fact<typeof redriveStopped>>;
  private isRunning = false;
  private readonly stop: RedriveStop;
  private done = 0;
  private refused = 0;

  constructor(sim: Simulation, options: RedriverOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.stop = new RedriveStop(options.stop);
    this.interval = Math.max(1, Math.round(SECOND / options.rate));
    this.turnKind = sim.eventKind(`${options.name} takes the next dead letter`);
    this.redriven = sim.facts.channel(deadLetterRedriven);
    this.gaveBack = sim.facts.channel(redriveRefused);
    this.stopped = sim.facts.channel(redriveStopped);
    this.interventions = {
      start: {
        help: 'Redrives what is in the dead-letter queue, at its rate, until that is empty',
        of: 'operation',
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
    this.stop.begin(this.sim.now);
    this.sim.schedule(0, Redriver.turn, this as Redriver, this.turnKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const isPaused = this.sim.now < this.stop.until;
    const state = !this.isRunning ? 'off' : isPaused ? 'stopped itself' : 'running';
    return { redriven: this.done, refused: this.refused, state };
  }

  violations(): readonly string[] {
    return [];
  }

  /** Returns whether there may be more to redrive. */
  private redriveOne(): boolean {
    const { node, from } = this.options;
    if (!node.isUp) return true;
    const connection = new Connection(node.broker);
    const channel = connection.open();
    const delivery = channel.get(from, false);
    if (delivery !== undefined) {
      const { message, tag } = delivery;
      this.sample(message);
      if (this.sim.now >= this.stop.until && this.send(channel, message)) channel.acknowledge(tag, false);
      else channel.reject(tag, false, true);
    }
    connection.close();
    return delivery !== undefined;
  }

  /** Publishes a dead letter where it belongs. Returns whether a queue took it. */
  private send(channel: Channel, message: Message): boolean {
    const { from: queue, parking, redrivesMax } = this.options;
    const isParked = redrivesOf(message) >= redrivesMax;
    const to = isParked ? parking : this.options.to;
    const times = redrivesOf(message) + (isParked ? 0 : 1);
    const { queues, refused } = channel.publish(this.addressed(message, to, times));
    const { id: request } = message.request;
    if (refused || queues.length === 0) {
      this.refused++;
      if (this.gaveBack.heard) this.gaveBack.emit({ queue, request, to });
      return false;
    }
    this.done++;
    this.stop.gone(request);
    if (this.redriven.heard) this.redriven.emit({ queue, request, to, times, isParked });
    return true;
  }

  private addressed(message: Message, queue: string, redrives: number): Message {
    const headers = { ...message.headers, [REDRIVES]: redrives, [REDRIVEN_AT]: this.sim.now };
    return { ...message, exchange: '', routingKey: queue, headers };
  }

  /** Notes whether a message has come back, and stops when too many have. */
  private sample({ headers, request }: Message): void {
    const { [REDRIVEN_AT]: at } = headers;
    const share = this.stop.note(request.id, typeof at === 'number' ? at : undefined, this.sim.now);
    if (share !== undefined && this.stopped.heard) this.stopped.emit({ queue: this.options.from, share });
  }

  private static turn(redriver: Redriver): void {
    const { sim, interval, stop, options } = redriver;
    if (!redriver.isRunning) return;
    if (sim.now >= stop.until && !redriver.redriveOne() && !options.isAutomatic) {
      redriver.isRunning = false;
      return;
    }
    sim.scheduleAt(Math.max(sim.now + interval, stop.until), Redriver.turn, redriver, redriver.turnKind);
  }
}

const redrivesOf = ({ headers }: Message): number => (typeof headers[REDRIVES] === 'number' ? headers[REDRIVES] : 0);

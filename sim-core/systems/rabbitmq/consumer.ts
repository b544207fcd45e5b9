/**
 * A consumer process with a connection to a node: takes what it is sent, has its workers (`messaging/consuming/workers.ts`)
 * handle it, and settles each message by their verdict. Deliveries and acknowledgements travel in order over the way between
 * the two, as over one connection of TCP.
 *
 * An acknowledgement belongs to the connection on which its message came: when that is gone the message comes again, whatever
 * was done for it. A connection ends with the node, by itself (`disconnect`: what is worked at goes on), or with the process
 * (`kill`: it is broken off; what had been sent before still arrives). RabbitMQ documentation, "Consumer Acknowledgements and
 * Publisher Confirms": all unacknowledged deliveries are requeued when their connection is closed.
 *
 * Does not model the client library's threads or its heartbeats: it learns at once that the connection is gone.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { DeliveryReports } from '../../messaging/consuming/delivery-reports.ts';
import { consumerSignals } from '../../messaging/consuming/facts.ts';
import type { DeliveryObserver, Received } from '../../messaging/consuming/received.ts';
import { Workers } from '../../messaging/consuming/workers.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type ComponentPart, type Intervention } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import { BACKGROUND, RequestContext } from '../../network/request-context.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import type { Channel, Delivery } from './channel.ts';
import { Connection } from './connection.ts';
import type { Client, RabbitMq } from './rabbitmq.ts';

/** What a consumer makes of a message: done; back to the queue; refused for good. */
export type Verdict = 'ack' | 'requeue' | 'reject';

export interface RabbitConsumerOptions {
  readonly name: string;
  readonly help: string;
  readonly node: RabbitMq;
  readonly queue: string;
  /** Unsettled messages at most, 0 for no limit. */
  readonly prefetch: number;
  /** Messages that it works at at once. */
  readonly concurrency: number;
  /** One-way delay between it and the node, in nanoseconds. */
  readonly delay: Distribution;
  /** What a message is about; its request's number without it. */
  readonly keyOf?: (message: Message) => number;
  /** Handles a message and judges it; whatever is asked of others in between takes time. */
  readonly handle: (received: Received, delivery: Delivery) => Behaviour<Verdict>;
  /**
   * Automatic acknowledgement: the node is done with a message once it has sent it. Then there is no prefetch, verdicts are
   * of no account, and what waits in the process has no bound.
   */
  readonly noAck?: boolean;
  readonly priority?: number;
  readonly observers?: readonly DeliveryObserver[];
  /** What else of the process is gone when it is killed, such as values in its memory. */
  readonly onKill?: () => void;
  /** The code that it runs: shown as a part of it. */
  readonly inside?: ComponentPart;
}

/** A delivery, and the channel on which it came. */
interface Job {
  readonly received: Received;
  readonly delivery: Delivery;
  readonly channel: Channel;
}

export class RabbitConsumer implements Endpoint<Job, void>, Client, Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: RabbitConsumerOptions;
  private readonly reports: DeliveryReports;
  private readonly workers: Workers<Job, Verdict>;
  private readonly toConsumer: Link<Job, void>;
  /** Its own messages to the node, which are of no request. */
  private readonly own: RequestContext;
  private readonly restartKind: number;
  private connection: Connection | undefined = undefined;
  private channel: Channel | undefined = undefined;
  private downUntil: Time = 0;

  constructor(sim: Simulation, options: RabbitConsumerOptions) {
    const { name, concurrency, prefetch, handle, node, inside } = options;
    this.sim = sim;
    this.options = options;
    this.reports = new DeliveryReports(sim, options);
    this.name = name;
    this.help = options.help;
    this.signals = inside === undefined ? consumerSignals : [...consumerSignals, ...inside.signals];
    this.own = new RequestContext(BACKGROUND, 0);
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.workers = new Workers(sim, {
      name,
      concurrency,
      ...(prefetch > 0 && !this.noAck && { bound: { messages: prefetch, by: 'prefetch' } }),
      handle: ({ received, delivery }) => handle(received, delivery),
      ended: (job, verdict, since) => this.ended(job, verdict, since),
    });
    this.interventions = { ...this.takes(), ...this.workers.interventions, ...inside?.interventions };
    register(sim, this);
    this.toConsumer = new Link(sim, this, { from: node.name, delay: options.delay, isOrdered: true });
    node.attach(this);
    this.connect();
  }

  nodeIsUp(): void {
    this.connect();
  }

  /** What waits and is unsettled comes again by another connection; what is worked at goes on. */
  connectionLost(): void {
    this.connection = undefined;
    this.channel = undefined;
    if (!this.noAck) this.dropWaiting();
  }

  receive({ query: job }: Call<Job, void>): void {
    if (job.channel === this.channel) this.workers.add(job);
    else this.letGo(job.received);
  }

  /** Loses its connection and has another at once; the node gives what it had to others, or to it again. */
  disconnect(): void {
    this.connection?.close();
    this.connectionLost();
    this.connect();
  }

  /**
   * Dies, and is up again after so long, or later if it was to be down for longer. The node hears of it behind all that was
   * sent before.
   */
  kill(downtime: Duration): void {
    const { connection } = this;
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.connectionLost();
    this.dropWaiting();
    this.workers.breakOff();
    this.options.onKill?.();
    if (connection !== undefined) {
      if (this.noAck) connection.close();
      else this.toConsumer.carry('reply', this.own, RabbitConsumer.hangUp, connection);
    }
    this.sim.schedule(downtime, RabbitConsumer.restart, this as RabbitConsumer, this.restartKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { ...this.workers.state(), ...this.options.inside?.state() };
    return this.isDown ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return [...this.workers.violations(), ...(this.options.inside?.violations() ?? [])];
  }

  private get isDown(): boolean {
    return this.sim.now < this.downUntil;
  }

  private get noAck(): boolean {
    return this.options.noAck === true;
  }

  private dropWaiting(): void {
    for (const { received } of this.workers.dropWaiting()) this.letGo(received);
  }

  private connect(): void {
    const { node, queue, prefetch, priority = 0 } = this.options;
    if (this.connection !== undefined || this.isDown || !node.isUp) return;
    this.connection = new Connection(node.broker);
    const channel = this.connection.open();
    this.channel = channel;
    channel.prefetch(prefetch, false);
    channel.consume(queue, {
      tag: this.name,
      noAck: this.noAck,
      exclusive: false,
      priority,
      deliver: (delivery) => this.send(delivery, channel),
    });
  }

  private send(delivery: Delivery, channel: Channel): void {
    const received = this.reports.begun(delivery.message);
    this.toConsumer.send({ received, delivery, channel }, received.request);
  }

  private ended(job: Job, verdict: Verdict | undefined, since: Time): void {
    const { received, delivery } = job;
    if (verdict === undefined) {
      this.reports.brokenOff(received, since);
      if (!this.noAck) this.reports.unsettled(received);
      this.letGo(received);
    } else {
      this.reports.processed(delivery.message, delivery.queue, verdict, since);
      const settling = { consumer: this, job, verdict };
      if (!this.noAck) this.toConsumer.carry('reply', received.request, RabbitConsumer.settle, settling);
      this.reports.ended(received);
    }
  }

  /** It has a delivery no more that it never settles. The end of the connection says so, of each message on its own. */
  private letGo(received: Received): void {
    if (!this.noAck) this.toConsumer.carry('reply', received.request, RabbitConsumer.heard, undefined);
    this.reports.ended(received);
  }

  private takes(): Readonly<Record<string, Intervention>> {
    const seconds = { name: 'seconds', help: 'how long', min: 0.001, max: 1e6, default: 5 };
    return {
      kill: {
        help: 'Kills the process with all that it works at; it is up again after so many seconds',
        arguments: [seconds],
        apply: ([time]) => this.kill(Math.round(time * SECOND)),
      },
      disconnect: {
        help: 'Ends its connection; it has another at once. What it works at goes on, and nobody hears what came of it',
        arguments: [],
        apply: () => this.disconnect(),
      },
    };
  }

  /** The verdict reaches the node, if the connection it belongs to is still there. */
  private static settle(settling: { consumer: RabbitConsumer; job: Job; verdict: Verdict }): void {
    const { consumer, job, verdict } = settling;
    const { channel, delivery, received } = job;
    if (!channel.isOpen) {
      consumer.reports.unsettled(received);
      return;
    }
    if (verdict === 'ack') channel.acknowledge(delivery.tag, false);
    else channel.reject(delivery.tag, false, verdict === 'requeue');
    if (verdict === 'requeue') consumer.reports.unsettled(received);
  }

  /** The node gives it to others when it hears that the connection is closed. */
  private static heard(): void {}

  private static hangUp(connection: Connection): void {
    connection.close();
  }

  private static restart(consumer: RabbitConsumer): void {
    consumer.connect();
  }
}

/**
 * A process that subscribes to a subject of core NATS, on its own or as a member of a queue group. Each message comes once,
 * or not at all: nothing is acknowledged, and what the process had taken in when it died is gone
 * (https://docs.nats.io/nats-concepts/core-nats). It reads ahead of its workers by so many messages; what it does not
 * read waits at the server, which cuts it off when that is too much.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import { messageDelivered } from '../../messaging/channels/facts.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Connection } from './core.ts';
import { NatsProcess, type NatsJob, type NatsProcessOptions } from './process.ts';
import type { Offered } from './server.ts';

export interface NatsSubscriberOptions extends NatsProcessOptions {
  readonly subject: string;
  /** The queue group that it is a member of. */
  readonly group?: string;
  /** Messages that it has taken in and not handled, at most. */
  readonly readAhead: number;
}

export class NatsSubscriber extends NatsProcess<NatsJob> {
  private readonly subscription: NatsSubscriberOptions;
  private readonly delivered: FactChannel<Fact<typeof messageDelivered>>;
  private connection: Connection<Offered> | undefined = undefined;
  /** Messages that were sent to it and are not handled. */
  private taken = 0;

  constructor(sim: Simulation, options: NatsSubscriberOptions) {
    super(sim, options, { messages: options.readAhead, by: 'readAhead' });
    if (!Number.isInteger(options.readAhead) || options.readAhead < options.concurrency) {
      const { name, readAhead, concurrency } = options;
      throw new RangeError(`${name}: readAhead is ${readAhead}; it must be an integer of at least ${concurrency}`);
    }
    this.subscription = options;
    this.delivered = sim.facts.channel(messageDelivered);
    tellCapacity(sim, {
      kind: 'room',
      name: `${this.name} pending`,
      units: () => this.server.core.maxPendingBytes,
      held: () => this.connection?.pendingBytes ?? 0,
    });
    this.connect();
  }

  /** Reads what it has room for; a connection that was cut off meanwhile is lost. */
  override offered(): void {
    const { connection, subscription } = this;
    if (connection === undefined) return;
    while (this.taken < subscription.readAhead) {
      const delivery = connection.take();
      if (delivery === undefined) break;
      this.taken++;
      this.send(delivery.message.payload);
    }
    if (connection.cut) this.connectionLost();
  }

  override violations(): readonly string[] {
    const { readAhead } = this.subscription;
    const broken = [...super.violations()];
    if (this.taken < 0 || this.taken > readAhead) {
      broken.push(`${this.name}: has ${this.taken} messages, of ${readAhead} at most`);
    }
    return broken;
  }

  protected override connected(): void {
    const { subject, group } = this.subscription;
    this.connection = this.server.core.connect(this.name);
    this.connection.subscribe(subject, group);
  }

  protected override disconnected(): void {
    this.connection?.close();
    this.connection = undefined;
  }

  protected override handled({ received }: NatsJob): void {
    const wasFull = this.taken === this.subscription.readAhead;
    this.taken--;
    if (wasFull) this.toProcess.carry('reply', received.request, NatsSubscriber.readOn, this as NatsSubscriber);
  }

  protected override dropped({ message }: NatsJob): void {
    this.taken--;
    this.server.tellLost(this.name, message, 'process ended');
  }

  private send({ message, at }: Offered): void {
    if (this.delivered.heard) {
      const { group, subject } = this.subscription;
      const { id: request } = message.request;
      const waited = this.sim.now - at;
      const [queue, consumer] = [group ?? subject, this.name];
      this.delivered.emit({ queue, request, consumer, redelivered: false, attempt: 1, waited });
    }
    this.toProcess.send(this.jobOf(message), message.request);
  }

  private static readOn(subscriber: NatsSubscriber): void {
    subscriber.offered();
  }
}

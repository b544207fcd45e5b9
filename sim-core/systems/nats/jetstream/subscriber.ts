/**
 * A process that takes messages from a durable consumer of a JetStream stream, alone or with others: it asks for as many as it
 * has room for (pull), or is sent them as they come (push; several processes are a deliver group, and each message goes to
 * one of them). It acknowledges what it has handled, and rejects what it failed at.
 *
 * An acknowledgement is a message and belongs to no connection: it counts when it comes, as long as the server waits for it.
 * Those of a process that has lost its connection leave when it has another. What is not acknowledged in time is delivered
 * again, to whoever asks, while the first may still be at it.
 * https://docs.nats.io/nats-concepts/jetstream/consumers ; /using-nats/developer/develop_jetstream/model_deep_dive
 *
 * Does not say that it is still at work (`+WPI`), and does not wait for its acknowledgements to be acknowledged.
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import { messageDelivered } from '../../../messaging/channels/facts.ts';
import type { Message } from '../../../messaging/channels/message.ts';
import type { HandlingFailure } from '../../../messaging/consuming/received.ts';
import { BackgroundRequests } from '../../../network/background-requests.ts';
import type { Call } from '../../../network/call.ts';
import { NatsProcess, type NatsJob, type NatsProcessOptions } from '../process.ts';
import type { JetStreamConsumer, JetStreamDelivery } from './consumer.ts';

export interface JetStreamSubscriberOptions extends NatsProcessOptions {
  readonly stream: string;
  /** The durable consumer's name. */
  readonly consumer: string;
  /** Asks for what it has room for, with so many in hand at most, in requests that last so long; without it, is sent them. */
  readonly pull?: { readonly batch: number; readonly expires: Duration };
  /** Rejects what it failed at so that it comes after so long; without it at once. */
  readonly nakDelay?: Duration;
}

/** A request for messages, and when it lapses. */
interface Pull {
  left: number;
  readonly alarm: EventHandle;
}

interface JetStreamJob extends NatsJob {
  readonly consumer: JetStreamConsumer<Message>;
  readonly delivery: JetStreamDelivery<Message>;
  readonly pull: Pull | undefined;
}

interface Settlement {
  readonly job: JetStreamJob;
  readonly failure: HandlingFailure | undefined;
}

export class JetStreamSubscriber extends NatsProcess<JetStreamJob> {
  private readonly subscription: JetStreamSubscriberOptions;
  private readonly delivered: FactChannel<Fact<typeof messageDelivered>>;
  private readonly requests: BackgroundRequests;
  private readonly lapseKind: number;
  private readonly push = (delivery: JetStreamDelivery<Message>): void => this.send(delivery, undefined);
  /** Requests for whose messages it listens. */
  private readonly pulls = new Set<Pull>();
  private inHand = 0;
  /** What it could not say for want of a connection. */
  private unsent: Settlement[] = [];

  constructor(sim: Simulation, options: JetStreamSubscriberOptions) {
    const requests = new BackgroundRequests(sim);
    const { name, pull, concurrency } = options;
    super(sim, options, pull && { messages: pull.batch, by: 'pull.batch' });
    if (pull !== undefined && !(Number.isInteger(pull.batch) && pull.batch >= concurrency)) {
      throw new RangeError(`${name}: pull.batch is ${pull.batch}; it must be an integer of at least ${concurrency}`);
    }
    this.subscription = options;
    this.requests = requests;
    this.delivered = sim.facts.channel(messageDelivered);
    this.lapseKind = sim.eventKind(`a request of ${name} for messages lapses`);
    this.connect();
  }

  /** Of a stream it is given what it asks for. */
  override offered(): void {}

  override receive(call: Call<JetStreamJob, void>): void {
    const { pull } = call.query;
    if (pull !== undefined && --pull.left === 0) this.close(pull);
    this.inHand++;
    super.receive(call);
  }

  override kill(downtime: Duration): void {
    for (const { job } of this.unsent.splice(0)) this.tellUnsettled(job);
    super.kill(downtime);
  }

  protected override connected(): void {
    const { stream, consumer, pull } = this.subscription;
    for (const settlement of this.unsent.splice(0)) this.tell(settlement);
    if (pull === undefined) this.server.streams.join(stream, consumer, this.push);
    else this.ask();
  }

  protected override disconnected(): void {
    const { stream, consumer } = this.subscription;
    this.server.streams.leave(stream, consumer, this.push);
    for (const pull of this.pulls) this.close(pull);
  }

  protected override handled(job: JetStreamJob, failure: HandlingFailure | undefined): void {
    this.inHand--;
    if (this.isConnected) this.tell({ job, failure });
    else this.unsent.push({ job, failure });
    this.ask();
  }

  /** The server delivers it again when it has waited for long enough. */
  protected override dropped(): void {
    this.inHand--;
  }

  /** Asks for what there is room for, when that is much or nothing is on its way. */
  private ask(): void {
    const { pull: options } = this.subscription;
    if (options === undefined || !this.isConnected) return;
    let wanted = 0;
    for (const { left } of this.pulls) wanted += left;
    const room = options.batch - this.inHand - wanted;
    if (room <= 0 || (wanted > 0 && 2 * room < options.batch)) return;
    const lapse = (): void => {
      this.pulls.delete(pull);
      this.ask();
    };
    const alarm = this.sim.schedule(options.expires, lapse, undefined, this.lapseKind);
    const pull: Pull = { left: room, alarm };
    this.pulls.add(pull);
    const arrive = (): void => this.requested(pull, options.expires);
    this.toProcess.carry('reply', this.requests.next(), arrive, undefined);
  }

  private requested(pull: Pull, expires: Duration): void {
    const { stream } = this.subscription;
    const consumer = this.serving();
    if (consumer === undefined || !this.pulls.has(pull)) return;
    consumer.request(
      pull.left,
      this.sim.now + expires,
      (delivery) => this.send(delivery, pull),
      () => this.pulls.has(pull),
    );
    this.server.streams.tellConsumer(stream, consumer);
  }

  private close(pull: Pull): void {
    if (this.pulls.delete(pull)) this.sim.cancel(pull.alarm);
  }

  private send(delivery: JetStreamDelivery<Message>, pull: Pull | undefined): void {
    const { stream, consumer: name } = this.subscription;
    const { payload: message, storedAt } = delivery.message;
    const { attempt } = delivery;
    if (this.delivered.heard) {
      const { id: request } = message.request;
      const waited = this.sim.now - storedAt;
      const redelivered = attempt > 1;
      this.delivered.emit({ queue: `${stream}/${name}`, request, consumer: this.name, redelivered, attempt, waited });
    }
    const consumer = this.server.streams.consumer(stream, name)!;
    const { received, life } = this.jobOf(message);
    this.toProcess.send({ message, received, life, consumer, delivery, pull }, message.request);
  }

  private tell(settlement: Settlement): void {
    const arrive = (): void => this.settle(settlement);
    this.toProcess.carry('reply', settlement.job.received.request, arrive, undefined);
  }

  /** Its word reaches the server, if that is there, and still has the consumer that it is about. */
  private settle({ job, failure }: Settlement): void {
    const { stream, nakDelay } = this.subscription;
    const consumer = this.serving();
    if (failure !== undefined || consumer !== job.consumer) this.tellUnsettled(job);
    if (consumer === undefined || consumer !== job.consumer) return;
    if (failure === undefined) consumer.acknowledge(job.delivery);
    else consumer.reject(job.delivery, nakDelay);
    this.server.streams.tellConsumer(stream, consumer);
  }

  /** Its consumer, as long as the server is up. */
  private serving(): JetStreamConsumer<Message> | undefined {
    const { stream, consumer } = this.subscription;
    return this.server.isUp ? this.server.streams.consumer(stream, consumer) : undefined;
  }

  private tellUnsettled({ received }: JetStreamJob): void {
    this.reports.unsettled(received);
  }
}

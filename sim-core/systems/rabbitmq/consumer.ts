/**
 * A consumer process with a connection to a node: takes what it is sent, works at up to `concurrency` messages at once for a
 * drawn time each, and settles each by what came of it. Deliveries and acknowledgements travel over the way between the
 * two. When the node dies, what it works at goes on, and its acknowledgement reaches nobody: the message comes again.
 *
 * Does not model the client library's threads or its heartbeats: it learns at once that the connection is gone.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { Fifo } from '../../kernel/fifo.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Time } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import type { Channel, Delivery } from './channel.ts';
import { Connection } from './connection.ts';
import { consumerSignals, messageProcessed } from './facts.ts';
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
  /** Nanoseconds of work at one message. */
  readonly work: Distribution;
  /** One-way delay between it and the node, in nanoseconds. */
  readonly delay: Distribution;
  /** Called when the work at a message is done, with how often the queue says that it has been tried before. */
  readonly judge: (message: Message, redelivered: boolean) => Verdict;
  readonly priority?: number;
}

/** A delivery with the channel on which it came. */
interface Job {
  readonly consumer: RabbitConsumer;
  readonly delivery: Delivery;
  readonly channel: Channel;
  /** When the work began. */
  since: Time;
}

export class RabbitConsumer implements Endpoint<Job, void>, Client, Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals = consumerSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  private readonly options: RabbitConsumerOptions;
  private readonly toConsumer: Link<Job, void>;
  private readonly works: KeyedStream;
  private readonly workKind: number;
  private readonly wakeKind: number;
  private readonly processed: FactChannel<Fact<typeof messageProcessed>>;
  private readonly waiting = new Fifo<Job>();
  private working = 0;
  private done = 0;
  private pausedUntil: Time = 0;

  constructor(sim: Simulation, options: RabbitConsumerOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.interventions = { pause: this.pausing() };
    this.works = sim.keyedRandom(`${options.name}/work`);
    this.workKind = sim.eventKind(`${options.name} has worked at a message`);
    this.wakeKind = sim.eventKind(`${options.name} goes on`);
    this.processed = sim.facts.channel(messageProcessed);
    register(sim, this);
    this.toConsumer = new Link(sim, this, { from: options.node.name, delay: options.delay });
    options.node.attach(this);
    this.nodeIsUp();
  }

  nodeIsUp(): void {
    const { node, queue, prefetch, priority = 0 } = this.options;
    const channel = new Connection(node.broker).open();
    channel.prefetch(prefetch, false);
    channel.consume(queue, {
      tag: this.name,
      noAck: false,
      exclusive: false,
      priority,
      deliver: (delivery) =>
        this.toConsumer.send({ consumer: this, delivery, channel, since: 0 }, delivery.message.request),
    });
  }

  /** What waits to be worked at was of the connection that is gone; what it works at goes on. */
  connectionLost(): void {
    while (this.waiting.size > 0) this.waiting.take();
  }

  receive(call: Call<Job, void>): void {
    if (!call.query.channel.isOpen) return;
    this.waiting.add(call.query);
    this.begin();
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { working: this.working, waiting: this.waiting.size, done: this.done };
    return this.sim.now < this.pausedUntil ? { ...state, paused: 'yes' } : state;
  }

  violations(): readonly string[] {
    const { concurrency, name } = this.options;
    return this.working > concurrency ? [`${name}: works at ${this.working} messages, more than ${concurrency}`] : [];
  }

  private begin(): void {
    const { concurrency, work } = this.options;
    while (this.waiting.size > 0 && this.working < concurrency && this.sim.now >= this.pausedUntil) {
      const job = this.waiting.take();
      const { request } = job.delivery.message;
      this.working++;
      job.since = this.sim.now;
      const time = Math.max(0, Math.round(work.sample(this.works.of(request.nextWorkKey()))));
      this.sim.schedule(time, RabbitConsumer.finish, job, this.workKind, request.id);
    }
  }

  private end(job: Job): void {
    const { message, redelivered, queue } = job.delivery;
    const verdict = this.options.judge(message, redelivered);
    this.working--;
    this.done++;
    if (this.processed.heard) {
      const { now } = this.sim;
      this.processed.emit({
        consumer: this.name,
        queue,
        request: message.request.id,
        outcome: verdict,
        duration: now - job.since,
        age: now - message.sent,
      });
    }
    this.toConsumer.carry('reply', message.request, RabbitConsumer.settle, { ...job, verdict });
    this.begin();
  }

  private pausing(): Intervention {
    return {
      help: 'Begins nothing new for so many seconds: what it was sent waits with it, unsettled',
      arguments: [{ name: 'seconds', help: 'how long', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => {
        this.pausedUntil = this.sim.now + Math.round(seconds * SECOND);
        this.sim.scheduleAt(this.pausedUntil, RabbitConsumer.goOn, this, this.wakeKind);
      },
    };
  }

  private static finish(job: Job): void {
    job.consumer.end(job);
  }

  private static goOn(consumer: RabbitConsumer): void {
    consumer.begin();
  }

  /** The acknowledgement reaches the node, if the connection it belongs to is still there. */
  private static settle({ channel, delivery, verdict }: Job & { readonly verdict: Verdict }): void {
    if (!channel.isOpen) return;
    if (verdict === 'ack') channel.acknowledge(delivery.tag, false);
    else channel.reject(delivery.tag, false, verdict === 'requeue');
  }
}

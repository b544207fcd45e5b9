/**
 * Amazon SNS in the network: topics whose subscriptions are queues of SQS. It answers a publisher when it has the message, and
 * delivers a copy for each subscription whose filter policy accepts it, on its own: a queue that is away is tried again for
 * days (`delivery-policy.ts`), one that does not exist is not. What cannot be delivered goes to the dead-letter queue of the
 * subscription, and is dropped where that has none. (Amazon SNS Developer Guide, "Fanout to Amazon SQS queues", "Message
 * delivery retries", "Dead-letter queues".)
 *
 * A message's attributes are its headers. Deliveries overtake each other, and while a queue is away what waits for it has no
 * bound here. Does not model other kinds of subscribers, quotas, or the service itself being away.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Message } from '../../messaging/channels/message.ts';
import type { FifoAttributes } from '../../messaging/channels/visibility-queue.ts';
import { Fates } from '../../messaging/fates.ts';
import { CallFailed, type Call, type Endpoint } from '../../network/call.ts';
import { register, type Component } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import { ATTEMPTS_MAX, waitAfter } from './delivery-policy.ts';
import { accepts, type FilterPolicy } from './filter-policy.ts';
import { snsSignals, subscriptionSettled } from './sns-signals.ts';
import type { Sqs } from './sqs.ts';
import type { SqsReply, SqsRequest } from './sqs-requests.ts';

export interface SnsPublish {
  readonly topic: string;
  readonly message: Message;
  /** Of a FIFO topic, whose queues are FIFO queues. */
  readonly fifo?: FifoAttributes;
}

/** How many subscriptions it goes to, which the service does not say; undefined if there is no such topic. */
export interface SnsReply {
  readonly subscriptions: number | undefined;
}

export interface SubscriptionOptions {
  readonly queue: string;
  readonly filterPolicy?: FilterPolicy;
  /** The queue for what cannot be delivered. */
  readonly deadLetters?: string;
}

interface Subscription extends SubscriptionOptions {
  readonly books: Fates;
  /** Copies that are being delivered, by its own count. */
  pending: number;
}

export interface SnsOptions {
  readonly name: string;
  readonly help: string;
  readonly sqs: Sqs;
  /** One-way delay between it and SQS, in nanoseconds. */
  readonly delay: Distribution;
}

export class Sns implements Endpoint<SnsPublish, SnsReply>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = snsSignals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly topics = new Map<string, Subscription[]>();
  private readonly link: Link<SqsRequest, SqsReply>;
  private readonly settled: FactChannel<Fact<typeof subscriptionSettled>>;

  constructor(sim: Simulation, { name, help, sqs, delay }: SnsOptions) {
    this.sim = sim;
    this.name = name;
    this.help = help;
    this.settled = sim.facts.channel(subscriptionSettled);
    register(sim, this);
    this.link = new Link(sim, sqs, { from: name, delay });
  }

  createTopic(name: string): void {
    if (this.topics.has(name)) throw new RangeError(`${this.name}: there is a topic ${name} already`);
    this.topics.set(name, []);
  }

  /** Has a queue get what is published to a topic from now on. */
  subscribe(topic: string, options: SubscriptionOptions): void {
    const subscriptions = this.topics.get(topic);
    if (subscriptions === undefined) throw new RangeError(`${this.name}: there is no topic ${topic}; create it first`);
    subscriptions.push({ ...options, books: new Fates(), pending: 0 });
  }

  receive(call: Call<SnsPublish, SnsReply>): void {
    const { topic, message } = call.query;
    const accepting = this.topics
      .get(topic)
      ?.filter(({ filterPolicy }) => filterPolicy === undefined || accepts(filterPolicy, message.headers));
    call.reply({ subscriptions: accepting?.length });
    for (const subscription of accepting ?? []) {
      subscription.books.take('ready');
      subscription.pending++;
      spawn(this.sim, `${this.name} delivers to ${subscription.queue}`, this.deliver(subscription, call.query));
    }
  }

  state(): Readonly<Record<string, number | string>> {
    const state: Record<string, number | string> = {};
    for (const [topic, subscriptions] of this.topics) {
      for (const { queue, books } of subscriptions) state[`${topic} to ${queue}`] = `${books.count('ready')} pending`;
    }
    return state;
  }

  violations(): readonly string[] {
    return Array.from(this.topics).flatMap(([topic, subscriptions]) =>
      subscriptions.flatMap(({ queue, books, pending }) =>
        books.violations(`${this.name}: ${topic} to ${queue}`, { ready: pending, inFlight: 0 }),
      ),
    );
  }

  private *deliver(subscription: Subscription, published: SnsPublish): Behaviour {
    const { queue, deadLetters } = subscription;
    if (yield* this.send(queue, published)) this.settle(subscription, published, 'acknowledged');
    else if (deadLetters !== undefined && (yield* this.send(deadLetters, published))) {
      this.settle(subscription, published, 'dead-lettered');
    } else this.settle(subscription, published, 'dropped');
  }

  /** Tries as often as it may; gives whether the queue has it. */
  private *send(queue: string, { message, fifo }: SnsPublish): Behaviour<boolean> {
    const query: SqsRequest = { action: 'SendMessage', queue, message, ...(fifo === undefined ? {} : { fifo }) };
    for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
      try {
        const { error } = yield* this.link.call(query, message.request);
        // What is wrong with the subscription does not get better by trying again.
        return error === undefined;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
      yield waitAfter(attempts);
    }
    return false;
  }

  private settle(
    subscription: Subscription,
    { message }: SnsPublish,
    fate: 'acknowledged' | 'dead-lettered' | 'dropped',
  ): void {
    subscription.pending--;
    subscription.books.move('ready', fate);
    if (!this.settled.heard) return;
    const { request, sent } = message;
    this.settled.emit({ queue: subscription.queue, request: request.id, fate, age: this.sim.now - sent });
  }
}

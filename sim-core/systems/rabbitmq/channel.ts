/**
 * A channel: what an AMQP client says to the broker, and what it hears. Delivery tags count up; each is settled once, and
 * one that is not known closes the channel with 406. Whatever throws an `AmqpError` closes the channel: what was unsettled
 * on it is back in its queues (AMQP 0-9-1, 1.8; RabbitMQ documentation, "Consumer acknowledgements").
 */
import { Consumer, type Holder } from '../../messaging/channels/consumers.ts';
import type { Copy } from '../../messaging/channels/copy.ts';
import type { Destination } from '../../messaging/channels/exchanges/exchange-type.ts';
import { BindingRefused } from '../../messaging/channels/exchanges/exchange-type.ts';
import type { Exchange, ExchangeOptions } from '../../messaging/channels/exchanges/exchanges.ts';
import type { Headers, Message } from '../../messaging/channels/message.ts';
import type { Queue } from '../../messaging/channels/queue.ts';
import { AmqpError } from './amqp-error.ts';
import type { Broker, Connected, DeclaredQueue, Published } from './broker.ts';
import type { QueueDeclaration } from './queue-arguments.ts';

/** A message as a consumer gets it. */
export interface Delivery {
  readonly tag: number;
  readonly consumer: string | undefined;
  readonly queue: string;
  readonly redelivered: boolean;
  readonly message: Message;
  /** The header `x-delivery-count`: times it came back, where the queue counts that. A first delivery is without it. */
  readonly deliveryCount: number | undefined;
}

export interface ConsumeOptions {
  readonly tag: string;
  /** Whether copies count as settled when they are delivered. */
  readonly noAck: boolean;
  /** Only if there is no other consumer, and none may join. */
  readonly exclusive: boolean;
  readonly priority: number;
  readonly deliver: (delivery: Delivery) => void;
}

interface Subscription {
  readonly declared: DeclaredQueue;
  readonly consumer: Consumer;
}

interface Unsettled {
  readonly queue: Queue;
  readonly copy: Copy;
  /** Whose it is; undefined of a get, which does not count for the channel's own limit. */
  readonly consumer: string | undefined;
}

export class Channel implements Holder {
  isOpen = true;
  private readonly broker: Broker;
  private readonly connection: Connected;
  private readonly onClosed: () => void;
  private lastTag = 0;
  private prefetchOfNew = Infinity;
  private limit = Infinity;
  private counted = 0;
  private readonly unsettled = new Map<number, Unsettled>();
  private readonly subscriptions = new Map<string, Subscription>();

  constructor(broker: Broker, connection: Connected, onClosed: () => void) {
    this.broker = broker;
    this.connection = connection;
    this.onClosed = onClosed;
    broker.opened(this);
  }

  get hasRoom(): boolean {
    return this.counted < this.limit;
  }

  /**
   * `count` 0 for no limit: for each consumer that comes from now on, or, global, for the channel as a whole. The former lifts
   * the latter (`basic.qos` in `rabbit_channel`, 3.10.8).
   */
  prefetch(count: number, global: boolean): void {
    const limit = count === 0 ? Infinity : count;
    if (!global) this.prefetchOfNew = limit;
    this.limit = global ? limit : Infinity;
    this.resume();
  }

  declareQueue(declaration: QueueDeclaration): DeclaredQueue {
    return this.do(() => this.broker.declareQueue(declaration, this.connection));
  }

  checkQueue(name: string): DeclaredQueue {
    return this.do(() => {
      const declared = this.broker.find(name, this.connection);
      declared.queue.asked();
      return declared;
    });
  }

  /** Returns how many messages were ready; a queue that is not there counts as deleted. */
  deleteQueue(name: string, { ifUnused = false, ifEmpty = false } = {}): number {
    return this.do(() => {
      if (this.broker.peek(name) === undefined) return 0;
      const declared = this.broker.find(name, this.connection);
      const { queue } = declared;
      if (ifUnused && queue.consumers.count > 0) throw new AmqpError(406, `queue '${name}' in use`);
      if (ifEmpty && queue.ready > 0) throw new AmqpError(406, `queue '${name}' not empty`);
      return this.broker.deleteQueue(declared);
    });
  }

  purge(name: string): number {
    return this.do(() => this.broker.find(name, this.connection).queue.purge());
  }

  declareExchange(options: ExchangeOptions): void {
    this.do(() => {
      const { exchanges } = this.broker;
      const known = exchanges.get(options.name);
      if (known === undefined) {
        if (options.name === '' || options.name.startsWith('amq.'))
          throw new AmqpError(403, `exchange name '${options.name}' is reserved`);
        exchanges.declare(options);
        return;
      }
      const names = ['type', 'durable', 'autoDelete', 'alternate'] as const;
      const different = names.find((name) => known[name] !== options[name]);
      if (different !== undefined)
        throw new AmqpError(406, `inequivalent arg '${different}' for exchange '${options.name}'`);
    });
  }

  deleteExchange(name: string, { ifUnused = false } = {}): void {
    this.do(() => {
      if (name === '' || name.startsWith('amq.')) throw new AmqpError(403, `operation not permitted on '${name}'`);
      const exchange = this.broker.exchanges.get(name);
      if (ifUnused && exchange !== undefined && exchange.bindings.size > 0)
        throw new AmqpError(406, `exchange '${name}' in use`);
      this.broker.exchanges.delete(name);
    });
  }

  bind(to: Destination, exchange: string, key: string, args: Headers): void {
    this.do(() => {
      const source = this.sourceOf(to, exchange);
      try {
        this.broker.exchanges.bind(source, to, key, args);
      } catch (error) {
        throw error instanceof BindingRefused ? new AmqpError(406, error.message) : error;
      }
    });
  }

  /** Nothing to unbind is no error, nor is an exchange or a queue that is not there. */
  unbind(to: Destination, exchange: string, key: string, args: Headers): void {
    this.do(() => {
      const source = this.broker.exchanges.get(exchange);
      if (source !== undefined) this.broker.exchanges.unbind(source, to, key, args);
    });
  }

  publish(message: Message, mandatory = false): Published {
    return this.do(() => this.broker.publish(message, this, mandatory));
  }

  get(name: string, noAck: boolean): Delivery | undefined {
    return this.do(() => {
      const { queue, declaration } = this.broker.find(name, this.connection);
      if (declaration.arguments['x-queue-type'] === 'quorum' && queue.consumers.isSingleActive)
        throw new AmqpError(405, `no gets from queue '${name}', which is a quorum queue with single active consumer`);
      const copy = queue.get(noAck);
      return copy === undefined ? undefined : this.deliver(queue, copy, undefined, noAck);
    });
  }

  consume(name: string, options: ConsumeOptions): void {
    this.do(() => {
      const declared = this.broker.find(name, this.connection);
      const { queue } = declared;
      const { tag, noAck, exclusive, priority } = options;
      const isTaken = declared.exclusiveConsumer !== undefined;
      const isShared = queue.consumers.count > 0 || queue.consumers.isSingleActive;
      if (queue.takesExclusiveConsumers && (isTaken || (exclusive && isShared)))
        throw new AmqpError(403, `queue '${name}' in exclusive use`);
      const consumer = new Consumer({
        tag,
        priority,
        holder: this,
        prefetch: this.prefetchOfNew,
        settlesAtOnce: noAck,
        deliver: (copy) => options.deliver(this.deliver(queue, copy, tag, noAck)),
      });
      if (exclusive) declared.exclusiveConsumer = tag;
      this.subscriptions.set(tag, { declared, consumer });
      queue.subscribe(consumer);
    });
  }

  /** Ends a consumer; what it has stays with the channel. */
  cancel(tag: string): void {
    const subscription = this.subscriptions.get(tag);
    if (subscription === undefined) return;
    this.subscriptions.delete(tag);
    const { declared, consumer } = subscription;
    this.unmark(declared, tag);
    declared.queue.unsubscribe(consumer);
    this.dropUnused(declared);
  }

  acknowledge(tag: number, multiple: boolean): void {
    this.settle(tag, multiple, (queue, copies) => queue.acknowledge(copies));
  }

  /** Refuses messages; with `requeue` they are ready again, without it they are dead. */
  reject(tag: number, multiple: boolean, requeue: boolean): void {
    this.settle(tag, multiple, (queue, copies) =>
      requeue ? queue.giveBack(copies, 'given-back') : queue.reject(copies),
    );
  }

  /** Gives back all that is unsettled. */
  recover(): void {
    this.settleAll([...this.unsettled.keys()], (queue, copies) => queue.giveBack(copies, 'given-back'));
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.broker.closed(this);
    this.onClosed();
    const held = byQueue(byHolder(this.unsettled));
    this.unsettled.clear();
    const subscribed = new Set([...this.subscriptions.values()].map(({ declared }) => declared));
    for (const [tag, { declared }] of this.subscriptions) this.unmark(declared, tag);
    this.subscriptions.clear();
    for (const { queue } of subscribed) queue.consumers.removeAll(this);
    // Who has nobody left goes before it gets anything back.
    for (const declared of subscribed) this.dropUnused(declared);
    const queues = new Set([...held.keys(), ...[...subscribed].map(({ queue }) => queue)]);
    for (const queue of queues) queue.holderGone(held.get(queue) ?? []);
  }

  /** The broker was killed. */
  abandon(): void {
    this.isOpen = false;
    this.onClosed();
    for (const [queue, copies] of byQueue(byHolder(this.unsettled))) queue.abandoned(copies);
    this.unsettled.clear();
    for (const { declared, consumer } of this.subscriptions.values()) {
      declared.exclusiveConsumer = undefined;
      declared.queue.consumers.remove(consumer);
    }
    this.subscriptions.clear();
  }

  /** A queue was deleted: its consumers are, and its messages are nobody's. */
  queueGone(name: string): void {
    for (const [tag, { declared }] of this.subscriptions) {
      if (declared.queue.name === name) this.subscriptions.delete(tag);
    }
  }

  /** Does what the client asks, and closes the channel where that is an error of the client's. */
  private do<Result>(action: () => Result): Result {
    if (!this.isOpen) throw new Error('the channel is closed');
    try {
      return action();
    } catch (error) {
      if (error instanceof AmqpError) this.close();
      throw error;
    }
  }

  /** The exchange of a binding: both of its ends have to be there, and the queue one's own or anybody's. */
  private sourceOf(to: Destination, name: string): Exchange {
    if (name === '') throw new AmqpError(403, 'operation not permitted on the default exchange');
    const { exchanges } = this.broker;
    const source = exchanges.get(name);
    if (source === undefined) throw new AmqpError(404, `no exchange '${name}'`);
    if (to.kind === 'queue') this.broker.find(to.name, this.connection);
    else if (exchanges.get(to.name) === undefined) throw new AmqpError(404, `no exchange '${to.name}'`);
    return source;
  }

  private deliver(queue: Queue, copy: Copy, consumer: string | undefined, noAck: boolean): Delivery {
    const tag = ++this.lastTag;
    if (!noAck) {
      this.unsettled.set(tag, { queue, copy, consumer });
      if (consumer !== undefined) this.counted++;
    }
    const { redelivered, returns } = copy;
    const message = withoutBlindKeys(copy.message);
    const deliveryCount = queue.countsReturns && (returns > 0 || consumer === undefined) ? returns : undefined;
    return { tag, consumer, queue: queue.name, redelivered, message, deliveryCount };
  }

  private settle(tag: number, multiple: boolean, how: (queue: Queue, copies: readonly Copy[]) => void): void {
    this.do(() => {
      const tags = multiple ? [...this.unsettled.keys()].filter((each) => each <= tag || tag === 0) : [tag];
      if (tags.length === 0 || (tag !== 0 && !this.unsettled.has(tag)))
        throw new AmqpError(406, `unknown delivery tag ${tag}`);
      this.settleAll(tags, how);
    });
  }

  private settleAll(tags: readonly number[], how: (queue: Queue, copies: readonly Copy[]) => void): void {
    const settled = tags.map((tag) => this.unsettled.get(tag)!);
    for (const tag of tags) this.unsettled.delete(tag);
    const wasFull = !this.hasRoom;
    for (const { consumer } of settled) if (consumer !== undefined) this.counted--;
    for (const { queue, copies } of byConsumer(settled)) how(queue, copies);
    if (wasFull) this.resume();
  }

  private resume(): void {
    for (const { declared } of this.subscriptions.values()) declared.queue.resume(this);
  }

  private unmark(declared: DeclaredQueue, tag: string): void {
    if (declared.exclusiveConsumer === tag) declared.exclusiveConsumer = undefined;
  }

  private dropUnused(declared: DeclaredQueue): void {
    const { queue, declaration } = declared;
    if (declaration.autoDelete && queue.consumers.count === 0 && this.broker.peek(queue.name) === declared)
      this.broker.deleteQueue(declared);
  }
}

/** A receiver is not told the keys of BCC. */
function withoutBlindKeys(message: Message): Message {
  if (message.headers.BCC === undefined) return message;
  const { BCC: _, ...headers } = message.headers;
  return { ...message, headers };
}

/**
 * What is settled together goes to its queues by consumers, in the order of their names, and what was got one by one before
 * that: a queue hands out what comes back first before the rest is back (`foreach_per_queue` of `rabbit_channel`, 3.10).
 */
function byConsumer(unsettled: readonly Unsettled[]): { readonly queue: Queue; readonly copies: readonly Copy[] }[] {
  const groups = new Map<string, { queue: Queue; consumer: string | undefined; copies: Copy[] }>();
  for (const { queue, copy, consumer } of unsettled) {
    const name = JSON.stringify([queue.name, consumer ?? groups.size]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { queue, consumer, copies: [copy] });
    else group.copies.push(copy);
  }
  const before = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
  return [...groups.values()].sort(
    (a, b) => before(a.queue.name, b.queue.name) || before(a.consumer ?? '', b.consumer ?? ''),
  );
}

/**
 * What a channel had when it closed comes back consumer by consumer in the order of their names, where its queue remembers
 * whose it was. Whoever got one by asking is to the queue a consumer by the number of that delivery (`quorum_ctag` of
 * `rabbit_quorum_queue`, `handle_down` of `rabbit_fifo`, 3.10).
 */
function byHolder(unsettled: ReadonlyMap<number, Unsettled>): Unsettled[] {
  const holders = [...unsettled].map(([tag, one]) => [one.consumer ?? `${tag}`, one] as const);
  return holders.sort(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1)).map(([, one]) => one);
}

function byQueue(unsettled: readonly Unsettled[]): Map<Queue, Copy[]> {
  const queues = new Map<Queue, Copy[]>();
  for (const { queue, copy } of unsettled) {
    const copies = queues.get(queue);
    if (copies === undefined) queues.set(queue, [copy]);
    else copies.push(copy);
  }
  return queues;
}

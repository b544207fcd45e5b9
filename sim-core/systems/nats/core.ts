/**
 * Core NATS: what is published goes to whoever is subscribed at that moment, once to each subscription and to one member of
 * each queue group, and is kept nowhere. A group is known by its name, across subscriptions to different subjects. A client
 * that reads too slowly is cut off at a limit of pending bytes, and what was pending for it is lost; publishers never wait.
 * https://docs.nats.io/nats-concepts/core-nats, /core-nats/queue, and running-a-nats-service/nats_admin/slow_consumers
 *
 * Does not model clusters, gateways, or the time that the server takes. `max_pending` is 64 MiB unless set.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import { Fifo } from '../../kernel/fifo.ts';
import { Fates } from '../../messaging/fates.ts';
import { isPattern, isSubject, subjectMatches } from './subject.ts';

export const MAX_PENDING_BYTES = 64 * 1024 * 1024;

export interface CoreMessage<Payload> {
  readonly subject: string;
  readonly payload: Payload;
  /** Bytes that it takes up on its way to a client. */
  readonly bytes: number;
  /** Where an answer is to be published. */
  readonly reply?: string;
}

export interface Subscription {
  readonly pattern: string;
  readonly queue: string | undefined;
  /** The number it has at its connection. */
  readonly id: number;
}

export interface Delivery<Payload> {
  readonly subscription: Subscription;
  readonly message: CoreMessage<Payload>;
}

/** Hears of each copy that a connection lost: it was cut off, closed, or went with the server. */
export type LossObserver<Payload> = (connection: Connection<Payload>, delivery: Delivery<Payload>) => void;

/** A client's connection, with what the server has pending for it. */
export class Connection<Payload> {
  readonly name: string;
  readonly books = new Fates();
  readonly subscriptions = new Map<number, Subscription>();
  private readonly pending = new Fifo<Delivery<Payload>>();
  private readonly maxPendingBytes: number;
  private bytes = 0;
  private subscribed = 0;
  private isCut = false;
  private readonly lost: LossObserver<Payload>;

  constructor(name: string, maxPendingBytes: number, lost: LossObserver<Payload>) {
    this.name = name;
    this.maxPendingBytes = maxPendingBytes;
    this.lost = lost;
  }

  /** Whether it has ended: the server has cut it off, as a slow consumer, or it was closed. */
  get cut(): boolean {
    return this.isCut;
  }

  get pendingBytes(): number {
    return this.bytes;
  }

  subscribe(pattern: string, queue?: string): Subscription {
    if (!isPattern(pattern)) throw new RangeError(`${this.name}: ${pattern} is no subject to subscribe to`);
    const subscription = { pattern, queue, id: ++this.subscribed };
    if (!this.isCut) this.subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  /** Ends a subscription; what is pending still comes. */
  unsubscribe(id: number): void {
    this.subscriptions.delete(id);
  }

  /** Takes the next message off the connection; undefined if there is none. */
  take(): Delivery<Payload> | undefined {
    if (this.pending.size === 0) return undefined;
    const delivery = this.pending.take();
    this.bytes -= delivery.message.bytes;
    this.books.move('ready', 'acknowledged');
    return delivery;
  }

  /** The server has a message for it: the last straw, if more is pending than it may have. */
  offer(delivery: Delivery<Payload>): void {
    this.books.take('ready');
    this.pending.add(delivery);
    this.bytes += delivery.message.bytes;
    if (this.bytes > this.maxPendingBytes) this.close();
  }

  violations(): readonly string[] {
    return this.books.violations(this.name, { ready: this.pending.size, inFlight: 0 });
  }

  /** Ends it; what was pending is lost. */
  close(): void {
    this.isCut = true;
    this.subscriptions.clear();
    while (this.pending.size > 0) {
      const delivery = this.pending.take();
      this.books.move('ready', 'lost');
      this.lost(this, delivery);
    }
    this.bytes = 0;
  }
}

export class CoreServer<Payload> {
  private readonly connections: Connection<Payload>[] = [];
  private readonly choices: RandomStream;
  /** Bytes that may be pending for each connection. */
  readonly maxPendingBytes: number;
  private readonly lost: LossObserver<Payload>;
  /** Messages that nobody was subscribed to. */
  unheard = 0;

  constructor(choices: RandomStream, maxPendingBytes = MAX_PENDING_BYTES, lost: LossObserver<Payload> = () => {}) {
    this.choices = choices;
    this.maxPendingBytes = maxPendingBytes;
    this.lost = lost;
  }

  connect(name: string): Connection<Payload> {
    const connection = new Connection<Payload>(name, this.maxPendingBytes, this.lost);
    this.connections.push(connection);
    return connection;
  }

  /** Killed: all connections end, with what was pending for them. */
  crash(): void {
    for (const connection of this.connections) connection.close();
  }

  /**
   * Publishes a message; gives how many copies of it are on their way. A request (a message with `reply`) that comes to
   * nobody is answered at once with 503, no responders: that is a 0 here.
   */
  publish(message: CoreMessage<Payload>): number {
    if (!isSubject(message.subject)) return 0;
    const groups = new Map<string, [Connection<Payload>, Subscription][]>();
    let copies = 0;
    for (const connection of this.connections) {
      const matching = [...connection.subscriptions.values()].filter(({ pattern }) =>
        subjectMatches(pattern, message.subject),
      );
      for (const subscription of matching) {
        const { queue } = subscription;
        if (queue !== undefined) {
          const members = groups.get(queue) ?? [];
          members.push([connection, subscription]);
          groups.set(queue, members);
        } else if (!connection.cut) {
          connection.offer({ subscription, message });
          copies++;
        }
      }
    }
    for (const members of groups.values()) {
      const open = members.filter(([connection]) => !connection.cut);
      if (open.length === 0) continue;
      const [connection, subscription] = open[this.choices.integer(open.length)];
      connection.offer({ subscription, message });
      copies++;
    }
    if (copies === 0) this.unheard++;
    return copies;
  }

  violations(): readonly string[] {
    return this.connections.flatMap((connection) => connection.violations());
  }
}

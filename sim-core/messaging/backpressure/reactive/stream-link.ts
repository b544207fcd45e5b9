/**
 * A stream over a link, as RSocket has it: the signals of a publisher travel to a subscriber elsewhere, and its `request` and
 * `cancel` travel back, so that demand crosses the network and is always a little old. The link has to keep the order. When
 * a process at either end dies the connection is reset: the subscription is over, and what was under way has nobody to take it.
 * https://rsocket.io/about/protocol (REQUEST_STREAM, REQUEST_N, CANCEL).
 */
import type { BackgroundRequests } from '../../../network/background-requests.ts';
import type { Link } from '../../../network/link.ts';
import type { RequestContext } from '../../../network/request-context.ts';
import type { Publisher, Subscriber, Subscription } from './reactive-streams.ts';

export interface StreamLinkOptions<Item> {
  readonly link: Pick<Link<unknown, unknown>, 'carry'>;
  readonly publisher: Publisher<Item>;
  readonly subscriber: Subscriber<Item>;
  readonly requestOf: (item: Item) => RequestContext;
  /** For signals that are about no item. */
  readonly background: BackgroundRequests;
  /** An item arrived whose connection has been reset. */
  readonly missed: (item: Item) => void;
}

export class StreamLink<Item> {
  readonly options: StreamLinkOptions<Item>;
  private connection: StreamConnection<Item> | undefined;
  /** Items that were sent and have not arrived. */
  underWay = 0;

  constructor(options: StreamLinkOptions<Item>) {
    this.options = options;
  }

  /** The subscriber subscribes, over the link, unless it has. */
  connect(): void {
    if (this.connection !== undefined) return;
    const connection = (this.connection = new StreamConnection(this));
    this.back(() => {
      if (this.isCurrent(connection)) this.options.publisher.subscribe(connection);
    });
  }

  /** A process at one end has died; the other end hears of it. */
  reset(died: 'publisher' | 'subscriber'): void {
    const { connection } = this;
    if (connection === undefined) return;
    this.connection = undefined;
    if (died === 'publisher') {
      connection.leave();
      this.forth(() => this.options.subscriber.onError(new Error('the connection was reset')));
    } else {
      this.options.subscriber.onError(new Error('the connection was reset'));
      this.back(() => connection.leave());
    }
  }

  isCurrent(connection: StreamConnection<Item>): boolean {
    return this.connection === connection;
  }

  forth(arrive: () => void): void {
    const { link, background } = this.options;
    link.carry('request', background.next(), arrive, undefined);
  }

  back(arrive: () => void): void {
    const { link, background } = this.options;
    link.carry('reply', background.next(), arrive, undefined);
  }
}

/** One subscription over the link: the subscriber of the publisher, and the subscription of the subscriber. */
class StreamConnection<Item> implements Subscriber<Item>, Subscription {
  private readonly stream: StreamLink<Item>;
  /** At the publisher's end. */
  private subscription: Subscription | undefined;

  constructor(stream: StreamLink<Item>) {
    this.stream = stream;
  }

  onSubscribe(subscription: Subscription): void {
    this.subscription = subscription;
    this.toSubscriber((subscriber) => subscriber.onSubscribe(this));
  }

  onNext(item: Item): void {
    const { stream } = this;
    stream.underWay++;
    stream.options.link.carry('request', stream.options.requestOf(item), (arrived: Item) => this.arrive(arrived), item);
  }

  onError(error: Error): void {
    this.toSubscriber((subscriber) => subscriber.onError(error));
  }

  onComplete(): void {
    this.toSubscriber((subscriber) => subscriber.onComplete());
  }

  request(n: number): void {
    this.stream.back(() => this.subscription?.request(n));
  }

  cancel(): void {
    this.stream.back(() => this.leave());
  }

  /** At the publisher's end. */
  leave(): void {
    const { subscription } = this;
    this.subscription = undefined;
    subscription?.cancel();
  }

  private arrive(item: Item): void {
    const { stream } = this;
    stream.underWay--;
    if (stream.isCurrent(this)) stream.options.subscriber.onNext(item);
    else stream.options.missed(item);
  }

  private toSubscriber(signal: (subscriber: Subscriber<Item>) => void): void {
    const { stream } = this;
    stream.forth(() => {
      if (stream.isCurrent(this)) signal(stream.options.subscriber);
    });
  }
}

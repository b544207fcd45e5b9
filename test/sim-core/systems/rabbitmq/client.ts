/** A client in few words: a broker, a channel, and what its consumers were handed. */
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { makeMessage, type Headers, type Message } from '../../../../sim-core/messaging/channels/message.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Broker, type Published } from '../../../../sim-core/systems/rabbitmq/broker.ts';
import type { Channel, ConsumeOptions, Delivery } from '../../../../sim-core/systems/rabbitmq/channel.ts';
import { Connection } from '../../../../sim-core/systems/rabbitmq/connection.ts';

export class Client {
  readonly sim: Simulation;
  readonly broker: Broker;
  readonly connection: Connection;
  readonly channel: Channel;
  readonly heard: Delivery[] = [];
  private consumers = 0;

  /** Of a broker of its own, or of another client's. */
  constructor(broker = new Broker(new Simulation())) {
    this.sim = broker.sim;
    this.broker = broker;
    this.connection = new Connection(broker);
    this.channel = this.connection.open();
  }

  queue(name: string, args: Headers = {}, durable = true): void {
    this.channel.declareQueue({ name, durable, exclusive: false, autoDelete: false, arguments: args });
  }

  exchange(
    name: string,
    type: 'direct' | 'fanout' | 'topic' | 'headers' | 'x-consistent-hash',
    alternate?: string,
  ): void {
    this.channel.declareExchange({ name, type, alternate, durable: true, autoDelete: false });
  }

  bind(queue: string, exchange: string, key = ''): void {
    this.channel.bind({ kind: 'queue', name: queue }, exchange, key, {});
  }

  /** To a queue by its name, or to an exchange with a key. */
  publish(
    content: string,
    to: string | readonly [string, string],
    options: Partial<Message> = {},
    mandatory = false,
  ): Published {
    const [exchange, routingKey] = typeof to === 'string' ? ['', to] : to;
    const bytes = content.length;
    const request = new RequestContext(0, this.sim.now);
    const message = { request, content, sent: this.sim.now, bytes, exchange, routingKey, ...options };
    return this.channel.publish(makeMessage(message), mandatory);
  }

  consume(queue: string, options: Partial<ConsumeOptions> = {}): string {
    const tag = `c${++this.consumers}`;
    const deliver = (delivery: Delivery): void => void this.heard.push(delivery);
    this.channel.consume(queue, { tag, noAck: false, exclusive: false, priority: 0, deliver, ...options });
    return tag;
  }

  /** Everything that is ready, which is then gone. */
  drain(queue: string): Delivery[] {
    const got: Delivery[] = [];
    for (let next = this.channel.get(queue, true); next; next = this.channel.get(queue, true)) got.push(next);
    return got;
  }

  bodies(queue: string): string[] {
    return this.drain(queue).map(({ message }) => message.content as string);
  }

  ready(queue: string): number {
    return this.broker.peek(queue)!.queue.ready;
  }

  /** Lets so many milliseconds pass, and what is due at once. */
  elapse(milliseconds: number): void {
    this.sim.runUntil(this.sim.now + ms(milliseconds) + 1);
  }
}

export const bodiesOf = (deliveries: readonly Delivery[]): string[] =>
  deliveries.map(({ message }) => message.content as string);

/** Plays a script against the model: no time passes but in a wait. */
import {
  AmqpConnection,
  AmqpError,
  Broker,
  makeMessage,
  ms,
  RequestContext,
  Simulation,
  type AmqpChannel,
  type Delivery,
  type Headers,
} from '../../../../sim-core/index.ts';
import {
  bodyOf,
  inOrder,
  QUEUES,
  WAIT_MS,
  type Actor,
  type RabbitAnswer,
  type RabbitStep,
  type Told,
} from './steps.ts';
import { UnsettledDeliveries } from './unsettled.ts';

interface Client {
  readonly connection: AmqpConnection;
  channel: AmqpChannel;
  consumers: string[];
  readonly unsettled: UnsettledDeliveries;
}

export function playModel(script: readonly RabbitStep[], broker = new Broker(new Simulation())): RabbitAnswer[] {
  return new ModelPlayer(broker).play(script);
}

class ModelPlayer {
  private readonly broker: Broker;
  private readonly clients: readonly Client[];
  private heard: Told[] = [];
  private step = 0;

  constructor(broker: Broker) {
    this.broker = broker;
    this.clients = [0, 1].map(() => {
      const connection = new AmqpConnection(broker);
      return { connection, channel: connection.open(), consumers: [], unsettled: new UnsettledDeliveries() };
    });
  }

  play(script: readonly RabbitStep[]): RabbitAnswer[] {
    const { sim } = this.broker;
    return script.map((step, index) => {
      this.heard = [];
      this.step = index;
      const result = this.attempt(step, index);
      sim.runUntil(sim.now + (step.op === 'wait' ? ms(WAIT_MS) : 1));
      return { result, delivered: inOrder(this.heard), queues: this.queues() };
    });
  }

  private attempt(step: RabbitStep, index: number): unknown {
    try {
      return this.do(step, index);
    } catch (error) {
      if (!(error instanceof AmqpError) || !('actor' in step)) throw error;
      this.reopen(step.actor);
      return { error: error.code };
    }
  }

  private do(step: RabbitStep, index: number): unknown {
    if (step.op === 'wait') return undefined;
    if (step.op === 'drain') return this.drain();
    const { actor } = step;
    const client = this.clients[actor];
    const { channel } = client;
    switch (step.op) {
      case 'declare-queue':
        channel.declareQueue({ ...step, name: step.queue });
        return undefined;
      case 'check-queue':
        return channel.checkQueue(step.queue).queue.ready;
      case 'purge-queue':
        return channel.purge(step.queue);
      case 'delete-queue':
        return channel.deleteQueue(step.queue, step);
      case 'declare-exchange':
        channel.declareExchange({ ...step, name: step.exchange, durable: true });
        return undefined;
      case 'delete-exchange':
        return channel.deleteExchange(step.exchange, step);
      case 'bind':
        return channel.bind(step.to, step.exchange, step.key, step.arguments);
      case 'unbind':
        return channel.unbind(step.to, step.exchange, step.key, step.arguments);
      case 'publish':
        return this.publish(step, index);
      case 'get': {
        const delivery = channel.get(step.queue, step.noAck);
        if (delivery === undefined) return null;
        if (!step.noAck) client.unsettled.add(delivery.tag, index);
        return { ...told(delivery, actor), left: this.broker.peek(step.queue)!.queue.ready };
      }
      case 'consume': {
        const { queue, noAck, exclusive, priority } = step;
        const deliver = (delivery: Delivery): void => {
          this.heard.push(told(delivery, actor));
          if (!noAck) client.unsettled.add(delivery.tag, this.step, delivery.consumer);
        };
        channel.consume(queue, { tag: `c${index}`, noAck, exclusive, priority, deliver });
        client.consumers.push(`c${index}`);
        return undefined;
      }
      case 'cancel': {
        const { consumers } = client;
        const [tag] = consumers.splice(step.pick % Math.max(1, consumers.length), 1);
        if (tag !== undefined) channel.cancel(tag);
        return tag;
      }
      case 'prefetch':
        return channel.prefetch(step.count, step.global);
      case 'ack-unknown':
        return channel.acknowledge(9_999, false);
      case 'recover':
        client.unsettled.clear();
        return channel.recover();
      case 'close-channel':
        channel.close();
        return this.reopen(actor);
      default:
        return this.settle(step, client);
    }
  }

  private settle(
    step: Extract<RabbitStep, { op: 'ack' | 'nack' | 'reject' }>,
    { channel, unsettled }: Client,
  ): unknown {
    const isMultiple = step.op !== 'reject' && step.multiple;
    const tag = unsettled.take(step.pick, isMultiple);
    if (tag === undefined) return 'nothing unsettled';
    if (step.op === 'ack') channel.acknowledge(tag, isMultiple);
    else channel.reject(tag, isMultiple, step.requeue);
    return undefined;
  }

  private publish(step: Extract<RabbitStep, { op: 'publish' }>, index: number): unknown {
    const { actor, exchange, key, bytes, mandatory, expiration, cc, bcc } = step;
    const content = bodyOf(index, bytes);
    const { queues, refused } = this.clients[actor].channel.publish(
      makeMessage({
        request: new RequestContext(index, this.broker.sim.now),
        content,
        sent: this.broker.sim.now,
        bytes: content.length,
        exchange,
        routingKey: key,
        headers: { ...step.headers, ...(cc.length > 0 ? { CC: cc } : {}), ...(bcc.length > 0 ? { BCC: bcc } : {}) },
        priority: step.priority ?? 0,
        ttl: expiration === undefined ? undefined : ms(expiration),
        persistent: step.persistent,
      }),
    );
    return { confirm: refused ? 'nack' : 'ack', returned: mandatory && queues.length === 0 };
  }

  private drain(): unknown {
    for (const { channel } of this.clients) channel.close();
    this.settleDown();
    const contents: Record<string, unknown> = {};
    for (const name of QUEUES) {
      const declared = this.broker.peek(name);
      if (declared === undefined) continue;
      const by = this.clients.find(({ connection }) => connection === declared.owner) ?? this.clients[0];
      contents[name] = contentsOf(name, by.connection.open());
      this.settleDown();
    }
    for (const actor of [0, 1] as const) this.reopen(actor);
    return contents;
  }

  private settleDown(): void {
    const { sim } = this.broker;
    sim.runUntil(sim.now + 1);
  }

  private reopen(actor: Actor): undefined {
    const client = this.clients[actor];
    client.channel = client.connection.open();
    client.consumers = [];
    client.unsettled.clear();
  }

  private queues(): Record<string, readonly [number, number]> {
    const there = QUEUES.flatMap((name) => {
      const queue = this.broker.peek(name)?.queue;
      return queue === undefined ? [] : [[name, [queue.ready, queue.users]] as const];
    });
    return Object.fromEntries(there);
  }
}

function contentsOf(name: string, channel: AmqpChannel): unknown {
  const got: Told[] = [];
  try {
    for (let next = channel.get(name, true); next !== undefined; next = channel.get(name, true)) got.push(told(next));
    channel.close();
    return got;
  } catch (error) {
    if (error instanceof AmqpError) return 'no gets here';
    throw error;
  }
}

/** Without an actor: as a drained queue is told, where tags say nothing. */
function told({ consumer, redelivered, message, deliveryCount }: Delivery, actor?: Actor): Told {
  const about = {
    body: message.content as string,
    redelivered,
    exchange: message.exchange,
    key: message.routingKey,
    headers: headersTold(message.headers, deliveryCount),
  };
  if (actor === undefined) return about;
  return consumer === undefined ? { actor, ...about } : { actor, consumer, ...about };
}

function headersTold(headers: Headers, deliveryCount: number | undefined): Headers {
  const deaths = headers['x-death'];
  return {
    ...headers,
    ...(Array.isArray(deaths) ? { 'x-death': deaths.map((death) => ({ ...(death as Headers), time: 0 })) } : {}),
    ...(deliveryCount === undefined ? {} : { 'x-delivery-count': deliveryCount }),
  };
}

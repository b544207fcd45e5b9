/**
 * Plays a script against the real server over two connections. After each step it waits until everything that the step
 * brought about has arrived, which takes no guessing where processes of the server send each other messages in order: a
 * request on the client's channel comes back after what was sent there before, one to each queue after what the queue did
 * before. It goes round until two rounds tell the same. Quorum queues work through a log, so those are given a moment more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelModel, ConfirmChannel, ConsumeMessage, GetMessage, Message } from 'amqplib';
import type { Headers, HeaderValue } from '../../../../sim-core/index.ts';
import {
  bodyOf,
  inOrder,
  QUEUES,
  SHORT_MS,
  WAIT_MS,
  type Actor,
  type RabbitAnswer,
  type RabbitStep,
  type Told,
} from './steps.ts';
import { UnsettledDeliveries } from './unsettled.ts';

const ROUNDS_MIN = 2;
const ROUNDS_MAX = 8;
const QUORUM_PAUSE_MS = 8;

type QueueStates = Record<string, readonly [number, number]>;

interface Client {
  readonly connection: ChannelModel;
  channel: ConfirmChannel;
  /** Asks how queues stand, so that a queue that has gone does not close the client's channel. */
  control: ConfirmChannel;
  consumers: string[];
  readonly unsettled: UnsettledDeliveries;
  /** The code by which the server closed the channel. */
  error: number | undefined;
  returned: boolean;
}

export class ServerPlayer {
  /** One a step that was played. */
  readonly answers: RabbitAnswer[] = [];
  private readonly connections: readonly ChannelModel[];
  private readonly prefix: string;
  private readonly slowness: number;
  private clients: readonly Client[] = [];
  /** Queues that were declared and may still be there, and whose they are. */
  private readonly known = new Map<string, Actor>();
  private readonly exchanges = new Set<string>();
  private hasQuorum = false;
  private heard: Told[] = [];

  constructor(connections: readonly ChannelModel[], prefix: string, slowness: number) {
    this.connections = connections;
    this.prefix = prefix;
    this.slowness = slowness;
  }

  async play(script: readonly RabbitStep[]): Promise<void> {
    this.clients = await Promise.all(
      this.connections.map((connection, actor) => this.join(connection, actor as Actor)),
    );
    for (const [index, step] of script.entries()) {
      this.heard = [];
      let result = await this.attempt(step, index);
      const queues = await this.settleDown();
      if ('actor' in step) {
        const client = this.clients[step.actor];
        if (client.error !== undefined) {
          result = { error: client.error };
          await this.reopen(step.actor);
        } else if (step.op === 'publish') result = { ...(result as object), returned: client.returned };
      }
      this.answers.push({ result, delivered: inOrder(this.heard), queues });
    }
    await this.leave();
  }

  private async attempt(step: RabbitStep, index: number): Promise<unknown> {
    try {
      return await this.do(step, index);
    } catch (error) {
      // The server closed the channel: its code is told by the channel's own event.
      if ('actor' in step && (await this.hasFailed(step.actor))) return undefined;
      throw error;
    }
  }

  private async hasFailed(actor: Actor): Promise<boolean> {
    for (let i = 0; i < 100 && this.clients[actor].error === undefined; i++) await sleep(1);
    return this.clients[actor].error !== undefined;
  }

  private async do(step: RabbitStep, index: number): Promise<unknown> {
    if (step.op === 'wait') return void (await sleep(WAIT_MS * this.slowness));
    if (step.op === 'drain') return this.drain();
    const { actor } = step;
    const client = this.clients[actor];
    const { channel } = client;
    switch (step.op) {
      case 'declare-queue': {
        const { durable, exclusive, autoDelete } = step;
        await channel.assertQueue(this.longName(step.queue), {
          durable,
          exclusive,
          autoDelete,
          arguments: this.longArguments(step.arguments),
        });
        if (!this.known.has(step.queue) || exclusive) this.known.set(step.queue, actor);
        if (step.arguments['x-queue-type'] === 'quorum') this.hasQuorum = true;
        return undefined;
      }
      case 'check-queue':
        return (await channel.checkQueue(this.longName(step.queue))).messageCount;
      case 'purge-queue':
        return (await channel.purgeQueue(this.longName(step.queue))).messageCount;
      case 'delete-queue': {
        const { ifUnused, ifEmpty } = step;
        return (await channel.deleteQueue(this.longName(step.queue), { ifUnused, ifEmpty })).messageCount;
      }
      case 'declare-exchange': {
        const { exchange, type, autoDelete, alternate } = step;
        const named = alternate === undefined ? {} : { alternateExchange: this.longName(alternate) };
        await channel.assertExchange(this.longName(exchange), type, { durable: true, autoDelete, ...named });
        this.exchanges.add(exchange);
        return undefined;
      }
      case 'delete-exchange':
        await channel.deleteExchange(this.longName(step.exchange), { ifUnused: step.ifUnused });
        return undefined;
      case 'bind':
      case 'unbind': {
        const words = [
          this.longName(step.to.name),
          this.longName(step.exchange),
          this.longKey(step.key),
          step.arguments,
        ] as const;
        if (step.to.kind === 'queue')
          await (step.op === 'bind' ? channel.bindQueue(...words) : channel.unbindQueue(...words));
        else await (step.op === 'bind' ? channel.bindExchange(...words) : channel.unbindExchange(...words));
        return undefined;
      }
      case 'publish':
        return this.publish(step, index);
      case 'get': {
        const got = await channel.get(this.longName(step.queue), { noAck: step.noAck });
        if (got === false) return null;
        if (!step.noAck) client.unsettled.add(got.fields.deliveryTag, index);
        return { actor, ...this.told(got), left: (got as GetMessage).fields.messageCount };
      }
      case 'consume': {
        const { queue, noAck, exclusive, priority } = step;
        const consumerTag = `c${index}`;
        const onMessage = (message: ConsumeMessage | null): void => this.hear(actor, consumerTag, noAck, message);
        await channel.consume(this.longName(queue), onMessage, { consumerTag, noAck, exclusive, priority });
        client.consumers.push(consumerTag);
        return undefined;
      }
      case 'cancel': {
        const { consumers } = client;
        const [tag] = consumers.splice(step.pick % Math.max(1, consumers.length), 1);
        if (tag !== undefined) await channel.cancel(tag);
        return tag;
      }
      case 'prefetch':
        await channel.prefetch(step.count, step.global);
        return undefined;
      case 'ack-unknown':
        return void channel.ack(messageOf(9_999));
      case 'recover':
        client.unsettled.clear();
        await channel.recover();
        return undefined;
      case 'close-channel':
        await channel.close();
        await this.reopen(actor);
        return undefined;
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
    if (step.op === 'ack') channel.ack(messageOf(tag), isMultiple);
    else if (step.op === 'nack') channel.nack(messageOf(tag), isMultiple, step.requeue);
    else channel.reject(messageOf(tag), step.requeue);
    return undefined;
  }

  private async publish(step: Extract<RabbitStep, { op: 'publish' }>, index: number): Promise<unknown> {
    const { actor, exchange, key, bytes, mandatory, persistent, expiration, priority, headers, cc, bcc } = step;
    const client = this.clients[actor];
    client.returned = false;
    const options = {
      mandatory,
      persistent,
      headers,
      ...(expiration === undefined ? {} : { expiration: this.slowed(expiration) }),
      ...(priority === undefined ? {} : { priority }),
      ...(cc.length > 0 ? { CC: cc.map((each) => this.longKey(each)) } : {}),
      ...(bcc.length > 0 ? { BCC: bcc.map((each) => this.longKey(each)) } : {}),
    };
    const body = Buffer.from(bodyOf(index, bytes));
    const name = exchange === '' ? '' : this.longName(exchange);
    const isRefused = await new Promise((resolve) => {
      client.channel.publish(name, this.longKey(key), body, options, (error: unknown) => resolve(Boolean(error)));
    });
    return { confirm: isRefused ? 'nack' : 'ack' };
  }

  private async drain(): Promise<unknown> {
    for (const actor of [0, 1] as const) {
      await this.clients[actor].channel.close();
      await this.reopen(actor);
      await this.settleDown();
    }
    const contents: Record<string, unknown> = {};
    for (const name of QUEUES) {
      const actor = this.known.get(name);
      if (actor === undefined) continue;
      contents[name] = await this.contentsOf(name, actor).catch(async () => {
        await this.reopen(actor);
        return 'no gets here';
      });
      // What came to a head there may have died, and gone to the next queue.
      await this.settleDown();
    }
    return contents;
  }

  private async contentsOf(name: string, actor: Actor): Promise<Told[]> {
    const got: Told[] = [];
    for (;;) {
      const next = await this.clients[actor].channel.get(this.longName(name), { noAck: true });
      if (next === false) return got;
      got.push(this.told(next));
    }
  }

  /** Waits until nothing moves any more; what the queues say then. */
  private async settleDown(): Promise<QueueStates> {
    let before = '';
    for (let round = 1; ; round++) {
      if (this.hasQuorum) await sleep(QUORUM_PAUSE_MS * this.slowness);
      await this.flush();
      const states = await this.queueStates();
      await this.flush();
      const now = JSON.stringify([states, this.heard.length]);
      if ((round >= ROUNDS_MIN && now === before) || round >= ROUNDS_MAX) return states;
      before = now;
    }
  }

  /** Everything that was on its way on the clients' channels has been dealt with. */
  private async flush(): Promise<void> {
    await Promise.all(
      this.clients.map(async (client) => {
        if (client.error !== undefined) return;
        // Fails where the server has closed the channel meanwhile.
        await client.channel.checkExchange('amq.direct').catch(() => {});
      }),
    );
  }

  private async queueStates(): Promise<QueueStates> {
    const states: QueueStates = {};
    for (const name of QUEUES) {
      const actor = this.known.get(name);
      if (actor === undefined) continue;
      const client = this.clients[actor];
      try {
        const { messageCount, consumerCount } = await client.control.checkQueue(this.longName(name));
        states[name] = [messageCount, consumerCount];
      } catch {
        this.known.delete(name);
        client.control = await openChannel(client.connection);
      }
    }
    return states;
  }

  private hear(actor: Actor, consumer: string, noAck: boolean, message: ConsumeMessage | null): void {
    const client = this.clients[actor];
    if (message === null) return;
    if (!noAck) client.unsettled.add(message.fields.deliveryTag, this.answers.length, consumer);
    this.heard.push({ actor, consumer, ...this.told(message) });
  }

  private async join(connection: ChannelModel, actor: Actor): Promise<Client> {
    const client: Client = {
      connection,
      channel: await openChannel(connection),
      control: await openChannel(connection),
      consumers: [],
      unsettled: new UnsettledDeliveries(),
      error: undefined,
      returned: false,
    };
    this.listen(client, actor);
    return client;
  }

  private listen(client: Client, actor: Actor): void {
    const { channel } = client;
    channel.on('return', () => void (client.returned = true));
    channel.on('error', (error: Error & { readonly code?: number }) => {
      if (this.clients[actor].channel === channel) client.error = error.code;
    });
  }

  private async reopen(actor: Actor): Promise<void> {
    const client = this.clients[actor];
    client.channel = await openChannel(client.connection);
    client.consumers = [];
    client.unsettled.clear();
    client.error = undefined;
    this.listen(client, actor);
  }

  private async leave(): Promise<void> {
    for (const [name, actor] of this.known) await this.clients[actor].control.deleteQueue(this.longName(name));
    for (const name of this.exchanges) await this.clients[0].control.deleteExchange(this.longName(name));
    await Promise.all(this.clients.flatMap(({ channel, control }) => [channel.close(), control.close()]));
  }

  private told({ content, fields, properties }: ConsumeMessage | GetMessage): Told {
    return {
      body: content.toString(),
      redelivered: fields.redelivered,
      exchange: this.short(fields.exchange),
      key: this.short(fields.routingKey),
      headers: this.shortHeaders((properties.headers ?? {}) as Headers) as Headers,
    };
  }

  private longName(name: string): string {
    return this.prefix + name;
  }

  /** Keys that name a queue lead to it by the default exchange. */
  private longKey(key: string): string {
    return (QUEUES as readonly string[]).includes(key) ? this.longName(key) : key;
  }

  private longArguments(given: Headers): Headers {
    const { 'x-dead-letter-exchange': office, 'x-dead-letter-routing-key': key } = given;
    const times = ['x-message-ttl', 'x-expires'].filter((name) => given[name] !== undefined);
    return {
      ...given,
      ...Object.fromEntries(times.map((name) => [name, this.slowed(given[name] as number)])),
      ...(typeof office === 'string' && office !== '' ? { 'x-dead-letter-exchange': this.longName(office) } : {}),
      ...(typeof key === 'string' ? { 'x-dead-letter-routing-key': this.longKey(key) } : {}),
    };
  }

  /** A time as the server is told it: what ends in a wait has to be as much longer as the wait. */
  private slowed(milliseconds: number): number {
    return milliseconds === SHORT_MS ? SHORT_MS * this.slowness : milliseconds;
  }

  private short(text: string): string {
    return text.startsWith(this.prefix) ? text.slice(this.prefix.length) : text;
  }

  /** The moment of a death is the machine's, and a time to live is as the script has it. */
  private headerTold(name: string, value: HeaderValue): HeaderValue {
    if (name === 'time') return 0;
    if (name === 'original-expiration' && value === String(this.slowed(SHORT_MS))) return String(SHORT_MS);
    return this.shortHeaders(value);
  }

  /** Names as the script has them. */
  private shortHeaders(value: HeaderValue): HeaderValue {
    if (typeof value === 'string') return this.short(value);
    if (Array.isArray(value)) return value.map((each) => this.shortHeaders(each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, this.headerTold(name, each as HeaderValue)]),
    );
  }
}

async function openChannel(connection: ChannelModel): Promise<ConfirmChannel> {
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
}

/** All that amqplib needs of a message to settle it. */
const messageOf = (deliveryTag: number): Message => ({ fields: { deliveryTag } }) as unknown as Message;

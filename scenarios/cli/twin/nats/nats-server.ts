/**
 * A script for NATS played on a real server. The transport of NATS's own client carries it; JetStream is spoken to by its
 * requests, so that nothing stands between what is compared.
 */
import { connect } from '@nats-io/transport-node';
import { headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { Advisory } from '../../../../sim-core/index.ts';
import { freePort, ServerProcess } from '../server-process.ts';
import type { Answer, RealServer } from '../twin.ts';
import { advisoriesOf, ownSubject, ownWord, pendingOf, receiversOf, wordsOf, type Received } from './answers.ts';
import {
  BURST_MS,
  START_BURST,
  START_SEQUENCE,
  type ConsumerOptions,
  type NatsScript,
  type NatsStep,
  type StreamOptions,
} from './nats-scripts.ts';

const PATIENCE_MS = 5_000;
/** How long a request for messages waits for more, and what is pushed is waited for. */
const FETCH_MS = 60;
const NANOSECONDS = 1_000_000;

export async function startNats(program: string): Promise<RealServer<NatsStep>> {
  const process = new ServerProcess('nats');
  try {
    const port = await freePort();
    const words = ['-a', '127.0.0.1', '-p', `${port}`, '-js', '-sd', process.folder];
    await process.start({
      program,
      words,
      isReady: (output) => output.includes('Server is ready'),
      patienceMs: 10_000,
    });
    const servers = `127.0.0.1:${port}`;
    const connections = await Promise.all([connect({ servers }), connect({ servers })]);
    let plays = 0;
    return {
      version: `NATS ${connections[0].info?.version}`,
      play: async (script) => {
        const player = new ServerPlayer(connections, ++plays);
        try {
          return await player.play(script);
        } finally {
          await player.end();
        }
      },
      stop: async () => {
        await Promise.all(connections.map((connection) => connection.close()));
        await process.stop();
      },
    };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

interface JetDelivery {
  readonly sequence: number;
  readonly subject: string;
  readonly attempt: number;
  readonly delivery: number;
  /** Where it is acknowledged. */
  readonly reply: string;
}

interface Delivered {
  readonly all: JetDelivery[];
  seen: number;
}

class ServerPlayer {
  private readonly connections: readonly NatsConnection[];
  private readonly jet: NatsConnection;
  private readonly number: number;
  private readonly prefix: string;
  private readonly startedMs = Date.now();
  private readonly subscriptions: Subscription[] = [];
  private readonly others: Subscription[] = [];
  private received: Received[] = [];
  private readonly delivered = new Map<string, Delivered>();
  private readonly advisories: Advisory[] = [];
  private hasStream = false;
  private bursts = 0;

  constructor(connections: readonly NatsConnection[], number: number) {
    this.connections = connections;
    [this.jet] = connections;
    this.number = number;
    this.prefix = ownWord(number);
  }

  async play(script: NatsScript): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const step of script) answers.push(await this.answer(step));
    return answers;
  }

  async end(): Promise<void> {
    for (const subscription of [...this.subscriptions, ...this.others]) subscription.unsubscribe();
    if (this.hasStream) await this.ask(`STREAM.DELETE.${this.prefix}`);
  }

  private async answer(step: NatsStep): Promise<Answer> {
    switch (step.op) {
      case 'subscribe':
        return this.subscribe(step);
      case 'unsubscribe': {
        const [ended] = this.subscriptions.splice(step.nth % this.subscriptions.length, 1);
        ended?.unsubscribe();
        await this.settled();
        return 'unsubscribed';
      }
      case 'publish core':
        this.jet.publish(this.own(step.subject));
        return this.takeReceived();
      case 'request': {
        const answered = await this.jet.request(this.own(step.subject), '', { timeout: PATIENCE_MS }).then(
          () => true,
          (error: Error) => {
            if (error.name === 'NoRespondersError' || error.message.includes('no responders')) return false;
            throw error;
          },
        );
        return { answered, received: await this.takeReceived() };
      }
      case 'stream':
        return this.makeStream(step.options);
      case 'wait': {
        const untilMs = this.startedMs + ++this.bursts * BURST_MS;
        await pause(untilMs - Date.now());
        return 'waited';
      }
      case 'consumer':
        return this.makeConsumer(step.name, step.push, step.options);
      case 'publish':
        return this.publish(step.subject, step.bytes, step.id);
      case 'fetch':
        return this.fetch(step.name, step.batch);
      case 'settle':
        return this.settle(step);
      case 'delete consumer':
        this.delivered.delete(step.name);
        return (await this.ask(`CONSUMER.DELETE.${this.prefix}.${step.name}`)).success === true;
      case 'delete message':
        return (await this.ask(`STREAM.MSG.DELETE.${this.prefix}`, { seq: step.sequence })).success === true;
      case 'purge':
        return (await this.ask(`STREAM.PURGE.${this.prefix}`)).purged ?? null;
      case 'state':
        return this.state();
    }
  }

  private own(subject: string): string {
    return ownSubject(this.number, subject);
  }

  private async subscribe({ connection, pattern, queue }: Extract<NatsStep, { op: 'subscribe' }>): Promise<Answer> {
    const subscription = this.connections[connection].subscribe(this.own(pattern), {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error !== null) throw error;
        this.received.push({ nth: this.subscriptions.indexOf(subscription), queue });
        message.respond('');
      },
    });
    this.subscriptions.push(subscription);
    await this.settled();
    return 'subscribed';
  }

  /** The server has seen all that was sent, and we all that it sent. */
  private async settled(): Promise<void> {
    for (const connection of this.connections) await connection.flush();
    for (const connection of this.connections) await connection.flush();
  }

  private async takeReceived(): Promise<readonly string[]> {
    await this.settled();
    const received = receiversOf(this.received);
    this.received = [];
    return received;
  }

  private async makeStream({ max_age, duplicate_window, ...options }: StreamOptions): Promise<Answer> {
    const created = await this.ask(`STREAM.CREATE.${this.prefix}`, {
      name: this.prefix,
      subjects: [this.own('*')],
      storage: 'memory',
      ...options,
      ...(max_age === undefined ? {} : { max_age: max_age * NANOSECONDS }),
      ...(duplicate_window === undefined ? {} : { duplicate_window: duplicate_window * NANOSECONDS }),
    });
    this.hasStream = true;
    const type = '$JS.EVENT.ADVISORY.CONSUMER';
    for (const event of ['MAX_DELIVERIES', 'MSG_NAKED', 'MSG_TERMINATED']) {
      this.others.push(
        this.jet.subscribe(`${type}.${event}.${this.prefix}.*`, { callback: (_, message) => this.advised(message) }),
      );
    }
    await this.settled();
    return errorOf(created) ?? 'created';
  }

  private advised(message: Msg): void {
    const {
      type,
      stream_seq: sequence,
      deliveries,
    } = message.json<{ type: string; stream_seq: number; deliveries: number }>();
    const kind = (/(max_deliver|nak|terminated)$/.exec(type)?.[1] ?? type) as Advisory['type'];
    this.advisories.push({ type: kind, sequence, deliveries });
  }

  private async makeConsumer(name: string, push: boolean, options: ConsumerOptions): Promise<Answer> {
    if (this.delivered.has(name)) return 'there';
    const { ack_policy = 'explicit', ack_wait, backoff, filter_subject, deliver_policy, ...rest } = options;
    const delivered: Delivered = { all: [], seen: 0 };
    const inbox = `${this.prefix}-inbox-${name}`;
    if (push)
      this.others.push(
        this.jet.subscribe(inbox, { callback: (_, message) => void delivered.all.push(deliveryOf(message)) }),
      );
    const created = await this.ask(`CONSUMER.DURABLE.CREATE.${this.prefix}.${name}`, {
      stream_name: this.prefix,
      config: {
        durable_name: name,
        ack_policy,
        deliver_policy: deliver_policy ?? 'all',
        ...rest,
        ...(push ? { deliver_subject: inbox } : {}),
        ...(ack_wait === undefined ? {} : { ack_wait: ack_wait * NANOSECONDS }),
        ...(backoff === undefined ? {} : { backoff: backoff.map((wait) => wait * NANOSECONDS) }),
        ...(filter_subject === undefined ? {} : { filter_subject: this.own(filter_subject) }),
        ...(deliver_policy === 'by_start_sequence' ? { opt_start_seq: START_SEQUENCE } : {}),
        ...(deliver_policy === 'by_start_time'
          ? { opt_start_time: new Date(this.startedMs + START_BURST * BURST_MS).toISOString() }
          : {}),
      },
    });
    const error = errorOf(created);
    if (error === undefined) this.delivered.set(name, delivered);
    return error ?? 'created';
  }

  private async publish(subject: string, bytes: number, id: string | undefined): Promise<Answer> {
    const named = headers();
    if (id !== undefined) named.set('Nats-Msg-Id', id);
    const options = { timeout: PATIENCE_MS, ...(id === undefined ? {} : { headers: named }) };
    const reply = await this.jet.request(this.own(subject), 'x'.repeat(bytes), options);
    const ack = reply.json<JetReply & { seq?: number; duplicate?: boolean }>();
    return errorOf(ack) ?? { sequence: ack.seq, duplicate: ack.duplicate ?? false };
  }

  private async fetch(name: string, batch: number): Promise<Answer> {
    const delivered = this.delivered.get(name);
    if (delivered === undefined) return 'no consumer';
    if (batch === 0) await pause(FETCH_MS);
    else await this.pull(name, batch, delivered.all);
    const fresh = delivered.all.slice(delivered.seen);
    delivered.seen = delivered.all.length;
    return fresh.map(({ sequence, subject, attempt, delivery }) => [sequence, wordsOf(subject), attempt, delivery]);
  }

  /** Asks for messages until all have come or the server says that there are no more. */
  private async pull(name: string, batch: number, into: JetDelivery[]): Promise<void> {
    const inbox = `${this.prefix}-pull-${into.length}`;
    let left = batch;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no end of a request for messages of ${name}`)), PATIENCE_MS);
      const done = (): void => {
        clearTimeout(timer);
        subscription.unsubscribe();
        resolve();
      };
      const subscription = this.jet.subscribe(inbox, {
        callback: (_, message) => {
          const code = message.headers?.code ?? 0;
          if (code === 0) {
            into.push(deliveryOf(message));
            left--;
          }
          if (code !== 0 || left === 0) done();
        },
      });
      const request = JSON.stringify({ batch, expires: FETCH_MS * NANOSECONDS });
      this.jet.publish(`$JS.API.CONSUMER.MSG.NEXT.${this.prefix}.${name}`, request, { reply: inbox });
    });
  }

  private async settle({ name, nth, how, delay_ms = 0 }: Extract<NatsStep, { op: 'settle' }>): Promise<Answer> {
    const delivered = this.delivered.get(name);
    if (delivered === undefined || delivered.seen === 0) return 'nothing';
    const { sequence, delivery, reply } = delivered.all[nth % delivered.seen];
    const words = {
      ack: '+ACK',
      nak: '-NAK',
      'nak delay': `-NAK {"delay": ${delay_ms * NANOSECONDS}}`,
      term: '+TERM',
      'in progress': '+WPI',
    };
    await this.jet.request(reply, words[how], { timeout: PATIENCE_MS });
    return [sequence, delivery];
  }

  private async state(): Promise<Answer> {
    const { state } = (await this.ask(`STREAM.INFO.${this.prefix}`)) as unknown as { state: Record<string, number> };
    const consumers: Record<string, unknown> = {};
    for (const name of this.delivered.keys()) {
      const info = (await this.ask(`CONSUMER.INFO.${this.prefix}.${name}`)) as unknown as ConsumerInfo;
      consumers[name] = {
        delivered: [info.delivered.consumer_seq, info.delivered.stream_seq],
        floor: [info.ack_floor.consumer_seq, info.ack_floor.stream_seq],
        ackPending: info.num_ack_pending,
        redelivered: info.num_redelivered,
        pending: pendingOf(info.config.deliver_policy, info.num_pending),
      };
    }
    const { messages, bytes, first_seq: first, last_seq: last } = state;
    return { messages, bytes, first, last, consumers, advisories: advisoriesOf(this.advisories) };
  }

  private async ask(what: string, body: object = {}): Promise<JetReply> {
    const payload = Object.keys(body).length === 0 ? '' : JSON.stringify(body);
    return (await this.jet.request(`$JS.API.${what}`, payload, { timeout: PATIENCE_MS })).json();
  }
}

interface JetReply {
  readonly error?: { readonly description: string };
  readonly success?: boolean;
  readonly purged?: number;
}

interface ConsumerInfo {
  readonly delivered: { readonly consumer_seq: number; readonly stream_seq: number };
  readonly ack_floor: { readonly consumer_seq: number; readonly stream_seq: number };
  readonly num_ack_pending: number;
  readonly num_redelivered: number;
  readonly num_pending: number;
  readonly config: { readonly deliver_policy: string };
}

const errorOf = ({ error }: JetReply): { readonly error: string } | undefined =>
  error === undefined ? undefined : { error: error.description };

/** Where a delivery is to be acknowledged says which one it is: `$JS.ACK.stream.consumer.attempt.sequence.delivery.time.left`. */
function deliveryOf({ subject, reply = '' }: Msg): JetDelivery {
  const [, , , , attempt, sequence, delivery] = reply.split('.');
  return { subject, reply, attempt: Number(attempt), sequence: Number(sequence), delivery: Number(delivery) };
}

const pause = (timeMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs)));

/** The steps of a script that are about a JetStream stream, played on a real server by JetStream's requests. */
import { headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { Advisory } from '../../../../sim-core/index.ts';
import type { Answer } from '../twin.ts';
import { advisoriesOf, bytesOf, ownSubject, ownWord, pendingOf, wordsOf } from './answers.ts';
import {
  BURST_MS,
  START_BURST,
  START_SEQUENCE,
  type ConsumerOptions,
  type NatsStep,
  type StreamOptions,
} from './steps.ts';

export const PATIENCE_MS = 5_000;
/** How long a request for messages waits for more, and what is pushed is waited for. */
const FETCH_MS = 60;
const NANOSECONDS = 1_000_000;

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
  readonly inbox: string;
  readonly group: string | undefined;
  readonly members: Subscription[];
}

export class JetStreamPlayer {
  private readonly jet: NatsConnection;
  private readonly number: number;
  private readonly prefix: string;
  private readonly startedMs: number;
  private readonly subscriptions: Subscription[] = [];
  private readonly delivered = new Map<string, Delivered>();
  private readonly advisories: Advisory[] = [];
  private hasStream = false;
  private keepsFiles = false;

  constructor(jet: NatsConnection, number: number, startedMs: number) {
    this.jet = jet;
    this.number = number;
    this.prefix = ownWord(number);
    this.startedMs = startedMs;
  }

  async answer(step: NatsStep): Promise<Answer> {
    switch (step.op) {
      case 'stream':
        return this.makeStream(step.options);
      case 'consumer':
        return this.makeConsumer(step.name, step.push, step.options);
      case 'publish':
        return this.publish(step.subject, step.bytes, step.id);
      case 'fetch':
        return this.fetch(step.name, step.batch);
      case 'join':
      case 'leave':
        return this.changeGroup(step);
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
      default:
        throw new Error(`a step of the core is no step of a stream: ${step.op}`);
    }
  }

  async end(): Promise<void> {
    const members = [...this.delivered.values()].flatMap((delivered) => delivered.members);
    for (const subscription of [...this.subscriptions, ...members]) subscription.unsubscribe();
    if (this.hasStream) await this.ask(`STREAM.DELETE.${this.prefix}`);
  }

  private own(subject: string): string {
    return ownSubject(this.number, subject);
  }

  private async makeStream({ max_age, duplicate_window, ...options }: StreamOptions): Promise<Answer> {
    const created = await this.ask(`STREAM.CREATE.${this.prefix}`, {
      name: this.prefix,
      subjects: [this.own('*')],
      ...options,
      ...(max_age === undefined ? {} : { max_age: max_age * NANOSECONDS }),
      ...(duplicate_window === undefined ? {} : { duplicate_window: duplicate_window * NANOSECONDS }),
    });
    this.hasStream = true;
    this.keepsFiles = options.storage === 'file';
    const type = '$JS.EVENT.ADVISORY.CONSUMER';
    for (const event of ['MAX_DELIVERIES', 'MSG_NAKED', 'MSG_TERMINATED']) {
      this.subscriptions.push(
        this.jet.subscribe(`${type}.${event}.${this.prefix}.*`, { callback: (_, message) => this.advised(message) }),
      );
    }
    await this.jet.flush();
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
    const inbox = `${this.prefix}-inbox-${name}`;
    const delivered: Delivered = { all: [], seen: 0, inbox, group: options.deliver_group, members: [] };
    if (push && options.deliver_group === undefined)
      this.subscriptions.push(
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

  private async changeGroup({ op, name }: Extract<NatsStep, { op: 'join' | 'leave' }>): Promise<Answer> {
    const delivered = this.delivered.get(name);
    if (delivered === undefined) return 'no consumer';
    const { all, inbox, members, group: queue } = delivered;
    if (op === 'join') {
      const callback = (_: unknown, message: Msg): void => void all.push(deliveryOf(message));
      members.push(this.jet.subscribe(inbox, queue === undefined ? { callback } : { queue, callback }));
    } else {
      const member = members.pop();
      if (member === undefined) return 'nothing';
      member.unsubscribe();
    }
    // The server tells the consumer a moment later that somebody listens, or nobody any more.
    await this.jet.flush();
    await pause(FETCH_MS);
    return op === 'join' ? 'joined' : 'left';
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
    else if (!(await this.pull(name, batch, delivered.all))) return 'no end of the request';
    const fresh = delivered.all.slice(delivered.seen);
    delivered.seen = delivered.all.length;
    return fresh.map(({ sequence, subject, attempt, delivery }) => [sequence, wordsOf(subject), attempt, delivery]);
  }

  /** Asks for messages until all have come or the server says that there are no more; gives whether it has: on a busy machine it may be late. */
  private async pull(name: string, batch: number, into: JetDelivery[]): Promise<boolean> {
    const inbox = `${this.prefix}-pull-${into.length}`;
    let left = batch;
    return await new Promise((resolve) => {
      const done = (isEnded: boolean): void => {
        clearTimeout(timer);
        subscription.unsubscribe();
        resolve(isEnded);
      };
      const timer = setTimeout(() => done(false), PATIENCE_MS);
      const subscription = this.jet.subscribe(inbox, {
        callback: (_, message) => {
          const code = message.headers?.code ?? 0;
          if (code === 0) {
            into.push(deliveryOf(message));
            left--;
          }
          if (code !== 0 || left === 0) done(true);
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
    return {
      messages,
      bytes: bytesOf(this.keepsFiles, bytes),
      first,
      last,
      consumers,
      advisories: advisoriesOf(this.advisories),
    };
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

export const pause = (timeMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, timeMs)));

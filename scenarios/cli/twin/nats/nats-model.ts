/** A script for NATS played on the model: the clock stands still but in `wait`. One answer a step. */
import {
  DeliverGroup,
  JetStream,
  JetStreamError,
  ms,
  NatsCore,
  Simulation,
  us,
  type Advisory,
  type ConsumerConfiguration,
  type JetStreamConsumer,
  type JetStreamDelivery,
  type NatsConnection,
  type NatsSubscription,
  type StreamConfiguration,
} from '../../../../sim-core/index.ts';
import type { Answer } from '../twin.ts';
import { advisoriesOf, bytesOf, ownSubject, pendingOf, receiversOf, wordsOf, type Received } from './answers.ts';
import {
  BURST_MS,
  START_BURST,
  START_SEQUENCE,
  WRITTEN_MS,
  type ConsumerOptions,
  type NatsScript,
  type NatsStep,
  type StreamOptions,
} from './steps.ts';

export function modelOf(script: NatsScript): readonly Answer[] {
  const player = new ModelPlayer();
  return script.map((step) => player.play(step));
}

/** The number of the model's play. */
const MODEL = 0;

/** What a consumer has delivered: all of it, and how far that was looked at; and who are in its group. */
interface Delivered {
  readonly all: JetStreamDelivery<string>[];
  seen: number;
  readonly group: DeliverGroup<string>;
  readonly members: ((delivery: JetStreamDelivery<string>) => void)[];
}

class ModelPlayer {
  private readonly sim = new Simulation();
  private readonly core = new NatsCore<string>(this.sim.random('member'));
  private readonly connections: readonly NatsConnection<string>[] = [this.core.connect('0'), this.core.connect('1')];
  private readonly subscriptions: (readonly [NatsConnection<string>, NatsSubscription])[] = [];
  private stream: JetStream<string> | undefined;
  private readonly delivered = new Map<string, Delivered>();
  private readonly advisories: Advisory[] = [];
  private bursts = 0;

  play(step: NatsStep): Answer {
    try {
      const answer = this.answer(step);
      this.sim.runUntil(this.sim.now + us(1));
      const broken = [...this.core.violations(), ...(this.stream?.violations() ?? [])];
      return broken.length > 0 ? { broken } : answer;
    } catch (error) {
      if (error instanceof JetStreamError) return { error: error.message };
      throw error;
    }
  }

  private answer(step: NatsStep): Answer {
    switch (step.op) {
      case 'subscribe': {
        const connection = this.connections[step.connection];
        this.subscriptions.push([connection, connection.subscribe(step.pattern, step.queue)]);
        return 'subscribed';
      }
      case 'unsubscribe': {
        const [ended] = this.subscriptions.splice(step.nth % this.subscriptions.length, 1);
        if (ended !== undefined) ended[0].unsubscribe(ended[1].id);
        return 'unsubscribed';
      }
      case 'publish core':
        return this.publishCore(step.subject);
      case 'request': {
        const received = this.publishCore(step.subject, 'reply');
        return { answered: received.length > 0, received };
      }
      case 'stream':
        this.stream = new JetStream(this.sim, streamOf(step.options));
        return 'created';
      case 'wait':
        this.sim.runUntil(ms(++this.bursts * BURST_MS));
        return 'waited';
      case 'restart':
        this.sim.runUntil(this.sim.now + ms(WRITTEN_MS));
        this.stream!.crash();
        this.stream!.recover();
        return 'restarted';
      default:
        return this.streamAnswer(this.stream!, step);
    }
  }

  private publishCore(subject: string, reply?: string): readonly string[] {
    this.core.publish({ subject, payload: '', bytes: 0, ...(reply === undefined ? {} : { reply }) });
    const received: Received[] = [];
    for (const connection of this.connections) {
      for (let next = connection.take(); next !== undefined; next = connection.take()) {
        const { subscription } = next;
        const nth = this.subscriptions.findIndex(([at, each]) => at === connection && each.id === subscription.id);
        received.push({ nth, queue: subscription.queue });
      }
    }
    return receiversOf(received);
  }

  private streamAnswer(stream: JetStream<string>, step: NatsStep): Answer {
    switch (step.op) {
      case 'consumer':
        return this.addConsumer(stream, step.name, step.push, step.options);
      case 'publish': {
        const { subject, bytes, id } = step;
        // The id is a header, which is counted as it is written.
        const headers = id === undefined ? 0 : `NATS/1.0\r\nNats-Msg-Id: ${id}\r\n\r\n`.length;
        const published = {
          subject: ownSubject(MODEL, subject),
          payload: '',
          bytes: bytes + headers,
          ...(id === undefined ? {} : { id }),
        };
        return stream.publish(published);
      }
      case 'fetch':
        return this.fetch(stream.consumers.get(step.name), step.name, step.batch);
      case 'join':
      case 'leave':
        return this.changeGroup(stream.consumers.get(step.name), step);
      case 'settle':
        return this.settle(stream.consumers.get(step.name), step);
      case 'delete consumer':
        this.delivered.delete(step.name);
        return stream.deleteConsumer(step.name);
      case 'delete message':
        return stream.deleteMessage(step.sequence);
      case 'purge':
        return stream.purge();
      case 'state':
        return this.state(stream);
      default:
        throw new Error(`a step of the core is no step of a stream: ${step.op}`);
    }
  }

  private addConsumer(stream: JetStream<string>, name: string, push: boolean, options: ConsumerOptions): Answer {
    if (stream.consumers.has(name)) return 'there';
    const consumer = stream.addConsumer(consumerOf(name, push, options));
    const group = new DeliverGroup<string>(this.sim.random(`members of ${name}`));
    const delivered: Delivered = { all: [], seen: 0, group, members: [] };
    this.delivered.set(name, delivered);
    consumer.onAdvisory = (advisory) => this.advisories.push(advisory);
    if (push && options.deliver_group === undefined) consumer.listen((delivery) => delivered.all.push(delivery));
    return 'created';
  }

  /** Which member has a message is left to chance: what all of them have is compared. */
  private changeGroup(
    consumer: JetStreamConsumer<string> | undefined,
    { op, name }: Extract<NatsStep, { op: 'join' | 'leave' }>,
  ): Answer {
    const delivered = this.delivered.get(name);
    if (consumer === undefined || delivered === undefined) return 'no consumer';
    const { all, group, members } = delivered;
    if (op === 'join') {
      const member = (delivery: JetStreamDelivery<string>): void => void all.push(delivery);
      members.push(member);
      group.join(consumer, member);
      return 'joined';
    }
    const member = members.pop();
    if (member === undefined) return 'nothing';
    group.leave(consumer, member);
    return 'left';
  }

  private fetch(consumer: JetStreamConsumer<string> | undefined, name: string, batch: number): Answer {
    const delivered = this.delivered.get(name);
    if (consumer === undefined || delivered === undefined) return 'no consumer';
    // The request ends before anything else happens.
    if (batch > 0) consumer.request(batch, this.sim.now + 1, (delivery) => delivered.all.push(delivery));
    const fresh = delivered.all.slice(delivered.seen);
    delivered.seen = delivered.all.length;
    return fresh.map(({ message, delivery, attempt }) => [
      message.sequence,
      wordsOf(message.subject),
      attempt,
      delivery,
    ]);
  }

  private settle(
    consumer: JetStreamConsumer<string> | undefined,
    { name, nth, how, delay_ms = 0 }: Extract<NatsStep, { op: 'settle' }>,
  ): Answer {
    const delivered = this.delivered.get(name);
    if (consumer === undefined || delivered === undefined || delivered.seen === 0) return 'nothing';
    const settled = delivered.all[nth % delivered.seen];
    if (how === 'ack') consumer.acknowledge(settled);
    else if (how === 'nak') consumer.reject(settled);
    else if (how === 'nak delay') consumer.reject(settled, ms(delay_ms));
    else if (how === 'term') consumer.terminate(settled);
    else consumer.inProgress(settled);
    return [settled.message.sequence, settled.delivery];
  }

  private state({ store, consumers, keepsFiles }: JetStream<string>): Answer {
    return {
      messages: store.count,
      bytes: bytesOf(keepsFiles, store.bytes),
      first: store.firstSequence,
      last: store.lastSequence,
      consumers: Object.fromEntries(
        [...consumers].map(([name, consumer]) => [
          name,
          {
            delivered: [consumer.delivered.delivery, consumer.delivered.sequence],
            floor: [consumer.unacknowledged.floor.delivery, consumer.unacknowledged.floor.sequence],
            ackPending: consumer.unacknowledged.count,
            redelivered: consumer.unacknowledged.redelivered,
            pending: pendingOf(consumer.configuration.deliverPolicy, consumer.pendingCount),
          },
        ]),
      ),
      advisories: advisoriesOf(this.advisories),
    };
  }
}

function streamOf(options: StreamOptions): StreamConfiguration {
  const {
    max_age,
    duplicate_window,
    max_bytes,
    max_msgs,
    max_msg_size,
    max_msgs_per_subject,
    discard_new_per_subject,
  } = options;
  return {
    name: 'stream',
    storage: options.storage,
    subjects: [ownSubject(MODEL, '*')],
    ...(options.retention === undefined ? {} : { retention: options.retention }),
    ...(options.discard === undefined ? {} : { discard: options.discard }),
    ...(discard_new_per_subject === undefined ? {} : { discardNewPerSubject: discard_new_per_subject }),
    ...(max_msgs === undefined ? {} : { maxMessages: max_msgs }),
    ...(max_bytes === undefined ? {} : { maxBytes: max_bytes }),
    ...(max_age === undefined ? {} : { maxAge: ms(max_age) }),
    ...(max_msgs_per_subject === undefined ? {} : { maxMessagesPerSubject: max_msgs_per_subject }),
    ...(max_msg_size === undefined ? {} : { maxMessageBytes: max_msg_size }),
    ...(duplicate_window === undefined ? {} : { duplicateWindow: ms(duplicate_window) }),
  };
}

function consumerOf(name: string, push: boolean, options: ConsumerOptions): ConsumerConfiguration {
  const { ack_policy, ack_wait, backoff, deliver_policy, filter_subject, max_ack_pending, max_deliver, replay_policy } =
    options;
  return {
    name,
    push,
    ...(ack_policy === undefined ? {} : { ackPolicy: ack_policy }),
    ...(ack_wait === undefined ? {} : { ackWait: ms(ack_wait) }),
    ...(backoff === undefined ? {} : { backOff: backoff.map(ms) }),
    ...(deliver_policy === undefined ? {} : { deliverPolicy: policyOf(deliver_policy) }),
    ...(filter_subject === undefined ? {} : { filter: ownSubject(MODEL, filter_subject) }),
    ...(max_ack_pending === undefined ? {} : { maxAckPending: max_ack_pending }),
    ...(max_deliver === undefined ? {} : { maxDeliver: max_deliver }),
    ...(replay_policy === undefined ? {} : { replay: replay_policy }),
  };
}

function policyOf(
  policy: NonNullable<ConsumerOptions['deliver_policy']>,
): NonNullable<ConsumerConfiguration['deliverPolicy']> {
  if (policy === 'by_start_sequence') return { fromSequence: START_SEQUENCE };
  if (policy === 'by_start_time') return { fromTime: ms(START_BURST * BURST_MS) };
  return policy;
}

/**
 * The streams of a server with their durable consumers. When the server is killed, a stream in file storage stays with all
 * that its consumers wait for; one in memory is made anew, empty, as applications do that declare their streams when they
 * connect (https://docs.nats.io/nats-concepts/jetstream/streams, "StorageType").
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Message } from '../../../messaging/channels/message.ts';
import type { Death } from '../../../storage/page-cache.ts';
import { consumerChanged } from '../signals.ts';
import {
  JetStreamError,
  type ConsumerConfiguration,
  type JetStreamRefusal,
  type StreamConfiguration,
} from './configuration.ts';
import type { JetStreamConsumer, JetStreamDelivery } from './consumer.ts';
import { DeliverGroup } from './deliver-group.ts';
import type { SyncInterval } from './disk.ts';
import { JetStream, type PublishAck } from './jet-stream.ts';

/** What a stream says of a message. */
export type StreamReply = { readonly ack: PublishAck } | { readonly refusal: JetStreamRefusal };

interface Declared {
  readonly stream: JetStream<Message>;
  readonly consumers: ConsumerConfiguration[];
}

export class JetStreams {
  private readonly sim: Simulation;
  private readonly owner: string;
  private readonly choices: RandomStream;
  private readonly syncInterval: SyncInterval | undefined;
  private readonly streams = new Map<string, Declared>();
  /** Those who listen to push consumers. */
  private readonly groups = new Map<string, DeliverGroup<Message>>();
  private readonly changed: FactChannel<Fact<typeof consumerChanged>>;

  /** `choices`: which member of a deliver group gets a message. */
  constructor(sim: Simulation, owner: string, choices: RandomStream, syncInterval?: SyncInterval) {
    this.syncInterval = syncInterval;
    this.sim = sim;
    this.owner = owner;
    this.choices = choices;
    this.changed = sim.facts.channel(consumerChanged);
  }

  add(configuration: StreamConfiguration): void {
    const stream = new JetStream<Message>(this.sim, configuration, this.syncInterval);
    this.streams.set(stream.name, { stream, consumers: [] });
  }

  /** Makes a durable consumer of a stream. */
  addConsumer(stream: string, configuration: ConsumerConfiguration): void {
    const declared = this.declared(stream);
    declared.stream.addConsumer(configuration);
    declared.consumers.push(configuration);
  }

  consumer(stream: string, name: string): JetStreamConsumer<Message> | undefined {
    return this.declared(stream).stream.consumers.get(name);
  }

  /** Stores a message, or refuses it; undefined if no stream listens to its subject. */
  publish(subject: string, message: Message, id: string | undefined): StreamReply | undefined {
    for (const { stream } of this.streams.values()) {
      if (!stream.listensTo(subject)) continue;
      const { bytes } = message;
      try {
        const ack = stream.publish({ subject, payload: message, bytes, ...(id === undefined ? {} : { id }) });
        for (const consumer of stream.consumers.values()) this.tell(stream, consumer);
        return { ack };
      } catch (error) {
        if (!(error instanceof JetStreamError)) throw error;
        return { refusal: error.refusal };
      }
    }
    return undefined;
  }

  /** Has a push consumer's messages delivered to one more. */
  join(stream: string, name: string, member: (delivery: JetStreamDelivery<Message>) => void): void {
    const key = `${stream}/${name}`;
    const group = this.groups.get(key) ?? new DeliverGroup<Message>(this.choices);
    this.groups.set(key, group);
    const consumer = this.consumer(stream, name);
    if (consumer !== undefined) group.join(consumer, member);
  }

  leave(stream: string, name: string, member: (delivery: JetStreamDelivery<Message>) => void): void {
    this.groups.get(`${stream}/${name}`)?.leave(this.consumer(stream, name), member);
  }

  crash(death: Death): void {
    this.groups.clear();
    for (const { stream } of this.streams.values()) stream.crash(death);
  }

  /** The server is up again: what it has not kept is made anew. */
  recover(): void {
    for (const { stream, consumers } of this.streams.values()) {
      stream.recover();
      for (const each of consumers) {
        this.tell(stream, stream.consumers.get(each.name) ?? stream.addConsumer(each));
      }
    }
  }

  /** Tells what a consumer has of its stream; call it after something was done with the consumer. */
  tellConsumer(stream: string, consumer: JetStreamConsumer<Message>): void {
    this.tell(this.declared(stream).stream, consumer);
  }

  state(): Readonly<Record<string, number | string>> {
    const state: Record<string, number | string> = {};
    for (const { stream } of this.streams.values()) {
      state[stream.name] = stream.store.count;
      for (const { name, books } of stream.consumers.values()) {
        state[`${stream.name}/${name}`] = `${books.count('ready')} pending, ${books.count('in-flight')} unacknowledged`;
      }
    }
    return state;
  }

  violations(): readonly string[] {
    return Array.from(this.streams.values(), ({ stream }) => stream).flatMap((stream) => stream.violations());
  }

  private tell({ name: stream, store }: JetStream<Message>, { name, books }: JetStreamConsumer<Message>): void {
    if (!this.changed.heard) return;
    const [pending, unacknowledged] = [books.count('ready'), books.count('in-flight')];
    this.changed.emit({ stream, consumer: name, stored: store.count, pending, unacknowledged });
  }

  private declared(stream: string): Declared {
    const declared = this.streams.get(stream);
    if (declared === undefined) throw new RangeError(`${this.owner}: there is no stream ${stream}; add it first`);
    return declared;
  }
}

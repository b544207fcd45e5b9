/**
 * What a JetStream stream and a consumer of it can be told, with the defaults of nats-server 2.9.
 * https://docs.nats.io/nats-concepts/jetstream/streams and /consumers
 *
 * Not modelled: replicas and mirrors, flow control, heartbeats, rate limits, sampling, sealed streams.
 */
import { minutes, s, type Duration, type Time } from '../../../kernel/time.ts';
import { isPattern } from '../subject.ts';

/** When a message may go: by the limits alone, once every consumer has acknowledged it, or once one has. */
export type Retention = 'limits' | 'interest' | 'workqueue';
/** Who gives way at a limit: the oldest messages, or the new one. */
export type Discard = 'old' | 'new';

/** Where messages and the state of consumers are kept: in files, or only as long as the server lives. */
export type Storage = 'file' | 'memory';

export interface StreamConfiguration {
  readonly name: string;
  readonly subjects: readonly string[];
  /** In files, unless given. */
  readonly storage?: Storage;
  readonly retention?: Retention;
  readonly discard?: Discard;
  /** At `maxMessagesPerSubject`, the new message of a subject is refused as well; needs `discard: 'new'`. */
  readonly discardNewPerSubject?: boolean;
  readonly maxMessages?: number;
  readonly maxBytes?: number;
  readonly maxAge?: Duration;
  readonly maxMessagesPerSubject?: number;
  readonly maxMessageBytes?: number;
  /** How long an id (`Nats-Msg-Id`) is remembered. */
  readonly duplicateWindow?: Duration;
}

export type AckPolicy = 'none' | 'all' | 'explicit';

/** The message that a new consumer begins with. */
export type DeliverPolicy =
  | 'all'
  | 'last'
  | 'new'
  | 'last_per_subject'
  | { readonly fromSequence: number }
  | { readonly fromTime: Time };

export interface ConsumerConfiguration {
  readonly name: string;
  /** Delivers by itself to whoever listens, in place of to requests. */
  readonly push?: boolean;
  readonly ackPolicy?: AckPolicy;
  readonly ackWait?: Duration;
  /** Deliveries at most, the first included; no bound unless given. */
  readonly maxDeliver?: number;
  /** Waits before each redelivery, in place of `ackWait`; the last one repeats. */
  readonly backOff?: readonly Duration[];
  readonly filter?: string;
  readonly deliverPolicy?: DeliverPolicy;
  /** Messages delivered and not acknowledged at most; no new ones are delivered beyond. */
  readonly maxAckPending?: number;
  /** `original` delivers what is there already at the pace at which it was stored. */
  readonly replay?: 'instant' | 'original';
}

export const DEFAULT_ACK_WAIT = s(30);
export const DEFAULT_MAX_ACK_PENDING = 1_000;
export const DEFAULT_DUPLICATE_WINDOW = minutes(2);

export type JetStreamRefusal =
  | 'maximum messages exceeded'
  | 'maximum bytes exceeded'
  | 'maximum messages per subject exceeded'
  | 'message size exceeds maximum allowed'
  | 'max deliver is required to be > length of backoff values'
  | 'consumer in pull mode requires ack policy'
  | 'consumer requires ack policy for max ack pending'
  | 'consumer delivery policy is deliver last per subject, but optional filter subject is not set'
  | 'workqueue stream requires explicit ack'
  | 'multiple non-filtered consumers not allowed on workqueue stream'
  | 'filtered consumer not unique on workqueue stream'
  | 'consumer must be deliver all on workqueue stream';

/** JetStream did not do what it was asked to; the words are the server's. */
export class JetStreamError extends Error {
  override readonly name = 'JetStreamError';
  readonly refusal: JetStreamRefusal;

  constructor(refusal: JetStreamRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

/** One error that names what is wrong with a configuration. */
export function checkStream({ name, subjects, discard, discardNewPerSubject }: StreamConfiguration): void {
  const wrong = subjects.find((subject) => !isPattern(subject));
  if (wrong !== undefined) throw new RangeError(`${name}: subjects has ${wrong}, which cannot be subscribed to`);
  if (subjects.length === 0) throw new RangeError(`${name}: subjects is empty; a stream keeps at least one`);
  if (discardNewPerSubject === true && discard !== 'new') {
    throw new RangeError(`${name}: discardNewPerSubject needs discard to be new, it is ${discard ?? 'old'}`);
  }
}

/** What the server refuses in a consumer of a stream, in its order. */
export function checkConsumer(consumer: ConsumerConfiguration, retention: Retention): void {
  const { name, push = false, ackPolicy = 'explicit', backOff = [], maxDeliver, maxAckPending, filter } = consumer;
  if (filter !== undefined && !isPattern(filter)) throw new RangeError(`${name}: filter ${filter} is no subject`);
  if (maxAckPending !== undefined && !(maxAckPending >= 1)) {
    throw new RangeError(`${name}: maxAckPending is ${maxAckPending}; it must be at least 1`);
  }
  if (backOff.length > 0 && !(maxDeliver !== undefined && maxDeliver > backOff.length)) {
    throw new JetStreamError('max deliver is required to be > length of backoff values');
  }
  if (!push && ackPolicy === 'none' && retention === 'workqueue') {
    throw new JetStreamError('consumer in pull mode requires ack policy');
  }
  if (consumer.deliverPolicy === 'last_per_subject' && filter === undefined) {
    throw new JetStreamError(
      'consumer delivery policy is deliver last per subject, but optional filter subject is not set',
    );
  }
  if (push && ackPolicy === 'none' && maxAckPending !== undefined) {
    throw new JetStreamError('consumer requires ack policy for max ack pending');
  }
}

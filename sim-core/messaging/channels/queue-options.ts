/**
 * What a queue can be told (RabbitMQ documentation, "Queues", "Time-to-live", "Queue length limit", "Dead letter
 * exchanges", "Consumer priorities", "Quorum queues"), and what it is when nobody says.
 */
import { SECOND, type Duration } from '../../kernel/time.ts';
import type { Message } from './message.ts';
import type { QueueKindName } from './queue-kinds/queue-kinds.ts';

/** Why a message became a dead letter, in RabbitMQ's words. */
export type Death = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

/**
 * What became of a dead letter: on its way; its exchange is not there; that exchange leads to no queue; or it would come
 * round by itself to a queue where it died before, and is dropped.
 */
export type Dispatch = 'sent' | 'no exchange' | 'no queue' | 'cycle';

/** Where a queue's dead letters go; `attempts`: how often it was delivered there. */
export type DeadLetterOffice = (message: Message, death: Death, queue: string, attempts: number) => Dispatch;

/**
 * What a full queue does: drops its oldest; refuses the newest; refuses it and makes a dead letter of it. A refusal is
 * what the publisher hears, however many other queues took the message.
 */
export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

/** Can be changed while the queue holds messages, by a policy. */
export interface QueuePolicy {
  /** How long a copy stays ready at most; a message's own time counts if it is shorter. Infinity for ever. */
  readonly ttl: Duration;
  /** Ready copies, and their bytes, at most; those in flight do not count. */
  readonly lengthMax: number;
  readonly bytesMax: number;
  readonly overflow: Overflow;
  readonly deadLetters: DeadLetterOffice | undefined;
  /** Times a copy may come back, where the kind of queue counts them. */
  readonly deliveryLimit: number;
  /** After so long without consumers, gets and declarations the queue itself goes. */
  readonly expires: Duration;
}

export interface QueueOptions extends QueuePolicy {
  readonly name: string;
  readonly kind: QueueKindName;
  /** Whether the queue is still there after a crash, with its persistent messages. */
  readonly durable: boolean;
  /** The highest priority that it tells from lower ones. */
  readonly priorityMax: number;
  readonly singleActiveConsumer: boolean;
  /** How often it looks whether it was unused for too long, where its kind looks at intervals (`quorum_tick_interval`). */
  readonly tick: Duration;
}

export const QUEUE_DEFAULTS: Omit<QueueOptions, 'name'> = {
  kind: 'classic',
  durable: true,
  priorityMax: 0,
  singleActiveConsumer: false,
  tick: 5 * SECOND,
  ttl: Infinity,
  lengthMax: Infinity,
  bytesMax: Infinity,
  overflow: 'drop-head',
  deadLetters: undefined,
  deliveryLimit: Infinity,
  expires: Infinity,
};

/**
 * A queue's declaration as AMQP sends it: flags and a table of arguments, whose names are RabbitMQ's (documentation,
 * "Queues: optional arguments"). Bad ones are refused as the server refuses them, with 406.
 */
import { ms } from '../../kernel/time.ts';
import type { Headers, HeaderValue } from '../../messaging/channels/message.ts';
import { queueKinds, type QueueKindName } from '../../messaging/channels/queue-kinds/queue-kinds.ts';
import { QUEUE_DEFAULTS, type Overflow, type QueueOptions } from '../../messaging/channels/queue-options.ts';
import { AmqpError } from './amqp-error.ts';

/** The arguments that are read; any other is kept, and makes no difference. */
export type QueueArgument =
  | 'x-message-ttl'
  | 'x-expires'
  | 'x-max-length'
  | 'x-max-length-bytes'
  | 'x-overflow'
  | 'x-dead-letter-exchange'
  | 'x-dead-letter-routing-key'
  | 'x-max-priority'
  | 'x-single-active-consumer'
  | 'x-queue-type'
  | 'x-queue-mode'
  | 'x-delivery-limit';

export interface QueueDeclaration {
  readonly name: string;
  readonly durable: boolean;
  /** For the connection that declares it, and gone with it. */
  readonly exclusive: boolean;
  /** Goes with its last consumer. */
  readonly autoDelete: boolean;
  readonly arguments: Headers;
}

/** What the queue is told of it; dead letters are the broker's to arrange, since the exchange is. */
export interface ReadArguments {
  readonly options: QueueOptions;
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
}

const OVERFLOWS: readonly HeaderValue[] = ['drop-head', 'reject-publish', 'reject-publish-dlx'] satisfies Overflow[];
const PRIORITY_MAX = 255;
/** What quorum queues of 3.10 do not take. */
const NOT_FOR_QUORUM: readonly QueueArgument[] = ['x-max-priority', 'x-queue-mode'];

export function readArguments({
  name,
  durable,
  exclusive,
  autoDelete,
  arguments: table,
}: QueueDeclaration): ReadArguments {
  const given: Readonly<Partial<Record<QueueArgument, HeaderValue>>> = table;
  const refuse = (what: string): never => {
    throw new AmqpError(406, `${what} for queue '${name}'`);
  };
  const whole = (argument: QueueArgument, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined => {
    const value = given[argument];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return refuse(`invalid arg '${argument}'`);
  };
  const text = (argument: QueueArgument): string | undefined => {
    const value = given[argument];
    return value === undefined || typeof value === 'string' ? value : refuse(`invalid arg '${argument}'`);
  };
  const { 'x-queue-type': kind = 'classic', 'x-overflow': overflow = 'drop-head' } = given;
  if (typeof kind !== 'string' || !Object.hasOwn(queueKinds, kind)) return refuse(`invalid arg 'x-queue-type'`);
  if (!OVERFLOWS.includes(overflow)) refuse(`invalid arg 'x-overflow'`);
  if (kind === 'quorum') {
    if (!durable) refuse(`invalid property 'non-durable'`);
    if (exclusive) refuse(`invalid property 'exclusive-owner'`);
    if (autoDelete) refuse(`invalid property 'auto-delete'`);
    for (const argument of NOT_FOR_QUORUM) if (given[argument] !== undefined) refuse(`invalid arg '${argument}'`);
  } else if (given['x-delivery-limit'] !== undefined) refuse(`invalid arg 'x-delivery-limit'`);
  const deadLetterExchange = text('x-dead-letter-exchange');
  const deadLetterRoutingKey = text('x-dead-letter-routing-key');
  if (deadLetterRoutingKey !== undefined && deadLetterExchange === undefined)
    refuse(`invalid arg 'x-dead-letter-routing-key'`);
  const ttl = whole('x-message-ttl', 0);
  const expires = whole('x-expires', 1);
  return {
    deadLetterExchange,
    deadLetterRoutingKey,
    options: {
      ...QUEUE_DEFAULTS,
      name,
      durable,
      kind: kind as QueueKindName,
      // A quorum queue warns in its log that it cannot do that, and drops its head (`overflow` of `rabbit_quorum_queue`, 3.10.8).
      overflow: kind === 'quorum' && overflow === 'reject-publish-dlx' ? 'drop-head' : (overflow as Overflow),
      ttl: ttl === undefined ? Infinity : ms(ttl),
      expires: expires === undefined ? Infinity : ms(expires),
      lengthMax: whole('x-max-length', 0) ?? Infinity,
      bytesMax: whole('x-max-length-bytes', 0) ?? Infinity,
      priorityMax: whole('x-max-priority', 1, PRIORITY_MAX) ?? 0,
      // Less than none is none: the server takes it.
      deliveryLimit: whole('x-delivery-limit', Number.MIN_SAFE_INTEGER) ?? Infinity,
      singleActiveConsumer: given['x-single-active-consumer'] === true,
    },
  };
}

/** Whether a second declaration says the same of a queue as the first; what differs, if not. */
export function inequivalence(first: QueueDeclaration, second: QueueDeclaration): string | undefined {
  if (first.durable !== second.durable) return 'durable';
  if (first.autoDelete !== second.autoDelete) return 'auto_delete';
  const names = new Set([...Object.keys(first.arguments), ...Object.keys(second.arguments)]);
  return [...names].find((name) => said(first, name) !== said(second, name));
}

/** The type of a queue is said even by those who do not say it. */
const said = ({ arguments: given }: QueueDeclaration, name: string): HeaderValue | undefined =>
  given[name] ?? (name === 'x-queue-type' ? QUEUE_DEFAULTS.kind : undefined);

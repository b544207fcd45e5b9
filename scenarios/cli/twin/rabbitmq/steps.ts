/**
 * What a script of the RabbitMQ twin is made of: what two clients, each on a connection of its own, say to a broker. Names
 * of queues and exchanges are short here; the real server gets them with a prefix for each play.
 */
import type { Delivery, ExchangeTypeName, Headers } from '../../../../sim-core/index.ts';

/** The client that does it. */
export type Actor = 0 | 1;

export const QUEUES = ['q1', 'q2', 'q3'] as const;
export const EXCHANGES = ['e1', 'e2'] as const;
/** An exchange that is never declared. */
export const MISSING = 'e9';

/** A time to live that ends in a wait, one that does not end in any script, and the wait itself, in milliseconds. */
export const SHORT_MS = 900;
export const LONG_MS = 60_000;
export const WAIT_MS = 1_300;
/** How often quorum queues look whether they were unused for too long: every five seconds, if nobody says. */
export const TICK_MS = 100;

export interface Destination {
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
}

export type RabbitStep =
  | {
      readonly op: 'declare-queue';
      readonly actor: Actor;
      readonly queue: string;
      readonly durable: boolean;
      readonly exclusive: boolean;
      readonly autoDelete: boolean;
      readonly arguments: Headers;
    }
  | { readonly op: 'check-queue' | 'purge-queue'; readonly actor: Actor; readonly queue: string }
  | {
      readonly op: 'delete-queue';
      readonly actor: Actor;
      readonly queue: string;
      readonly ifUnused: boolean;
      readonly ifEmpty: boolean;
    }
  | {
      readonly op: 'declare-exchange';
      readonly actor: Actor;
      readonly exchange: string;
      readonly type: ExchangeTypeName;
      readonly durable: boolean;
      readonly autoDelete: boolean;
      readonly alternate: string | undefined;
    }
  | { readonly op: 'delete-exchange'; readonly actor: Actor; readonly exchange: string; readonly ifUnused: boolean }
  | {
      readonly op: 'bind' | 'unbind';
      readonly actor: Actor;
      readonly to: Destination;
      readonly exchange: string;
      readonly key: string;
      readonly arguments: Headers;
    }
  | {
      readonly op: 'publish';
      readonly actor: Actor;
      readonly exchange: string;
      readonly key: string;
      readonly bytes: number;
      readonly mandatory: boolean;
      readonly persistent: boolean;
      readonly expiration: number | undefined;
      readonly priority: number | undefined;
      readonly headers: Headers;
      readonly cc: readonly string[];
      readonly bcc: readonly string[];
    }
  /** Publishes a message of each of many keys, and a second one of some, and takes all that came to the queues. */
  | { readonly op: 'spread'; readonly actor: Actor; readonly exchange: string }
  | { readonly op: 'get'; readonly actor: Actor; readonly queue: string; readonly noAck: boolean }
  | {
      readonly op: 'consume';
      readonly actor: Actor;
      readonly queue: string;
      readonly noAck: boolean;
      readonly exclusive: boolean;
      readonly priority: number;
    }
  | { readonly op: 'cancel'; readonly actor: Actor; readonly pick: number }
  | { readonly op: 'prefetch'; readonly actor: Actor; readonly count: number; readonly global: boolean }
  /** `pick`: which of the unsettled deliveries, counted round. */
  | { readonly op: 'ack'; readonly actor: Actor; readonly pick: number; readonly multiple: boolean }
  | {
      readonly op: 'nack';
      readonly actor: Actor;
      readonly pick: number;
      readonly multiple: boolean;
      readonly requeue: boolean;
    }
  | { readonly op: 'reject'; readonly actor: Actor; readonly pick: number; readonly requeue: boolean }
  | { readonly op: 'ack-unknown' | 'recover' | 'close-channel'; readonly actor: Actor }
  | { readonly op: 'wait' }
  /** The node is killed and started again; both clients connect anew. */
  | { readonly op: 'restart' }
  /** Closes both channels and gets all that is in each queue, in order if that can be known. */
  | { readonly op: 'drain'; readonly isOrdered: boolean };

/** A message as either side tells of it. */
export interface Told {
  readonly actor?: Actor;
  readonly consumer?: string;
  readonly body: string;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly key: string;
  readonly headers: Headers;
}

/** Of each queue that is there: ready messages and consumers. */
export type QueueStates = Readonly<Record<string, readonly [number, number]>>;

/** What either side answers to a step. */
export interface RabbitAnswer {
  readonly result?: unknown;
  /** What consumers were handed, client by client in order. */
  readonly delivered: readonly Told[];
  readonly queues: QueueStates;
}

/** In the order in which answers tell them: by client and consumer; what one consumer got stays in its order. */
export const inOrder = (told: readonly Told[]): Told[] =>
  [...told].sort((a, b) => a.actor! - b.actor! || (a.consumer === b.consumer ? 0 : a.consumer! < b.consumer! ? -1 : 1));

/** A delivery of the model's; without an actor as a drained queue is told, where tags say nothing. */
export function told({ consumer, redelivered, message, deliveryCount }: Delivery, actor?: Actor): Told {
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

/** The moment of a death is left out. */
function headersTold(headers: Headers, deliveryCount: number | undefined): Headers {
  const deaths = headers['x-death'];
  return {
    ...headers,
    ...(Array.isArray(deaths) ? { 'x-death': deaths.map((death) => ({ ...(death as Headers), time: 0 })) } : {}),
    ...(deliveryCount === undefined ? {} : { 'x-delivery-count': deliveryCount }),
  };
}

/** The body of the message that a step publishes. */
export const bodyOf = (index: number, bytes: number): string => `m${index}`.padEnd(bytes, '.');

/** A step in one line: its operation, and what is not as usual. */
export function lineOfStep(step: RabbitStep): string {
  const { op, ...rest } = step;
  const told = Object.entries(rest).flatMap(([name, value]) => {
    if (value === false || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) {
      return [];
    }
    return [value === true ? name : `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
  return [op, ...told].join(' ');
}

/**
 * What a script of the RabbitMQ twin is made of: what two clients, each on a connection of its own, say to a broker. Names
 * of queues and exchanges are short here; the real server gets them with a prefix for each play.
 */
import type { Headers } from '../../../../sim-core/index.ts';

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
      readonly type: 'direct' | 'fanout' | 'topic' | 'headers';
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
  /** Closes both channels and gets all that is in each queue, in order. */
  | { readonly op: 'drain' };

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

/** What either side answers to a step. */
export interface RabbitAnswer {
  readonly result?: unknown;
  /** What consumers were handed, client by client in order. */
  readonly delivered: readonly Told[];
  /** Of each queue that is there: ready messages and consumers. */
  readonly queues: Readonly<Record<string, readonly [number, number]>>;
}

/** In the order in which answers tell them: by client and consumer; what one consumer got stays in its order. */
export const inOrder = (told: readonly Told[]): Told[] =>
  [...told].sort((a, b) => a.actor! - b.actor! || (a.consumer === b.consumer ? 0 : a.consumer! < b.consumer! ? -1 : 1));

/** The body of the message that a step publishes. */
export const bodyOf = (index: number, bytes: number): string => `m${index}`.padEnd(bytes, '.');

export function wordsOfStep(step: RabbitStep): string[] {
  const words: string[] = [step.op];
  const flag = (isSet: boolean, word: string): void => void (isSet && words.push(word));
  switch (step.op) {
    case 'declare-queue':
      flag(step.durable, 'durable');
      flag(step.exclusive, 'exclusive queue');
      flag(step.autoDelete, 'auto-delete queue');
      for (const [name, value] of Object.entries(step.arguments)) {
        if (value === 'none' || value === -1) words.push('invalid argument');
        else words.push(typeof value === 'string' && name !== 'x-dead-letter-routing-key' ? `${name}=${value}` : name);
      }
      break;
    case 'delete-queue':
      flag(step.ifUnused, 'delete if-unused');
      flag(step.ifEmpty, 'delete if-empty');
      break;
    case 'declare-exchange':
      words.push(step.type);
      flag(step.autoDelete, 'auto-delete exchange');
      flag(step.alternate !== undefined, 'alternate-exchange');
      break;
    case 'bind':
    case 'unbind':
      words[0] = `${step.op} ${step.to.kind}`;
      if (step.arguments['x-match'] !== undefined) words.push(`x-match=${String(step.arguments['x-match'])}`);
      break;
    case 'publish':
      flag(step.mandatory, 'mandatory');
      flag(step.persistent, 'persistent');
      flag(step.expiration !== undefined, 'expiration');
      flag(step.priority !== undefined, 'priority');
      flag(step.cc.length > 0, 'CC');
      flag(step.bcc.length > 0, 'BCC');
      break;
    case 'get':
      flag(step.noAck, 'get no-ack');
      break;
    case 'consume':
      flag(step.noAck, 'consume no-ack');
      flag(step.exclusive, 'exclusive consumer');
      flag(step.priority !== 0, 'x-priority');
      break;
    case 'prefetch':
      flag(step.global, 'prefetch global');
      break;
    case 'ack':
    case 'nack':
      flag(step.multiple, `${step.op} multiple`);
      if (step.op === 'nack') flag(step.requeue, 'nack requeue');
      break;
    case 'reject':
      flag(step.requeue, 'reject requeue');
      break;
    default:
  }
  return words;
}

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

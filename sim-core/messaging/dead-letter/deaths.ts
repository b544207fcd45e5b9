/**
 * What RabbitMQ writes on a dead letter, and where it will not send one (RabbitMQ documentation, "Dead letter exchanges";
 * `rabbit_dead_letter`, 3.10). The header `x-death` has an entry for each queue and reason, the latest first, with how
 * often; `x-first-death-*` tells the first. The message's own time to live is taken off, or it would die again at once.
 */
import { stringsOf, type Headers, type HeaderValue, type Message } from '../channels/message.ts';
import type { Death } from '../channels/queue-options.ts';
import { MILLISECOND, toSeconds, type Time } from '../../kernel/time.ts';

export interface DeathNotice {
  readonly queue: string;
  readonly reason: Death;
  readonly exchange: string;
  /** Whole seconds. */
  readonly time: number;
  readonly count: number;
  readonly 'routing-keys': readonly string[];
  /** The time to live that the message itself had, in milliseconds. */
  readonly 'original-expiration'?: string;
}

/**
 * The message as it is published again: to that exchange, under its own keys, or under the one that the queue has for dead
 * letters, and then no other.
 */
export function deadLetter(
  message: Message,
  reason: Death,
  queue: string,
  now: Time,
  exchange: string,
  routingKey: string | undefined,
): Message {
  const { headers, ttl } = message;
  const keys = [message.routingKey, ...stringsOf(headers.CC)];
  const before = deathsOf(message);
  const known = before.find((death) => death.queue === queue && death.reason === reason);
  const notice: DeathNotice =
    known === undefined
      ? {
          queue,
          reason,
          exchange: message.exchange,
          time: Math.floor(toSeconds(now)),
          count: 1,
          'routing-keys': keys,
          ...(ttl === undefined ? {} : { 'original-expiration': String(Math.round(ttl / MILLISECOND)) }),
        }
      : { ...known, count: known.count + 1 };
  const first =
    before.length > 0
      ? {}
      : {
          'x-first-death-exchange': message.exchange,
          'x-first-death-queue': queue,
          'x-first-death-reason': reason as string,
        };
  const { CC: _, BCC: __, ...others } = headers;
  return {
    ...message,
    exchange,
    routingKey: routingKey ?? message.routingKey,
    ttl: undefined,
    headers: {
      ...(routingKey === undefined ? headers : others),
      ...first,
      'x-death': [notice, ...before.filter((death) => death !== known)] as unknown as HeaderValue,
    },
  };
}

/** Where a message died so far, the latest first. */
export function deathsOf({ headers }: Message): readonly DeathNotice[] {
  const deaths = (headers as Headers)['x-death'];
  return Array.isArray(deaths) ? (deaths as unknown as readonly DeathNotice[]) : [];
}

/**
 * Whether a dead letter has come round by itself: it died in that queue before, and nobody rejected it since. Such a one is
 * dropped, or it would go round for ever.
 */
export function isCycle(letter: Message, reason: Death, queue: string): boolean {
  if (reason === 'rejected') return false;
  const deaths = deathsOf(letter);
  const at = deaths.findIndex((death) => death.queue === queue);
  return at >= 0 && deaths.slice(0, at + 1).every((death) => death.reason !== 'rejected');
}

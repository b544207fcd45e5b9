/**
 * A message as brokers carry it (AMQP 0-9-1, section 4.2.6; names as in its content properties). Its content is nobody's
 * business here: it has a size, and what a consumer makes of it. A message never changes; each queue that takes it holds
 * a copy (`copy.ts`).
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';

/** A value in a table of headers. Comparisons mind the type: 1 and "1" differ. */
export type HeaderValue = string | number | boolean | null | readonly HeaderValue[] | Headers;
export interface Headers {
  readonly [name: string]: HeaderValue;
}

export interface Message<Content = unknown> {
  /** The request that it was sent for: ties its facts together and keys the draws of its ways. */
  readonly request: RequestContext;
  readonly content: Content;
  /** The content's size. */
  readonly bytes: number;
  /** The exchange that it was last published to; the empty name is the default one. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly headers: Headers;
  /** 0 is the lowest; what a queue makes of it is the queue's affair. */
  readonly priority: number;
  /** Its own time to live in each queue that takes it; undefined for ever. */
  readonly ttl: Duration | undefined;
  /** Whether a durable queue still has it after a crash. */
  readonly persistent: boolean;
  /** When it was first sent. */
  readonly sent: Time;
}

export const NO_HEADERS: Headers = {};

/** What a producer says of a message; all else is as AMQP has it by default. */
export type MessageOptions<Content> = Pick<Message<Content>, 'request' | 'content' | 'sent'> &
  Partial<Omit<Message<Content>, 'request' | 'content' | 'sent'>>;

export function makeMessage<Content>(options: MessageOptions<Content>): Message<Content> {
  const { request, content, sent } = options;
  return {
    request,
    content,
    bytes: options.bytes ?? 0,
    exchange: options.exchange ?? '',
    routingKey: options.routingKey ?? '',
    headers: options.headers ?? NO_HEADERS,
    priority: options.priority ?? 0,
    ttl: options.ttl,
    persistent: options.persistent ?? true,
    sent,
  };
}

/** The strings in a header that lists strings; none if it is absent or something else. */
export function stringsOf(value: HeaderValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/**
 * The queues: orders, what waits for another attempt, and dead letters. A delayed queue is one that nobody consumes: its
 * messages expire, and their dead letters go back to the orders (RabbitMQ documentation, "Dead Letter Exchanges"). With
 * tiers there is one for each delay; with a delay of each message's own they share one.
 */
import { MILLISECOND, type Duration, type Headers, type RabbitMq } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

export const ORDERS = 'orders';
export const DEAD = 'orders.dead';
const RETRY = 'orders.retry';

/** Delays of the tiers: each is twice the one before; the last is for all further retries. */
const TIERS = 3;
const delayOf = (p: Values, retry: number): Duration => p.delay * 2 ** Math.min(retry, TIERS - 1);
const tierName = (retry: number): string => `${RETRY}-${Math.min(retry, TIERS - 1) + 1}`;

/** Where an order goes that is to be tried again: how long it is to stay there, and whether it says so itself. */
export interface PlaceOfRetry {
  readonly queue: string;
  readonly ttl: Duration | undefined;
  readonly delay: Duration | undefined;
}

export function placeOfRetry(p: Values, retry: number): PlaceOfRetry {
  const delay = delayOf(p, retry);
  if (p.strategy === 'delayed-queue') return { queue: tierName(retry), ttl: undefined, delay };
  if (p.strategy === 'per-message-delay') return { queue: RETRY, ttl: delay, delay };
  return { queue: ORDERS, ttl: undefined, delay: undefined };
}

export function declareQueues(p: Values, { setUp: channel }: RabbitMq): void {
  const declare = (name: string, args: Headers): void =>
    void channel.declareQueue({ name, durable: true, exclusive: false, autoDelete: false, arguments: args });
  const leadingTo = (queue: string): Headers => ({
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
  });
  // Where the broker counts deliveries it is a quorum queue. Who gives up at once has nowhere to put what it gives up.
  if (p.strategy === 'dlq')
    declare(ORDERS, { 'x-queue-type': 'quorum', 'x-delivery-limit': p.retries, ...leadingTo(DEAD) });
  else declare(ORDERS, p.strategy === 'backoff' ? leadingTo(DEAD) : {});
  declare(DEAD, {});
  if (p.strategy === 'per-message-delay') declare(RETRY, leadingTo(ORDERS));
  if (p.strategy === 'delayed-queue') {
    for (let i = 0; i < TIERS; i++)
      declare(tierName(i), { 'x-message-ttl': Math.round(delayOf(p, i) / MILLISECOND), ...leadingTo(ORDERS) });
  }
}

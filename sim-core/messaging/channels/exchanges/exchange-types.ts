/** The types of exchanges by the names that AMQP and RabbitMQ's plugin give them. */
import { consistentHash } from './consistent-hash.ts';
import { direct } from './direct.ts';
import type { ExchangeType } from './exchange-type.ts';
import { fanout } from './fanout.ts';
import { headers } from './headers.ts';
import { topic } from './topic.ts';

export const exchangeTypes = {
  direct,
  fanout,
  topic,
  headers,
  'x-consistent-hash': consistentHash,
} as const satisfies Readonly<Record<string, ExchangeType>>;

export type ExchangeTypeName = keyof typeof exchangeTypes;

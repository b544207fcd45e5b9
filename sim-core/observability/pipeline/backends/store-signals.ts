/** What telemetry stores tell: what they took, what they keep, and how long it takes to answer. */
import { defineFact, defineReading } from '../../../kernel/fact.ts';

/** `items` were sent; `outcome` is `ok`, with some of them rejected perhaps, or why all were refused. */
export const storeWritten = defineFact('store.written', 'A telemetry store answered whoever wrote to it', {
  store: 'text',
  request: 'request',
  kind: 'text',
  items: 'number',
  rejected: 'number',
  outcome: 'text',
});

export const storeSize = defineReading('store.size', 'What a telemetry store keeps changed', {
  store: 'text',
  bytes: 'number',
  series: 'number',
});

/** `amount`: bytes, or samples, that were read. */
export const storeRead = defineFact('store.read', 'A telemetry store answered a query', {
  store: 'text',
  request: 'request',
  amount: 'number',
  duration: 'duration',
});

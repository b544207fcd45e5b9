/** What each kind of processing makes of the stream of orders, as a topology; the results go to one topic. */
import {
  branch,
  chain,
  count,
  fieldsOf,
  filter,
  flatMap,
  map,
  table,
  to,
  type Operator,
  type StreamRecord,
  type Topology,
} from '../../../sim-core/index.ts';
import type { Order } from './orders.ts';

export const ORDERS = 'orders';
export const RESULTS = 'results';
export const UNPAID = 'unpaid';
export const STORE = 'store';

/** Results of one order are told apart by the number of their line. */
const lines = flatMap(({ key, value }) => {
  const order = value as Order;
  return Array.from({ length: order.lines }, (_, line) => ({ key, value: { ...order, line } }));
});

const isPaid = (record: StreamRecord): boolean => fieldsOf(record)['paid'] === 'yes';
/** The customer is the key of the order; of a line what was bought would be. */
const byLine = map(({ key, value }) => ({ key: `${key}/${fieldsOf({ value })['line']}`, value }));

const route: Operator = chain(
  filter(({ value }) => value !== null),
  lines,
  byLine,
  branch([isPaid, to(RESULTS)], [() => true, to(UNPAID)]),
);

export const TOPOLOGIES: Readonly<Record<string, Topology>> = {
  route: { stores: [], sources: { [ORDERS]: route }, sinks: [RESULTS, UNPAID] },
  table: { stores: [STORE], sources: { [ORDERS]: chain(table(STORE), to(RESULTS)) }, sinks: [RESULTS] },
  count: { stores: [STORE], sources: { [ORDERS]: chain(count(STORE), to(RESULTS)) }, sinks: [RESULTS] },
};

/** How many results an order has, by hand. */
export function resultsOf(processing: string, order: Order | null): number {
  if (processing === 'table') return 1;
  if (order === null) return 0;
  return processing === 'count' ? 1 : order.paid === 'yes' ? order.lines : 0;
}

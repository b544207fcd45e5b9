/** What each kind of processing makes of the stream of orders, as a topology; the results go to one topic. */
import {
  branch,
  chain,
  compileQuery,
  count,
  fieldsOf,
  filter,
  flatMap,
  joinStreams,
  map,
  ms,
  table,
  timeDifferenceAndGrace,
  to,
  type Duration,
  type Operator,
  type RecordFields,
  type RecordValue,
  type StreamRecord,
  type Topology,
} from '../../../sim-core/index.ts';
import type { Order } from './orders.ts';
import type { Values } from './params.ts';

export const ORDERS = 'orders';
export const RESULTS = 'results';
export const UNPAID = 'unpaid';
export const PAYMENTS = 'payments';
export const STORE = 'store';
const UNMATCHED_PAYMENTS = 'payments-unmatched';

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

/** The continuous query; orders of less than so many cents are left out. */
export const CENTS_MIN = 2000;
const milliseconds = (time: Duration): string => `${Math.round(time / ms(1))} MILLISECONDS`;
export const queryOf = ({ windowSize, grace, emit }: Pick<Values, 'windowSize' | 'grace' | 'emit'>): string => `
  SELECT customer, COUNT(*) AS orders, SUM(cents) AS turnover
  FROM ${ORDERS} WINDOW TUMBLING (SIZE ${milliseconds(windowSize)}, GRACE PERIOD ${milliseconds(grace)})
  WHERE cents >= ${CENTS_MIN}
  GROUP BY customer
  EMIT ${emit};`;
const SCHEMA = {
  stream: ORDERS,
  key: 'customer',
  columns: { customer: 'number', cents: 'number', lines: 'number', paid: 'text' },
} as const;

/**
 * Payments meet their orders within the window, to both sides; both are keyed by the order's number. By a left join one that meets
 * none gives a result without a customer.
 */
function joined({ windowSize, grace, joinKind }: Pick<Values, 'windowSize' | 'grace' | 'joinKind'>): Topology {
  const stores = { left: PAYMENTS, right: ORDERS };
  const windows = timeDifferenceAndGrace(windowSize, grace);
  const of = (payment: RecordValue, order: RecordValue | null): RecordFields => {
    const { order: number } = fieldsOf({ value: payment });
    return order === null ? { order: number } : { order: number, customer: fieldsOf({ value: order })['customer'] };
  };
  const { left, right } =
    joinKind === 'left'
      ? joinStreams({ kind: 'left', stores: { ...stores, unmatched: UNMATCHED_PAYMENTS }, windows, of })
      : joinStreams({ kind: 'inner', stores, windows, of });
  const isOrder = filter(({ value }) => value !== null);
  return {
    stores: [ORDERS, PAYMENTS, ...(joinKind === 'left' ? [UNMATCHED_PAYMENTS] : [])],
    sources: { [ORDERS]: chain(isOrder, right, to(RESULTS)), [PAYMENTS]: chain(left, to(RESULTS)) },
    sinks: [RESULTS],
  };
}

export function topologyOf(p: Pick<Values, 'processing' | 'windowSize' | 'grace' | 'emit' | 'joinKind'>): Topology {
  switch (p.processing) {
    case 'route':
      return { stores: [], sources: { [ORDERS]: route }, sinks: [RESULTS, UNPAID] };
    case 'query':
      return compileQuery(queryOf(p), SCHEMA, STORE, RESULTS);
    case 'join':
      return joined(p);
    default: {
      const keep = p.processing === 'table' ? table(STORE) : count(STORE);
      return { stores: [STORE], sources: { [ORDERS]: chain(keep, to(RESULTS)) }, sinks: [RESULTS] };
    }
  }
}

/** How many results an order has, by hand; of windows it is not known beforehand. */
export function resultsOf(processing: string, order: Order | null): number {
  if (processing === 'table') return 1;
  if (order === null || processing === 'query') return 0;
  return processing === 'count' ? 1 : order.paid === 'yes' ? order.lines : 0;
}

/** What each kind of processing makes of the stream of orders, as a topology; the results go to one topic. */
import {
  branch,
  chain,
  compileQuery,
  count,
  fieldsOf,
  filter,
  flatMap,
  joinByForeignKey,
  joinStreams,
  joinTables,
  map,
  table,
  timeDifferenceAndGrace,
  to,
  type Operator,
  type RecordFields,
  type RecordValue,
  type StreamRecord,
  type Topology,
} from '../../../sim-core/index.ts';
import type { Order } from './orders.ts';
import { ORDERS, queryText } from './queries.ts';
import type { Values } from './params.ts';

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

const SCHEMA = {
  stream: ORDERS,
  key: 'customer',
  columns: { customer: 'number', cents: 'number', lines: 'number', paid: 'text' },
} as const;

/** A payment and its order, if it has met it. */
const of = (payment: RecordValue, order: RecordValue | null): RecordFields => {
  const { order: number } = fieldsOf({ value: payment });
  return order === null ? { order: number } : { order: number, customer: fieldsOf({ value: order })['customer'] };
};

/**
 * Payments meet their orders within the window, to both sides; both are keyed by the order's number. By a left join one that meets
 * none gives a result without a customer.
 */
function joined({ windowSize, grace, joinKind }: Pick<Values, 'windowSize' | 'grace' | 'joinKind'>): Topology {
  const stores = { left: PAYMENTS, right: ORDERS };
  const windows = timeDifferenceAndGrace(windowSize, grace);
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

/** Both topics as tables, keyed by the order's number: a payment meets its order whenever it comes, and nothing is ever forgotten. */
function joinedTables(): Topology {
  const { left, right } = joinTables({ kind: 'inner', stores: { left: PAYMENTS, right: ORDERS }, of });
  return {
    stores: [ORDERS, PAYMENTS],
    sources: { [ORDERS]: chain(right, to(RESULTS)), [PAYMENTS]: chain(left, to(RESULTS)) },
    sinks: [RESULTS],
  };
}

/** A payment has a number of its own, and its value says which order it is for: where that is, it is another task's. */
function joinedByForeignKey(): Topology {
  const topics = { subscriptions: 'payments-subscriptions', responses: 'payments-responses' };
  const { left, right, subscriptions, responses } = joinByForeignKey({
    kind: 'inner',
    stores: { left: PAYMENTS, right: ORDERS, subscriptions: topics.subscriptions },
    topics,
    foreignKey: (payment) => fieldsOf({ value: payment })['order'] as number,
    of,
  });
  return {
    stores: [ORDERS, PAYMENTS, topics.subscriptions],
    sources: {
      [ORDERS]: right,
      [PAYMENTS]: left,
      [topics.subscriptions]: subscriptions,
      [topics.responses]: chain(responses, to(RESULTS)),
    },
    sinks: [RESULTS, topics.subscriptions, topics.responses],
  };
}

export function topologyOf(
  p: Pick<Values, 'processing' | 'query' | 'windowSize' | 'grace' | 'emit' | 'joinKind'>,
): Topology {
  switch (p.processing) {
    case 'route':
      return { stores: [], sources: { [ORDERS]: route }, sinks: [RESULTS, UNPAID] };
    case 'query':
      return compileQuery(queryText(p.query, p), SCHEMA, STORE, RESULTS);
    case 'join':
      return joined(p);
    case 'join-tables':
      return joinedTables();
    case 'join-foreign-key':
      return joinedByForeignKey();
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

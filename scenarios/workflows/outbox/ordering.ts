/**
 * The service that takes orders: one transaction each, which locks the customer, writes the order, and commits; and the event of it,
 * which leaves by one of five ways. Which of these steps has happened when somebody dies is all that this is about.
 */
import {
  deleteEvents,
  exponential,
  insertEvent,
  Service,
  type Behaviour,
  type KafkaProducerPool,
  type Link,
  type RequestContext,
  type Simulation,
  type SqlReply,
  type SqlRequest,
  type SqlSession,
  type SqlStatement,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

/** What the service publishes by; a relay does it in its place where there is none of these. */
export interface ServicePublishers {
  readonly producer?: { readonly link: Link<number, void>; kill(): void };
  readonly transactions?: KafkaProducerPool;
}

export function orderingService(
  sim: Simulation,
  p: Values,
  database: Link<SqlRequest, SqlReply>,
  { producer, transactions }: ServicePublishers,
): Service<number, void> {
  const checks = sim.keyedRandom('orders/checks');
  const holds = sim.keyedRandom('orders/holds');
  const check = exponential(p.checkTime);
  const hold = exponential(p.holdTime);

  function* publish(customer: number, request: RequestContext): Behaviour {
    yield* producer!.link.call(customer, request);
  }

  /** What is between the writes and the end of the order: the commit, and the event unless a relay publishes it. */
  function* finish(customer: number, request: RequestContext, commit: () => Behaviour): Behaviour {
    if (p.publishing === 'before-commit') {
      yield* publish(customer, request);
      yield* commit();
    } else if (p.publishing === 'kafka-transaction') {
      const transaction = yield* transactions!.begin();
      // The handbook's template keys by the order. By the customer, as everywhere here, his events stay in one partition, in order.
      transaction.send(customer, request.id);
      if (p.kafkaCommit === 'first') {
        yield* transaction.commit();
        yield* commit();
        return;
      }
      try {
        yield* commit();
      } catch (error) {
        yield* transaction.abort();
        throw error;
      }
      yield* transaction.commit();
    } else {
      yield* commit();
      if (p.publishing === 'after-commit') yield* publish(customer, request);
    }
  }

  return new Service<number, void>(sim, {
    name: 'orders',
    help: 'Takes an order in one transaction of the database, and has its event published',
    concurrency: 1000,
    queueMax: 0,
    onCrash: (downtime) => {
      producer?.kill();
      transactions?.kill(downtime);
    },
    *handle({ query: customer, request }) {
      const session: SqlSession = {};
      const say = (statements: readonly SqlStatement[], ends?: 'commit'): Behaviour<SqlReply> =>
        database.call({ application: 'orders', session, statements, ...(ends && { ends }) }, request);
      let isEnded = false;
      function* commit(): Behaviour {
        yield* say([], 'commit');
        isEnded = true;
      }
      try {
        yield* say([{ do: 'get', table: 'customers', key: customer }]);
        yield Math.round(check.sample(checks.of(request.id)));
        yield* say(writes(p, customer, request.id));
        yield Math.round(hold.sample(holds.of(request.id)));
        yield* finish(customer, request, commit);
      } finally {
        // Its connection ends, and its machine tells the database so.
        if (!isEnded) database.send({ application: 'orders', session, statements: [], ends: 'rollback' }, request);
      }
    },
  });
}

/** The customer's row is the lock in which orders of a customer are one after the other; the position is drawn behind it. */
function writes(p: Values, customer: number, id: number): SqlStatement[] {
  const event = {
    id,
    aggregateType: 'customer',
    aggregateId: customer,
    eventType: 'OrderPlaced',
    payload: JSON.stringify({ order: id, customer, articles: 3, total: 40 }),
  };
  const order: SqlStatement[] = [
    {
      do: 'update',
      table: 'customers',
      keys: [customer],
      set: (row) => ({ ...row, orders: (row['orders'] as number) + 1 }),
    },
    { do: 'insert', table: 'orders', key: id, row: { customer } },
  ];
  if (p.publishing === 'polling') return [...order, insertEvent(event)];
  // Who reads the log finds the event there: the row need not stay.
  if (p.publishing === 'log-tailing') return [...order, insertEvent(event), deleteEvents([id])];
  return order;
}

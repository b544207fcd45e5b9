/**
 * A service before a database of orders, and who publishes its events, whatever the machines and ways take: the scenario has them as
 * they are, and the search for moments of a death has them small.
 */
import {
  type Claims,
  Link,
  LogTailing,
  outboxTables,
  Polling,
  pollingRules,
  RelationalDatabase,
  Relay,
  type Distribution,
  type Duration,
  type EventPublisher,
  type KafkaProducerPool,
  type RelayWork,
  type Service,
  type Simulation,
} from '../../../sim-core/index.ts';
import { orderingService, type ServicePublishers } from './ordering.ts';
import type { Values } from './params.ts';

export const RELAY = 'relay';

export const isInTransactions = ({ publishing }: Values): boolean => publishing === 'kafka-transaction';

/** What a database of orders is made of, beside what makes it one of orders. */
export type DatabaseSettings = Omit<
  ConstructorParameters<typeof RelationalDatabase>[1],
  'name' | 'tables' | 'abortShare' | 'hasSlot'
>;

export function ordersDatabase(sim: Simulation, p: Values, settings: DatabaseSettings): RelationalDatabase {
  const customers = Array.from({ length: p.customers }, (_, key) => [key, { orders: 0 }] as const);
  return new RelationalDatabase(sim, {
    name: 'database',
    tables: [{ name: 'customers', rows: customers }, { name: 'orders' }, ...outboxTables],
    abortShare: p.abortShare,
    hasSlot: p.publishing === 'log-tailing',
    ...settings,
  });
}

/** Who publishes by what; each is made if it is wanted. */
export interface OrdersProducers {
  forService(): EventPublisher;
  inTransactions(): KafkaProducerPool;
  forRelay(name: string): EventPublisher;
}

export interface OrdersTimings {
  /** One way between the database and the service or the relay. */
  readonly delay: Distribution;
  /** Of a relay that reads the log: how long it takes to write its place down, and its pause before it asks again. */
  readonly storeTime: Duration;
  readonly retryBackoff: Duration;
}

/** The service before a database of orders, and relays if it does not publish itself. */
export function ordersWith(
  sim: Simulation,
  p: Values,
  database: RelationalDatabase,
  producers: OrdersProducers,
  timings: OrdersTimings,
): { readonly service: Service<number, void>; readonly relays: readonly Relay[] } {
  const isDual = p.publishing === 'after-commit' || p.publishing === 'before-commit';
  const publishers: ServicePublishers = {
    ...(isDual && { producer: producers.forService() }),
    ...(isInTransactions(p) && { transactions: producers.inTransactions() }),
  };
  const way = new Link(sim, database, { from: 'orders', delay: timings.delay });
  const service = orderingService(sim, p, way, publishers);
  return { service, relays: relaysOf(sim, p, database, producers, timings) };
}

function relaysOf(
  sim: Simulation,
  p: Values,
  database: RelationalDatabase,
  producers: OrdersProducers,
  timings: OrdersTimings,
): Relay[] {
  const isPolling = p.publishing === 'polling';
  if (!isPolling && p.publishing !== 'log-tailing') return [];
  // Of the log there is one place to be read from, which one relay has.
  const count = isPolling ? p.relays : 1;
  return Array.from({ length: count }, (_, index) => {
    const name = count === 1 ? RELAY : `${RELAY}-${index + 1}`;
    return new Relay(sim, {
      name,
      help: isPolling
        ? 'Polls the outbox and publishes what it finds'
        : 'Reads the log and publishes what goes to the outbox',
      publisher: producers.forRelay(name),
      work: isPolling ? pollingOf(sim, p, database, name, timings) : tailingOf(sim, p, database, timings),
    });
  });
}

function pollingOf(
  sim: Simulation,
  p: Values,
  database: RelationalDatabase,
  name: string,
  { delay }: OrdersTimings,
): RelayWork {
  return new Polling({
    application: RELAY,
    database: new Link(sim, database, { from: name, delay }),
    rule: pollingRules[p.polling],
    interval: p.pollInterval,
    batch: p.batch,
    marksFirst: p.marksFirst,
    claims: p.claims as Claims,
  });
}

function tailingOf(sim: Simulation, p: Values, database: RelationalDatabase, timings: OrdersTimings): RelayWork {
  const { delay, storeTime, retryBackoff } = timings;
  return new LogTailing({
    name: RELAY,
    log: new Link(sim, database.logReader, { from: RELAY, delay }),
    batch: p.batch,
    storeInterval: p.storeInterval,
    storeTime,
    retryBackoff,
    marksFirst: p.marksFirst,
  });
}

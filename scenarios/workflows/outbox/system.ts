/** The wiring: customers, the service with its database, who publishes, Kafka, and a reader that knows events again. */
import {
  constant,
  DeduplicationWindow,
  during,
  EventBook,
  gamma,
  kafkaAssignors,
  KafkaProducerPool,
  Link,
  LogTailing,
  ms,
  OpenLoopClient,
  OutboxDepth,
  outboxTables,
  poisson,
  Polling,
  pollingRules,
  RelationalDatabase,
  Relay,
  roundRobin,
  s,
  us,
  zipfPopularity,
  type EventPublisher,
  type KafkaCluster,
  type KafkaProducerOptions,
  type RelayWork,
  type Simulation,
} from '../../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../../application/distances.ts';
import { clusterOf, groupOf, producerTo } from '../../messaging/application/orders.ts';
import { befall } from './faults.ts';
import { DRAIN, FLUSH, ROW, STATEMENT, TRANSACTIONS } from './limits.ts';
import { orderingService, type ServicePublishers } from './ordering.ts';
import type { Values } from './params.ts';

export const RELAY = 'relay';
/** As the handbook has it: `kt.setTransactionIdPrefix("tx-orders-")`. */
const PREFIX = 'tx-orders-';

export function system(sim: Simulation, p: Values): void {
  const isInTransactions = p.publishing === 'kafka-transaction';
  const ids = Array.from({ length: TRANSACTIONS }, (_, n) => `${PREFIX}${n}`);
  const cluster = clusterOf(
    sim,
    { name: 'events', partitions: 3 },
    { groups: { names: ['readers'] }, ...(isInTransactions && { transactions: { ids } }) },
  );
  const book = new EventBook(sim);
  const database = databaseOf(sim, p, book);
  const way = new Link(sim, database, { from: 'orders', delay: nearby });
  const isDual = p.publishing === 'after-commit' || p.publishing === 'before-commit';
  const publishers: ServicePublishers = {
    ...(isDual && { producer: publisherOf(sim, cluster, 'orders', { linger: p.linger }) }),
    ...(isInTransactions && { transactions: poolOf(sim, cluster, ids) }),
  };
  const service = orderingService(sim, p, way, publishers);
  const relay = relayOf(sim, p, cluster, database);
  readersOf(sim, p, cluster, book);
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(p.customers, 0),
    target: roundRobin([new Link(sim, service, { from: 'users', delay: faraway })]),
  });
  befall(sim, p, { service, relay, database });
}

function databaseOf(sim: Simulation, p: Values, book: EventBook): RelationalDatabase {
  const depth = new OutboxDepth(sim);
  const customers = Array.from({ length: p.customers }, (_, key) => [key, { orders: 0 }] as const);
  return new RelationalDatabase(sim, {
    name: 'database',
    tables: [{ name: 'customers', rows: customers }, { name: 'orders' }, ...outboxTables],
    connections: 100,
    queueMax: 1000,
    cores: 4,
    demand: gamma(SHAPE, STATEMENT / SHAPE),
    rowTime: ROW,
    decodeTime: us(10),
    flushTime: FLUSH,
    checkpointInterval: s(2),
    replayTimePerByte: 20,
    abortShare: p.abortShare,
    hasSlot: p.publishing === 'log-tailing',
    onCommit: (changes) => {
      for (const { table, key, row } of changes)
        if (table === 'orders') book.committed(key, row!['customer'] as number);
      depth.committed(changes);
    },
  });
}

/** A producer in the process of somebody, who reaches it in no time. */
function publisherOf(
  sim: Simulation,
  cluster: KafkaCluster,
  owner: string,
  settings: Partial<KafkaProducerOptions>,
): EventPublisher {
  const producer = producerTo(sim, cluster, { name: `${owner}-producer`, ...settings });
  return {
    link: new Link<number, void>(sim, producer, { from: owner, delay: constant(0) }),
    kill: () => producer.kill(),
  };
}

function poolOf(sim: Simulation, cluster: KafkaCluster, ids: readonly string[]): KafkaProducerPool {
  return new KafkaProducerPool(
    sim,
    ids.map((id) => {
      const transactional = { id, timeout: s(60), partitions: 50, retryBackoff: ms(20) };
      const producer = producerTo(sim, cluster, { name: id, transactional });
      return { producer, link: new Link<number, void>(sim, producer, { from: 'orders', delay: constant(0) }) };
    }),
  );
}

function relayOf(sim: Simulation, p: Values, cluster: KafkaCluster, database: RelationalDatabase): Relay | undefined {
  if (p.publishing !== 'polling' && p.publishing !== 'log-tailing') return undefined;
  // As Kafka Connect does for its sources, it never gives a record up.
  const publisher = publisherOf(sim, cluster, RELAY, { linger: 0, deliveryTimeout: s(100_000) });
  const isPolling = p.publishing === 'polling';
  return new Relay(sim, {
    name: RELAY,
    help: isPolling
      ? 'Polls the outbox and publishes what it finds'
      : 'Reads the log and publishes what goes to the outbox',
    publisher,
    work: isPolling ? pollingOf(sim, p, database) : tailingOf(sim, p, database),
  });
}

function pollingOf(sim: Simulation, p: Values, database: RelationalDatabase): RelayWork {
  return new Polling({
    application: RELAY,
    database: new Link(sim, database, { from: RELAY, delay: nearby }),
    rule: pollingRules[p.polling],
    interval: p.pollInterval,
    batch: p.batch,
    marksFirst: p.marksFirst,
  });
}

function tailingOf(sim: Simulation, p: Values, database: RelationalDatabase): RelayWork {
  return new LogTailing({
    name: RELAY,
    log: new Link(sim, database.logReader, { from: RELAY, delay: nearby }),
    batch: p.batch,
    storeInterval: p.storeInterval,
    storeTime: ms(5),
    retryBackoff: ms(100),
    marksFirst: p.marksFirst,
  });
}

/** Each id is remembered for so long; an event that comes again meanwhile is not acted on. */
function readersOf(sim: Simulation, p: Values, cluster: KafkaCluster, book: EventBook): void {
  const inbox = new DeduplicationWindow<number>(p.remembers);
  const readers = groupOf(sim, cluster, {
    name: 'readers',
    consumerName: 'reader',
    consumers: 1,
    isStatic: true,
    initialDelay: 0,
    assignor: kafkaAssignors.range,
    processTime: gamma(SHAPE, ms(0.2) / SHAPE),
    commit: 'auto',
    isolation: 'committed',
    actOf:
      () =>
      ({ record: { request } }, done) => {
        book.read(request);
        if (inbox.accept(request, sim.now)) book.applied(request, inbox.size);
        done();
      },
  });
  readers.scale(1);
}

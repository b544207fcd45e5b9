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
  ms,
  OpenLoopClient,
  OutboxDepth,
  poisson,
  roundRobin,
  s,
  us,
  zipfPopularity,
  type EventPublisher,
  type KafkaCluster,
  type KafkaProducerOptions,
  type Simulation,
} from '../../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../../application/distances.ts';
import { clusterOf, groupOf, producerTo } from '../../messaging/application/orders.ts';
import { befall } from './faults.ts';
import { DRAIN, FLUSH, PARTITIONS, ROW, STATEMENT, TRANSACTIONS } from './limits.ts';
import type { Values } from './params.ts';
import {
  isInTransactions,
  ordersDatabase,
  ordersWith,
  RELAY,
  type DatabaseSettings,
  type OrdersProducers,
} from './wiring.ts';

/** As the handbook has it: `kt.setTransactionIdPrefix("tx-orders-")`. */
const PREFIX = 'tx-orders-';

export function system(sim: Simulation, p: Values): void {
  const ids = Array.from({ length: TRANSACTIONS }, (_, n) => `${PREFIX}${n}`);
  const cluster = clusterOf(
    sim,
    { name: 'events', partitions: PARTITIONS },
    { groups: { names: ['readers'] }, ...(isInTransactions(p) && { transactions: { ids } }) },
  );
  const book = new EventBook(sim);
  const database = ordersDatabase(sim, p, databaseSettings(sim, book));
  const producers: OrdersProducers = {
    forService: () => publisherOf(sim, cluster, 'orders', { linger: p.linger }),
    inTransactions: () => poolOf(sim, cluster, ids),
    // As Kafka Connect does for its sources, it never gives a record up.
    forRelay: (name) =>
      publisherOf(sim, cluster, name, {
        name: `${RELAY}-producer${name.slice(RELAY.length)}`,
        linger: 0,
        deliveryTimeout: s(100_000),
      }),
  };
  const { service, relays } = ordersWith(sim, p, database, producers, {
    delay: nearby,
    storeTime: ms(5),
    retryBackoff: ms(100),
  });
  readersOf(sim, p, cluster, book);
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(p.customers, 0),
    target: roundRobin([new Link(sim, service, { from: 'users', delay: faraway })]),
  });
  befall(sim, p, { service, relays, database });
}

function databaseSettings(sim: Simulation, book: EventBook): DatabaseSettings {
  const depth = new OutboxDepth(sim);
  return {
    connections: 100,
    queueMax: 1000,
    cores: 4,
    demand: gamma(SHAPE, STATEMENT / SHAPE),
    rowTime: ROW,
    decodeTime: us(10),
    flushTime: FLUSH,
    checkpointInterval: s(2),
    replayTimePerByte: 20,
    onCommit: (changes) => {
      for (const { table, key, row } of changes)
        if (table === 'orders') book.committed(key, row!['customer'] as number);
      depth.committed(changes);
    },
  };
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

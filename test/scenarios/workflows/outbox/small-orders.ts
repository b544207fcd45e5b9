/**
 * The service of the outbox scenario, its database, who publishes, and a broker, so small that every event of a run can be tried
 * as the moment of somebody's death. What came of it is read off the database's table and the broker's log, and nothing else.
 */
import { resolveParameters } from '../../../../sim-core/index.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { us } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { EventPublisher } from '../../../../sim-core/services/outbox/relay.ts';
import { Cluster } from '../../../../sim-core/systems/kafka/cluster.ts';
import { Producer } from '../../../../sim-core/systems/kafka/producer.ts';
import type { ProducerOptions } from '../../../../sim-core/systems/kafka/producer-options.ts';
import { ProducerPool } from '../../../../sim-core/systems/kafka/transactions/producer-pool.ts';
import outbox from '../../../../scenarios/workflows/outbox.ts';
import type { Values } from '../../../../scenarios/workflows/outbox/params.ts';
import { ordersDatabase, ordersWith } from '../../../../scenarios/workflows/outbox/wiring.ts';
import { ms, SMALL_CLUSTER, SMALL_PRODUCER } from '../../../sim-core/systems/kafka/small-cluster.ts';
import { numbersOf, visible } from '../../../sim-core/systems/kafka/small-streams.ts';

export type Victim = 'service' | 'relay' | 'database' | 'broker';

export interface SmallOptions {
  readonly p?: Partial<Values>;
  /** Who orders when, in milliseconds; customers are 0 and 1. */
  readonly orders: readonly { readonly at: number; readonly customer: number }[];
  readonly brokers?: number;
}

const near = constant(ms(0.2));
const OUT = 'events-0';
const PARTITIONS = 2;

export interface SmallOrders {
  readonly sim: Simulation;
  kill(victim: Victim, downtime: number): void;
  violations(): readonly string[];
  /** What is wrong with what came of it. */
  outcome(): Outcome;
}

export interface Outcome {
  /** In the database and not in the topic, in the topic and not in the database, more than once in the topic. */
  readonly missing: readonly number[];
  readonly invented: readonly number[];
  readonly doubled: readonly number[];
  /** Whose first copy in the topic is behind that of a later order of the same customer. */
  readonly late: readonly number[];
}

export function smallOrders({ p: given = {}, orders, brokers = 1 }: SmallOptions): SmallOrders {
  const sim = new Simulation();
  const p: Values = {
    ...(resolveParameters(outbox, 'dual-write', {}) as Values),
    customers: 2,
    checkTime: ms(0.5),
    holdTime: ms(0.5),
    abortShare: 0,
    linger: ms(1),
    pollInterval: ms(2),
    batch: 10,
    storeInterval: ms(3),
    ...given,
  };
  const ids = ['tx-0', 'tx-1'];
  const replicas = { replicationFactor: brokers, minInSync: Math.min(2, brokers) };
  const cluster = new Cluster(sim, {
    ...SMALL_CLUSTER,
    brokers,
    voters: 1,
    topics: [{ name: 'events', partitions: 1, isUncleanElectionAllowed: false, ...replicas }],
    ...(p.publishing === 'kafka-transaction' && {
      transactions: { ids, partitions: PARTITIONS, timeoutCheck: ms(10), markerBackoff: ms(5), ...replicas },
    }),
    groups: { names: [], ...replicas },
  });
  /** The orders of each customer, as their commits became visible. */
  const inOrder: number[] = [];
  const database = ordersDatabase(sim, p, {
    connections: 10,
    queueMax: 10,
    cores: 4,
    demand: constant(us(100)),
    rowTime: 0,
    decodeTime: us(10),
    flushTime: us(300),
    checkpointInterval: ms(4),
    replayTimePerByte: 1,
    onCommit: (changes) => inOrder.push(...changes.filter(({ table }) => table === 'orders').map(({ key }) => key)),
  });
  const producers: Producer[] = [];
  const producerOf = (owner: string, name: string, settings: Partial<ProducerOptions>) => {
    const producer = new Producer(sim, {
      name,
      topic: cluster.topics[0],
      metadata: cluster.metadata,
      book: cluster.book,
      ...SMALL_PRODUCER,
      deliveryTimeout: ms(100_000),
      ...settings,
    });
    producers.push(producer);
    cluster.attach(producer, near, ms(40));
    return { producer, link: new Link<number, void>(sim, producer, { from: owner, delay: constant(0) }) };
  };
  const publisherOf = (owner: string, linger: number): EventPublisher => {
    const { producer, link } = producerOf(owner, `${owner}-producer`, { linger });
    return { link, kill: () => producer.kill() };
  };
  const transactions = (): ProducerPool =>
    new ProducerPool(
      sim,
      ids.map((id) => {
        const transactional = { id, timeout: ms(100), partitions: PARTITIONS, retryBackoff: ms(5) };
        return producerOf('orders', id, { transactional });
      }),
    );
  const { service, relays } = ordersWith(
    sim,
    p,
    database,
    {
      forService: () => publisherOf('orders', p.linger),
      inTransactions: transactions,
      forRelay: (name) => publisherOf(name, 0),
    },
    { delay: near, storeTime: us(200), retryBackoff: ms(3) },
  );
  const users = new Link<number, void>(sim, service, { from: 'users', delay: constant(0) });
  orders.forEach(({ at, customer }, id) => {
    sim.scheduleAt(ms(at), () => users.send(customer, new RequestContext(id, sim.now)), undefined);
  });
  return {
    sim,
    kill(victim, downtime) {
      if (victim === 'service') service.crash(ms(downtime));
      else if (victim === 'database') database.kill(ms(downtime));
      else if (victim === 'relay') relays[0]?.kill(ms(downtime));
      else cluster.brokers[0].kill(ms(downtime));
    },
    violations: () =>
      [service, database, ...producers, ...cluster.brokers, cluster.controllers].flatMap((part) => part.violations()),
    outcome() {
      const { leader } = cluster.metadata.partitions.get(OUT)!;
      const replica = cluster.brokers.find(({ name }) => name === leader)!.replica(OUT)!;
      const published = numbersOf(visible(replica, replica.leading!.lastStable));
      const committed = [...database.tables.rows('orders')].map(({ key }) => key);
      const firsts = [...new Set(published)];
      const isLate = (id: number, place: number): boolean =>
        firsts.slice(0, place).some((before) => {
          const isSame = orders[before].customer === orders[id].customer;
          return isSame && inOrder.indexOf(before) > inOrder.indexOf(id) && inOrder.includes(id);
        });
      return {
        missing: committed.filter((id) => !firsts.includes(id)),
        invented: firsts.filter((id) => !committed.includes(id)),
        doubled: firsts.filter((id) => published.filter((other) => other === id).length > 1),
        late: firsts.filter(isLate),
      };
    },
  };
}

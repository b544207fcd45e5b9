/** The wiring of a stream processor: tills, a cluster, two workers with a thread each, and a reader of what they write. */
import {
  changelogTopics,
  gamma,
  kafkaAssignors,
  KafkaCluster,
  Link,
  ms,
  s,
  StreamsGroup,
  type Guarantee,
  type KafkaProducerQuery,
  type Simulation,
  type Topology,
  type ValuedRecord,
} from '../../../sim-core/index.ts';
import { nearby, SHAPE } from '../../application/distances.ts';
import { CLUSTER, GROUP, groupOf, PRODUCER, producerTo, TOPIC } from '../../messaging/application/orders.ts';
import * as limits from './limits.ts';
import { JoinTruth } from './join-truth.ts';
import type { Placed, SendOn } from './orders.ts';
import type { Values } from './params.ts';
import { payLater } from './payments.ts';
import { QueryTruth } from './query-truth.ts';
import { ResultLedger, type ResultObserver } from './result-ledger.ts';
import { users } from './users.ts';
import { RESULTS, topologyOf } from './topologies.ts';
import { Truth } from './truth.ts';

const APP = 'app';
const READERS = 'readers';
/** Partitions of the coordinators' topics, as Kafka has them by default. */
const COORDINATORS = 50;
/** Members are static: who is back within its session finds its tasks, and this is not about rebalances. */
const MEMBERS = { isStatic: true, initialDelay: s(1) };

/** Workers that keep tasks, between two topics. */
export function streams(sim: Simulation, p: Values): void {
  const topology = topologyOf(p);
  const topic = { ...TOPIC, partitions: limits.PARTITIONS };
  const log = { segmentBytes: p.segmentBytes };
  const cluster = new KafkaCluster(sim, {
    ...CLUSTER,
    topics: [
      ...[...new Set([...Object.keys(topology.sources), ...topology.sinks])].map((name) => ({ ...topic, name })),
      ...changelogTopics({ id: APP, topology }, { ...topic, log }),
    ],
    transactions: { ids: limits.WORKERS, partitions: COORDINATORS },
    groups: { names: [APP, READERS] },
  });
  const [judge, sendOnFrom] = sentTo(sim, p, cluster);
  users(sim, p, sendOnFrom, judge);
  const app = application(sim, p, cluster, topology);
  reader(sim, p, cluster, judge);
  if (p.processing === 'count' || p.processing === 'table') new Truth(sim, cluster, app, p.processing);
  befall(sim, p, app);
}

/** Who judges the results, and how tills send orders on: where they are joined with payments, these follow. */
function sentTo(sim: Simulation, p: Values, cluster: KafkaCluster): [ResultObserver, (tills: string) => SendOn] {
  const byCustomer = toTopic(sim, cluster, ({ customer }) => customer);
  if (p.processing === 'query') return [new QueryTruth(sim, p), byCustomer];
  if (!p.processing.startsWith('join')) return [new ResultLedger(sim, p.processing), byCustomer];
  const judge = new JoinTruth(sim);
  const byOrder = toTopic(sim, cluster, ({ request }) => request);
  const pay = payLater(sim, p, cluster, (order) => judge.paid(order));
  const andPaid = (tills: string): SendOn => {
    const sendOn = byOrder(tills);
    return (placed, request) => {
      pay(placed);
      return sendOn(placed, request);
    };
  };
  return [judge, andPaid];
}

/** Tills send each order to the topic. */
function toTopic(sim: Simulation, cluster: KafkaCluster, keyOf: (placed: Placed) => number): (tills: string) => SendOn {
  return (from) => {
    const link = new Link<KafkaProducerQuery, void>(sim, producerTo(sim, cluster), { from, delay: nearby });
    return (placed, request) => {
      const { order: value, at: timestamp } = placed;
      return link.call({ key: keyOf(placed), value, timestamp, bytes: PRODUCER.recordBytes }, request);
    };
  };
}

function application(sim: Simulation, p: Values, cluster: KafkaCluster, topology: Topology): StreamsGroup {
  const app = new StreamsGroup(sim, cluster, {
    ...GROUP,
    ...MEMBERS,
    sessionTimeout: p.sessionTimeout,
    consumers: limits.WORKERS.length,
    consumerName: 'worker',
    assignor: kafkaAssignors.range,
    processTime: gamma(SHAPE, p.processTime / SHAPE),
    producerName: 'writer',
    // Kafka Streams lets its producers linger for 100 ms.
    producer: { ...PRODUCER, linger: limits.LINGER },
    app: {
      id: APP,
      topology,
      guarantee: p.guarantee as Guarantee,
      commitInterval: p.commitInterval,
      checkpointDelta: p.checkpointDelta,
      standbyReplicas: p.standbyReplicas,
      recordBytes: limits.CHANGE_BYTES,
    },
    transactions: { timeout: s(10), partitions: COORDINATORS },
    restoreTime: p.restoreTime,
    standbyPollInterval: limits.STANDBY_POLL,
  });
  app.group.scale(limits.WORKERS.length);
  return app;
}

function reader(sim: Simulation, p: Values, cluster: KafkaCluster, judge: ResultObserver): void {
  const readers = groupOf(sim, cluster, {
    ...MEMBERS,
    name: READERS,
    consumerName: 'reader',
    topics: cluster.topics.filter(({ name }) => name === RESULTS),
    consumers: 1,
    assignor: kafkaAssignors.range,
    processTime: gamma(SHAPE, ms(0.1) / SHAPE),
    pollRecords: 500,
    commit: 'after-async',
    isolation: p.guarantee === 'exactly-once' ? 'committed' : 'uncommitted',
    actOf:
      () =>
      ({ record }, done) => {
        judge.result(record as ValuedRecord);
        done();
      },
  });
  readers.scale(1);
}

/** Each worker crashes once, the second a while after the first. */
function befall(sim: Simulation, p: Values, app: StreamsGroup): void {
  app.group.consumers.forEach((worker, index) => {
    const crash = (): void => {
      if (p.disk === 'lost') app.threads[index].tasks.wipe();
      worker.kill(p.downtime);
    };
    sim.scheduleAt(p.crashAt + index * p.crashEvery, crash, undefined, sim.eventKind(`${worker.name} crashes`));
  });
}

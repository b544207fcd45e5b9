/** The wiring of a consume-transform-produce: two workers between two topics, and a reader of what they write. */
import {
  during,
  EffectLedger,
  gamma,
  kafkaAssignors,
  KafkaCluster,
  KafkaPlainOutput,
  KafkaTransactionalOutput,
  Link,
  ms,
  OutsideEffects,
  poisson,
  RequestContext,
  s,
  zipfPopularity,
  type KafkaConsumerGroup,
  type KafkaConsumerGroupOptions,
  type KafkaOutput,
  type OutsideRequest,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby, SHAPE } from '../../application/distances.ts';
import { CLUSTER, groupOf, producerTo, TOPIC, users } from '../application/orders.ts';
import * as limits from './limits.ts';
import type { Values } from './params.ts';

const PARTITIONS = 4;
/** Members are static: who is back within its session finds its partitions, and this is not about rebalances. */
const MEMBERS = {
  isStatic: true,
  initialDelay: s(1),
};

export function system(sim: Simulation, p: Values): void {
  const ids = Array.from({ length: limits.WORKERS }, (_, i) => `worker-${i + 1}`);
  const cluster = new KafkaCluster(sim, {
    ...CLUSTER,
    topics: ['orders', 'results'].map((name) => ({ ...TOPIC, name, partitions: PARTITIONS })),
    transactions: { ids },
    groups: { names: ['workers', 'readers'] },
  });
  const arrivals = during(0, p.length - limits.DRAIN, poisson(p.rate));
  users(sim, producerTo(sim, cluster, { linger: ms(100) }), arrivals, zipfPopularity(60_000, 0));
  const workers = workersOf(sim, p, cluster);
  const ledger = new EffectLedger(sim, 'results');
  const readers = groupOf(sim, cluster, {
    ...MEMBERS,
    name: 'readers',
    consumerName: 'reader',
    topics: [cluster.topics[1]],
    consumers: 1,
    assignor: kafkaAssignors.range,
    processTime: gamma(SHAPE, limits.READ_TIME / SHAPE),
    commit: 'after-async',
    isolation: p.isolation,
    actOf:
      () =>
      ({ record }, done) => {
        ledger.applied(received(sim, record.request));
        done();
      },
  });
  workers.scale(limits.WORKERS);
  readers.scale(1);
  befall(sim, p, cluster, workers);
}

/** Each has a producer of its own, and a transactional id that is its own in every life. */
function workersOf(sim: Simulation, p: Values, cluster: KafkaCluster): KafkaConsumerGroup {
  const { topics } = cluster;
  const outputOf = (worker: string): KafkaOutput => {
    const isTransactional = p.output === 'transactional';
    const transactional = {
      id: worker,
      timeout: p.transactionTimeout,
      partitions: 50,
      retryBackoff: limits.TRANSACTION_BACKOFF,
    };
    const settings = {
      name: worker.replace('worker', 'results'),
      topic: topics[1],
      isIdempotent: p.output !== 'plain',
      ...(isTransactional ? { transactional } : {}),
    };
    const producer = producerTo(sim, cluster, settings, p.requestTimeout);
    const link = new Link<number, void>(sim, producer, { from: worker, delay: nearby });
    return isTransactional
      ? new KafkaTransactionalOutput(sim, producer, link, p.offsets === 'in-transaction')
      : new KafkaPlainOutput(sim, producer, link);
  };
  return groupOf(sim, cluster, {
    ...MEMBERS,
    name: 'workers',
    consumerName: 'worker',
    consumers: limits.WORKERS,
    assignor: kafkaAssignors.range,
    processTime: gamma(SHAPE, p.processTime / SHAPE),
    pollRecords: p.pollRecords,
    commit: p.offsets === 'in-transaction' ? 'after' : p.offsets,
    outputOf,
    ...(p.pays ? { actOf: paying(sim)! } : {}),
  });
}

/** Has a payment of each order taken, which no transaction of Kafka's can take back. */
function paying(sim: Simulation): KafkaConsumerGroupOptions['actOf'] {
  const provider = new OutsideEffects(sim, {
    name: 'payments',
    help: "Somebody else's service: takes a payment each time that it is asked",
    ledger: new EffectLedger(sim, 'payments'),
    time: gamma(SHAPE, ms(1) / SHAPE),
  });
  return (worker) => {
    const link = new Link<OutsideRequest, void>(sim, provider, { from: worker, delay: nearby });
    return ({ record }, done) => {
      const message = received(sim, record.request);
      link.call({ message }, message.request).begin({ resume: done, fail: done });
    };
  };
}

const received = (sim: Simulation, id: number): OutsideRequest['message'] => ({
  id,
  key: id,
  request: new RequestContext(id, sim.now),
});

/** The stall of a broker, and the crashes of workers, each twice. */
function befall(sim: Simulation, p: Values, cluster: KafkaCluster, { consumers }: KafkaConsumerGroup): void {
  const at = (time: number, what: string, act: () => void): void => {
    if (time < p.length) sim.scheduleAt(time, act, undefined, sim.eventKind(what));
  };
  const [broker] = cluster.brokers;
  at(p.stallAt, 'broker-1 stalls', () => broker.slow(limits.STALL));
  at(p.stallAt + p.stallFor, 'broker-1 goes on', () => broker.slow(1));
  for (let pair = 0; pair < limits.pairs(p); pair++) {
    const victim = consumers[pair % consumers.length];
    const time = p.crashFrom + pair * p.crashEvery;
    at(time, `${victim.name} crashes`, () => victim.kill(p.downtime));
    at(time + p.downtime + limits.relapse(p, pair), `${victim.name} crashes`, () => victim.kill(p.downtime));
  }
}

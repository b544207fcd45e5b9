/** A Kafka topic with a group a service: a key's events are in one partition, and a partition has one consumer of a group. */
import {
  exponential,
  KafkaCluster,
  kafkaAssignors,
  KafkaConsumerGroup,
  KafkaProducer,
  ms,
  s,
  type Endpoint,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { CLUSTER, GROUP, PRODUCER, TOPIC } from '../application/orders.ts';
import { LATE_SERVICE } from './book.ts';
import { DOWNTIME, PARTITIONS } from './limits.ts';
import type { Values } from './params.ts';

export function kafka(sim: Simulation, p: Values): Endpoint<number, void> {
  const cluster = new KafkaCluster(sim, { ...CLUSTER, topics: [{ ...TOPIC, name: 'events', partitions: PARTITIONS }] });
  const [topic] = cluster.topics;
  const { metadata, book } = cluster;
  const producer = new KafkaProducer(sim, { ...PRODUCER, name: 'events', topic, metadata, book, linger: ms(5) });
  cluster.attach(producer, nearby, s(30));
  for (const service of ['billing', 'search', LATE_SERVICE]) {
    const group = new KafkaConsumerGroup(sim, cluster, {
      ...GROUP,
      name: `${service}-group`,
      consumerName: service,
      topic,
      consumers: p.consumers,
      assignor: kafkaAssignors['cooperative-sticky'],
      isStatic: false,
      heartbeatInterval: s(2),
      sessionTimeout: s(6),
      initialDelay: ms(100),
      processTime: exponential(p.workTime),
      pollRecords: 10,
      commit: 'auto',
      autoCommitInterval: s(5),
    });
    const start = service === LATE_SERVICE ? p.lateAt : 0;
    const starts = (): void => group.scale(p.consumers);
    sim.scheduleAt(start, starts, undefined, sim.eventKind(`${service} begins to read`));
    if (service !== 'billing') continue;
    const [first] = group.consumers;
    sim.scheduleAt(p.killAt, () => first.kill(DOWNTIME), undefined, sim.eventKind('a consumer dies'));
  }
  const [broker] = cluster.brokers;
  sim.scheduleAt(p.crashAt, () => broker.interventions['kill'].apply([2]), undefined, sim.eventKind('the broker dies'));
  return producer;
}
